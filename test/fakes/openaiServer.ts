import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the next answer goes wrong. `ok` is none. */
export type Misbehaviour =
  | 'ok'
  | 'rateLimited'
  | 'rateLimitedWithRetryAfter'
  | 'quota'
  | 'serverError'
  | 'cutStream'
  | 'reset'
  | 'stall'
  | 'badJson'
  | 'emptyChoices'
  | 'page'
  | 'inBandError'
  | 'tooLong'
  | 'unauthorised'
  | 'noStreamedLogProbs'
  | 'unknownModel'
  | 'badGateway'
  | 'errorPage'
  | 'wrongModel'
  | 'late';

export type FakeRequest = { readonly path: string; readonly body: ChatBody; readonly text: string; readonly authorization: string | undefined; readonly index: number };
export type ChatBody = {
  readonly model: string;
  readonly stream?: boolean;
  readonly logprobs?: boolean | number;
  /** Of /completions, in place of messages. */
  readonly prompt?: string;
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly [key: string]: unknown;
};
export type FakeAnswer = {
  /** Texts of the tokens of `logProbs`; `x` each when absent. */
  readonly tokens?: readonly string[];
  readonly content: string; readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[]; readonly logProbs?: readonly (number | null)[]; readonly completionTokens?: number; readonly finishReason?: string;
};

export type FakeServer = {
  readonly baseUrl: string;
  /** Every request that came, in order, also those that were answered badly. */
  readonly requests: readonly FakeRequest[];
  /** Requests that got a whole, right answer. */
  readonly answered: readonly FakeRequest[];
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
};

/** Long after whoever asked has given up. */
const lateMs = 3000;

/** An OpenAI-compatible server that answers by rule and misbehaves on purpose. */
export async function startFakeServer(options: {
  readonly answer: (request: FakeRequest) => FakeAnswer;
  readonly misbehave?: (request: FakeRequest) => Misbehaviour;
  /** What `GET /models` lists; there is no such list when absent. */
  readonly models?: () => readonly object[];
  /** Further paths, from the root: what they answer. Every other POST is a question. */
  readonly routes?: Readonly<Record<string, (body: unknown) => object>>;
  /** How /completions gives log-probs: lists beside each other (vLLM), or the rows of a chat (llama.cpp). */
  readonly completionRows?: 'lists' | 'chat';
  /** `system_fingerprint` of an answer. */
  readonly fingerprint?: () => string;
  /** Time that an answer takes. */
  readonly delayMs?: number;
}): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const answered: FakeRequest[] = [];
  let running = 0;
  let most = 0;
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const path = incoming.url ?? '/';
    const route = options.routes?.[path];
    if (incoming.method === 'GET') {
      if (route) json(response, 200, route(undefined));
      else if (options.models && path.endsWith('/models')) json(response, 200, { object: 'list', data: options.models() });
      else json(response, 404, { error: { message: `nothing at ${path}`, type: 'not_found_error', code: 404 } });
      return;
    }
    const text = await bodyOf(incoming);
    if (route) {
      json(response, 200, route(JSON.parse(text)));
      return;
    }
    // The client under test wrote it; a body that is no JSON fails the test loudly.
    const request: FakeRequest = { path, body: JSON.parse(text) as ChatBody, text, authorization: incoming.headers.authorization, index: requests.length };
    requests.push(request);
    running += 1;
    most = Math.max(most, running);
    response.once('close', () => (running -= 1));
    if (options.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
    const how = options.misbehave?.(request) ?? 'ok';
    const give = (asked: FakeRequest, fingerprint?: string) => (path.endsWith('/v1/completions') ? completeWell(asked, options.answer(request), response, options.completionRows ?? 'lists') : answerWell(asked, options.answer(request), response, fingerprint));
    if (how === 'wrongModel') give({ ...request, body: { ...request.body, model: 'another-model' } }, options.fingerprint?.());
    else if (how === 'late') setTimeout(() => give(request), lateMs).unref();
    else if (how === 'ok') {
      answered.push(request);
      give(request, options.fingerprint?.());
    } else answerBadly(how, request, response);
  };
  const server = createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A TCP server that listens has an address of this shape.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    answered,
    mostAtOnce: () => most,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function answerWell({ body }: FakeRequest, answer: FakeAnswer, response: ServerResponse, fingerprint: string | undefined): void {
  const toolCalls = answer.toolCalls?.map((call, index) => ({ index, id: `call_${index}`, type: 'function', function: call }));
  const message = { role: 'assistant', content: answer.content, ...(toolCalls ? { tool_calls: toolCalls } : {}) };
  const rows = answer.logProbs ?? [-0.1, -0.2];
  const logprobs = body.logprobs === true ? { content: rows.map((logprob) => ({ token: 'x', logprob, bytes: [120], top_logprobs: [] })) } : null;
  const finishReason = answer.finishReason ?? 'stop';
  const completionTokens = answer.completionTokens ?? rows.length;
  const usage = { prompt_tokens: 10, completion_tokens: completionTokens, total_tokens: 10 + completionTokens };
  const base = { id: 'chatcmpl-1', created: 1, model: body.model, ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }) };
  if (body.stream !== true) {
    json(response, 200, { ...base, object: 'chat.completion', choices: [{ index: 0, message, logprobs, finish_reason: finishReason }], usage });
    return;
  }
  startStream(response);
  const chunk = (choice: object) => event(response, { ...base, object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null, ...choice }] });
  // Split in the middle, as real servers do.
  const half = Math.ceil(answer.content.length / 2);
  chunk({ delta: { role: 'assistant', content: answer.content.slice(0, half) }, logprobs });
  chunk({ delta: { content: answer.content.slice(half), ...(toolCalls ? { tool_calls: toolCalls } : {}) } });
  chunk({ delta: {}, finish_reason: finishReason });
  event(response, { ...base, object: 'chat.completion.chunk', choices: [], usage });
  response.end('data: [DONE]\n\n');
}

/** /completions: plain text, no calls taken out of it. */
function completeWell({ body }: FakeRequest, answer: FakeAnswer, response: ServerResponse, rows: 'lists' | 'chat'): void {
  const values = answer.logProbs ?? [-0.1, -0.2];
  const tokens = answer.tokens ?? values.map(() => 'x');
  const asRows = { content: values.map((logprob, index) => ({ token: tokens[index] ?? 'x', logprob, bytes: [...Buffer.from(tokens[index] ?? 'x')], top_logprobs: [] })) };
  const asLists = { tokens, token_logprobs: values, top_logprobs: values.map(() => ({})), text_offset: values.map(() => 0) };
  const logprobs = body.logprobs === undefined ? null : rows === 'lists' ? asLists : asRows;
  const base = { id: 'cmpl-1', object: 'text_completion', created: 1, model: body.model };
  const finishReason = answer.finishReason ?? 'stop';
  const usage = { prompt_tokens: 10, completion_tokens: values.length, total_tokens: 10 + values.length };
  if (body.stream !== true) {
    json(response, 200, { ...base, choices: [{ index: 0, text: answer.content, logprobs, finish_reason: finishReason }], usage });
    return;
  }
  startStream(response);
  const half = Math.ceil(answer.content.length / 2);
  event(response, { ...base, choices: [{ index: 0, text: answer.content.slice(0, half), logprobs, finish_reason: null }] });
  event(response, { ...base, choices: [{ index: 0, text: answer.content.slice(half), logprobs: null, finish_reason: finishReason }] });
  event(response, { ...base, choices: [], usage });
  response.end('data: [DONE]\n\n');
}

function answerBadly(how: Exclude<Misbehaviour, 'ok' | 'wrongModel' | 'late'>, { body, authorization }: FakeRequest, response: ServerResponse): void {
  const error = (status: number, message: string, code: string, headers: Readonly<Record<string, string>> = {}) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    json(response, status, { error: { message, type: 'fake', code } });
  };
  switch (how) {
    case 'rateLimited':
      return error(429, 'slow down', 'rate_limit_exceeded');
    case 'rateLimitedWithRetryAfter':
      return error(429, 'slow down', 'rate_limit_exceeded', { 'retry-after': '2' });
    case 'quota':
      return error(429, 'You exceeded your current quota', 'insufficient_quota');
    case 'serverError':
      return error(500, 'the model fell over', 'internal');
    case 'tooLong':
      return error(400, "This model's maximum context length is 128 tokens", 'context_length_exceeded');
    case 'unauthorised':
      // Some servers repeat the key.
      return error(401, `Incorrect API key provided: ${authorization ?? 'none'}`, 'invalid_api_key');
    case 'noStreamedLogProbs':
      // llama.cpp's words, from a recorded exchange.
      return error(400, 'logprobs is not supported with tools + stream', 'invalid_request_error');
    case 'unknownModel':
      return error(404, `The model ${body.model} does not exist`, 'model_not_found');
    case 'badGateway':
      return error(502, 'no upstream', 'bad_gateway');
    case 'errorPage':
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html><body><h1>502 Bad Gateway</h1></body></html>');
      return;
    case 'inBandError':
      return json(response, 200, { error: { message: 'the provider failed', code: 502 } });
    case 'emptyChoices':
      return json(response, 200, { id: 'x', object: 'chat.completion', created: 1, model: body.model, choices: [] });
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Log in</title>');
      return;
    case 'badJson':
      response.writeHead(200, { 'content-type': body.stream === true ? 'text/event-stream' : 'application/json' });
      response.end(body.stream === true ? 'data: {"choices": [{"delta"\n\n' : '{"choices": [{"mess');
      return;
    case 'cutStream':
      startStream(response);
      event(response, { choices: [{ index: 0, delta: { content: 'half an ans' }, finish_reason: null }] });
      setImmediate(() => response.destroy());
      return;
    case 'reset':
      response.destroy();
      return;
    case 'stall':
      startStream(response);
      event(response, { choices: [{ index: 0, delta: { content: 'then nothing' }, finish_reason: null }] });
      return;
  }
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function event(response: ServerResponse, value: object): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`);
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
