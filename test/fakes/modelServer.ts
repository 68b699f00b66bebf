import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake server is like, in the points in which real ones differ (inference.md 1 and 2). */
export type ModelServerTraits = {
  /** Answers to paths of its own, by `GET /version`; a body that is a string is sent as text. */
  readonly routes?: Readonly<Record<string, { readonly status?: number; readonly body: unknown; readonly keyed?: true } | undefined>>;
  readonly unknownPath?: { readonly status: number; readonly body: unknown };
  readonly models?: readonly object[] | undefined;
  /** Needed on /v1, and on routes that say so. */
  readonly key?: string;
  readonly checksNames?: boolean;
  readonly toolParser?: boolean;
  /** What a request with tools is refused with. */
  readonly refusesTools?: { readonly status: number; readonly message: string };
  /** Tools reach the prompt. */
  readonly template?: boolean;
  readonly logProbs?: 'raw' | 'scaled' | 'zeros' | 'none' | 'refused';
  /** Rows that a stream loses (vLLM: those of tags), or a refusal of log-probs with tools in a stream (llama.cpp). */
  readonly streamRows?: 'all' | 'withoutTags' | 'refused';
  /** Rows of calls that no reply has (Ollama). */
  readonly callRows?: boolean;
  readonly nProbs?: boolean;
  readonly bytes?: boolean;
  readonly reasons?: 'reasoning' | 'reasoning_content' | 'swallowed';
  readonly temperature?: 'acts' | 'ignored' | 'refused';
  readonly structured?: 'json_schema' | 'json_object' | 'none';
  readonly completions?: boolean;
  readonly usage?: boolean;
  readonly repeats?: boolean;
  /** Answers given before the service refuses with 429, of all; none when absent. */
  readonly quota?: { readonly after: number; readonly status: number; readonly message: string };
  /** Most that is answered at a time; above it 429. */
  readonly atOnce?: number;
  readonly flatErrors?: boolean;
  /** Takes questions and answers none. */
  readonly silent?: boolean;
};

export type Got = { readonly method: string; readonly path: string; readonly key: string | undefined; readonly body: Body };
type Body = { readonly [name: string]: unknown; readonly model?: string; readonly messages?: readonly { readonly content: string }[]; readonly tools?: readonly object[]; readonly stream?: boolean; readonly temperature?: number; readonly seed?: number; readonly max_tokens?: number; readonly max_completion_tokens?: number };

export type ModelServer = { readonly root: string; readonly baseUrl: string; readonly got: readonly Got[]; traits: ModelServerTraits; close(): Promise<void> };

export async function startModelServer(traits: ModelServerTraits): Promise<ModelServer> {
  const got: Got[] = [];
  let chats = 0;
  let running = 0;
  const server: Server = createServer((request, response) => {
    void (async () => {
      const text = await textOf(request);
      const path = request.url ?? '/';
      const body = (text === '' ? {} : JSON.parse(text)) as Body; // The code under test wrote it.
      const key = request.headers.authorization?.replace('Bearer ', '');
      got.push({ method: request.method ?? '', path, key, body });
      running += 1;
      const send = (status: number, value: unknown): void => {
        const isText = typeof value === 'string';
        response.writeHead(status, { 'content-type': isText ? (value.startsWith('<') ? 'text/html' : 'text/plain') : 'application/json' }).end(isText ? value : JSON.stringify(value));
      };
      const now = self.traits;
      const refuse = (status: number, message: string): void => send(status, now.flatErrors ? { object: 'error', message, type: 'x', param: null, code: status } : { error: { message, type: 'x', code: status } });
      // A real model takes a moment, so that what comes together is there together.
      const takesMs = now.atOnce === undefined ? 3 : 100;
      await new Promise((resolve) => setTimeout(resolve, path.includes('completions') ? takesMs : 0));
      const route = now.routes?.[`${request.method} ${path}`];
      if (route && (route.keyed !== true || key === now.key)) send(route.status ?? 200, route.body);
      else if (now.key !== undefined && key !== now.key && (path.startsWith('/v1') || route)) send(401, { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } });
      else if (path === '/v1/models' && now.models) send(200, { object: 'list', data: now.models });
      else if (path === '/v1/chat/completions') {
        if (now.silent) return;
        chats += 1;
        const refusal = refusalOf(now, body, chats, running);
        if (refusal) refuse(refusal.status, refusal.message);
        else reply(response, body, chatReply(now, body, chats));
      } else if (path === '/v1/completions' && now.completions !== false) {
        send(200, { model: body.model, choices: [{ index: 0, text: answerTo(now, body, chats), finish_reason: 'stop', logprobs: { tokens: ['a', 'b'], token_logprobs: [-0.1, -0.2] } }], usage: { prompt_tokens: 9, completion_tokens: 2 } });
      } else send(now.unknownPath?.status ?? 404, now.unknownPath?.body ?? { detail: 'Not Found' });
      running -= 1;
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an address of this shape.
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: ModelServer = {
    root,
    baseUrl: `${root}/v1`,
    got,
    traits,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function refusalOf(traits: ModelServerTraits, body: Body, chats: number, running: number): { readonly status: number; readonly message: string } | undefined {
  const { quota, atOnce, checksNames, models, refusesTools } = traits;
  if (quota && chats > quota.after) return { status: quota.status, message: quota.message };
  if (atOnce !== undefined && running > atOnce) return { status: 429, message: 'slow down' };
  if (checksNames && !models?.some((model) => 'id' in model && model.id === body.model)) return { status: 404, message: `The model \`${body.model}\` does not exist.` };
  if (traits.temperature === 'refused') return { status: 400, message: "Unsupported value: 'temperature' does not support 0 with this model." };
  if (traits.logProbs === 'refused' && body['logprobs'] !== undefined) return { status: 400, message: 'logprobs is not supported' };
  if (refusesTools && body.tools && body['tool_choice'] === 'auto') return refusesTools;
  if (traits.streamRows === 'refused' && body.tools && body.stream && body['logprobs'] === true) return { status: 400, message: 'logprobs is not supported with tools + stream' };
  const format = body['response_format'] as { readonly type: string } | undefined;
  if (format && traits.structured !== undefined && traits.structured !== format.type && !(traits.structured === 'json_schema' && format.type === 'json_object')) return { status: 400, message: `response_format ${format.type} is not supported` };
  return undefined;
}

const call = { name: 'get_weather', arguments: '{"city": "oslo", "day": "tomorrow"}' };
const callText = `<tool_call>\n{"name": "get_weather", "arguments": ${call.arguments}}\n</tool_call>`;

function answerTo({ temperature, repeats }: ModelServerTraits, body: Body, chats: number): string {
  if (body['response_format'] !== undefined) return '{"colour": "blue"}';
  if (body.tools) return callText;
  const question = body.messages?.at(-1)?.content ?? String(body['prompt']);
  if (question.includes('word ready')) return 'ready now';
  const varied = (body.temperature ?? 0) > 0 && temperature !== 'ignored' ? ` by chance ${body.seed}` : '';
  return `An answer of several words that says nothing and goes on for a while, to ${question.length} characters${varied}${repeats === false ? ` for the ${chats}th time` : ''}.`;
}

type Reply = { readonly content: string | null; readonly reasoning: string; readonly field: string; readonly calls: readonly (typeof call)[]; readonly rows: readonly object[] | undefined; readonly usage: object | undefined };

function chatReply(traits: ModelServerTraits, body: Body, chats: number): Reply {
  const text = answerTo(traits, body, chats);
  const parsed = body.tools !== undefined && traits.toolParser === true && body['tool_choice'] !== 'none';
  const quiet = (body['chat_template_kwargs'] as { enable_thinking?: boolean } | undefined)?.enable_thinking === false;
  const thinks = traits.reasons !== undefined && !quiet;
  const thought = thinks ? 'Let me think.' : '';
  const tokens = [...(thinks ? tokensOf(`${thought}</think>`) : []), ...tokensOf(text)];
  const limit = body.max_tokens ?? body.max_completion_tokens ?? tokens.length;
  const kept = tokens.slice(0, Math.max(1, limit));
  const asked = body['logprobs'] === true || (traits.nProbs === true && body['n_probs'] !== undefined);
  const swallowed = traits.reasons === 'swallowed' && thinks;
  return {
    content: parsed || swallowed ? (parsed ? '' : null) : text.slice(0, kept.join('').length),
    reasoning: swallowed ? thought + text : thought,
    field: traits.reasons === 'reasoning' ? 'reasoning' : 'reasoning_content',
    calls: parsed && !swallowed ? [call] : [],
    rows: asked && traits.logProbs !== 'none' && traits.logProbs !== 'refused' ? rowsOf(traits, kept, body, parsed) : undefined,
    usage: traits.usage === false ? undefined : { prompt_tokens: promptTokens(traits, body), completion_tokens: kept.length },
  };
}

function promptTokens({ template }: ModelServerTraits, body: Body): number {
  return 5 + (body.messages ?? []).reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 0) + (body.tools && template !== false ? 60 : 0);
}

function tokensOf(text: string): readonly string[] {
  return text.match(/<\/?tool_call>|<\/think>|\s*\w+|\s*[^\w\s]|\s+/g) ?? [];
}

function rowsOf(traits: ModelServerTraits, tokens: readonly string[], body: Body, parsed: boolean): readonly object[] {
  const divided = traits.logProbs === 'scaled' && (body.temperature ?? 0) > 0 ? (body.temperature ?? 1) : 1;
  const value = traits.logProbs === 'zeros' ? 0 : -0.25 / divided;
  // Repeatable to the last bit, unless it shall not be.
  const rows = tokens.map((token) => ({
    token,
    logprob: value,
    ...(traits.bytes === false ? {} : { bytes: [...Buffer.from(token)] }),
    top_logprobs: [{ token, logprob: value }, { token: 'other', logprob: traits.logProbs === 'zeros' ? -9999 : -1.75 / divided }],
  }));
  if (parsed && traits.callRows === false) return [];
  return body.stream && traits.streamRows === 'withoutTags' ? rows.filter(({ token }) => !token.includes('tool_call')) : rows;
}

function reply(response: ServerResponse, body: Body, { content, reasoning, field, calls, rows, usage }: Reply): void {
  const base = { id: 'c', object: 'chat.completion', created: 1, model: body.model };
  const called = calls.map((one, index) => ({ index, id: `call_${index}`, type: 'function', function: one }));
  const message = { role: 'assistant', content, ...(reasoning === '' ? {} : { [field]: reasoning }), ...(called.length === 0 ? {} : { tool_calls: called }) };
  const logprobs = rows === undefined ? null : { content: rows };
  const finish = called.length > 0 ? 'tool_calls' : 'stop';
  if (body.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...base, choices: [{ index: 0, message, logprobs, finish_reason: finish }], usage }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (value: object): void => void response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...value })}\n\n`);
  event({ choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }] });
  event({ choices: [{ index: 0, delta: message, logprobs, finish_reason: null }] });
  event({ choices: [{ index: 0, delta: {}, finish_reason: finish }] });
  if (usage) event({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}
