import { OpenAI } from 'openai';
import type { CompletionOutcome, CompletionPort, CompletionReply, CompletionRequest } from '../core/llm/completionPort.ts';
import { abortReason, throwIfAborted, type Clock } from './clock.ts';
import { failureOf, statusFailure, type AttemptFailure } from './openaiFailure.ts';
import { chatBody, isOwnServer, type Capabilities } from './openaiRequest.ts';
import { ReplyAssembly, chatPartSchema, type ChatPart } from './openaiReply.ts';
import { retryDelayMs } from './retry.ts';

export type OpenAiClientOptions = {
  readonly baseUrl: string;
  readonly model: string;
  readonly key: string | undefined;
  readonly concurrency: number;
  /** Longest silence of one reply. */
  readonly timeoutMs: number;
  readonly stream: boolean;
  readonly maxAttempts: number;
  readonly simulated: boolean;
};

export type ClientPorts = { readonly clock: Clock; readonly random: () => number };

type Attempt = { readonly ok: true; readonly reply: CompletionReply } | { readonly ok: false; readonly failure: AttemptFailure };

/** A CompletionPort over the `openai` package. The package's own retries are off: ours honour Retry-After and are counted. */
export function createOpenAiClient(options: OpenAiClientOptions, ports: ClientPorts): CompletionPort {
  const url = new URL(options.baseUrl);
  const client = new OpenAI({
    baseURL: options.baseUrl,
    // The package insists on a key; servers without one ignore it.
    apiKey: options.key ?? 'none',
    maxRetries: 0,
    // Ours is the longest silence, not the longest reply; this only has to be larger.
    timeout: 24 * 3600_000,
    organization: null,
    project: null,
    logLevel: 'off',
  });
  const capabilities: Capabilities = { stream: options.stream, logProbs: true, jsonSchema: true, ownSampler: isOwnServer(options.baseUrl) };
  const redact = (text: string) => (options.key ? text.replaceAll(options.key, '***') : text);

  return {
    description: { model: options.model, host: url.host, simulated: options.simulated },
    concurrency: options.concurrency,
    async complete(request, signal) {
      const startedAt = ports.clock.now();
      const full: CompletionRequest = { ...request, model: options.model };
      for (let attempt = 1; ; attempt += 1) {
        const sent = { ...capabilities };
        const result = await attemptOnce(client, full, sent, url.hostname, options.timeoutMs, ports.clock, redact, signal);
        const end = (): { attempts: number; elapsedMs: number } => ({ attempts: attempt, elapsedMs: ports.clock.now() - startedAt });
        if (result.ok) return { ok: true, reply: result.reply, ...end() };
        const { retryAfterMs, ...failure } = result.failure;
        if (learn(failure.message, failure.status, full, sent, capabilities)) continue;
        if (!failure.retryable || attempt >= options.maxAttempts) return { ok: false, failure, ...end() };
        await ports.clock.sleep(retryDelayMs(attempt, retryAfterMs, ports.random), signal);
      }
    },
  } satisfies { complete(request: Omit<CompletionRequest, 'model'>, signal: AbortSignal): Promise<CompletionOutcome> } & CompletionPort;
}

/**
 * Takes a refusal of one optional field as what this server can do, once per field: log-probs with tools in a stream
 * (llama.cpp), log-probs at all (reasoning models), JSON schemas (older gateways). What counts is what the refused
 * request was sent with: others may have taught us meanwhile.
 */
function learn(message: string, status: number | undefined, request: CompletionRequest, sent: Capabilities, capabilities: Capabilities): boolean {
  if (status !== 400 && status !== 422) return false;
  if (request.logProbs && sent.logProbs && /logprobs/i.test(message)) {
    if (sent.stream && /stream/i.test(message)) capabilities.stream = false;
    else capabilities.logProbs = false;
    return true;
  }
  if (request.jsonSchema && sent.jsonSchema && /response_format|json_schema|structured/i.test(message)) {
    capabilities.jsonSchema = false;
    return true;
  }
  if (sent.ownSampler && /top_k|min_p|repetition_penalty|repeat_penalty|extra (fields|inputs)|unrecognized request argument/i.test(message)) {
    capabilities.ownSampler = false;
    return true;
  }
  return false;
}

async function attemptOnce(
  client: OpenAI,
  request: CompletionRequest,
  capabilities: Capabilities,
  hostname: string,
  timeoutMs: number,
  clock: Clock,
  redact: (text: string) => string,
  signal: AbortSignal,
): Promise<Attempt> {
  throwIfAborted(signal);
  // One derived signal per attempt, its listener removed afterwards: a stage's signal outlives thousands of requests.
  const controller = new AbortController();
  const forward = () => controller.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  let silent = false;
  const onSilence = () => {
    silent = true;
    controller.abort();
  };
  const watchdog = setTimeout(onSilence, timeoutMs);
  const touch = () => void watchdog.refresh();
  try {
    const wantsLogProbs = request.logProbs && capabilities.logProbs;
    const assembly = new ReplyAssembly();
    const body = chatBody(request, capabilities, hostname);
    const failure = capabilities.stream
      ? await readStream(client, body, assembly, controller.signal, touch, clock)
      : await readPlain(client, body, assembly, controller.signal, clock);
    if (failure) return { ok: false, failure };
    const finished = assembly.finish(wantsLogProbs);
    if ('problem' in finished) return { ok: false, failure: { kind: 'protocol', status: 200, message: finished.problem, retryable: true } };
    const { reply } = finished;
    return { ok: true, reply: request.logProbs && !wantsLogProbs ? { ...reply, logProbsMissing: 'the server refuses them' } : reply };
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    if (silent) return { ok: false, failure: { kind: 'timeout', status: undefined, message: `no sign of life for ${timeoutMs / 1000} s`, retryable: true } };
    return { ok: false, failure: failureOf(error, clock.now(), redact) };
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', forward);
  }
}

const jsonHeaders = { 'content-type': 'application/json' };

async function readPlain(client: OpenAI, body: string, assembly: ReplyAssembly, signal: AbortSignal, clock: Clock): Promise<AttemptFailure | undefined> {
  // The body goes as text: the package's own encoder would lose exact numbers of tool schemas.
  const response = await client.post('/chat/completions', { body, headers: jsonHeaders, signal }).asResponse();
  const text = await response.text();
  if (looksLikePage(response, text)) return pageFailure(response);
  return addPart(JSON.parse(text), assembly, clock);
}

async function readStream(
  client: OpenAI,
  body: string,
  assembly: ReplyAssembly,
  signal: AbortSignal,
  touch: () => void,
  clock: Clock,
): Promise<AttemptFailure | undefined> {
  const { data, response } = await client.post<AsyncIterable<unknown>>('/chat/completions', { body, headers: jsonHeaders, signal, stream: true }).withResponse();
  touch();
  if (looksLikePage(response, '')) {
    await response.body?.cancel();
    return pageFailure(response);
  }
  for await (const event of data) {
    touch();
    const failure = addPart(event, assembly, clock);
    if (failure) return failure;
  }
  return undefined;
}

function addPart(value: unknown, assembly: ReplyAssembly, clock: Clock): AttemptFailure | undefined {
  const parsed = chatPartSchema.safeParse(value);
  if (!parsed.success) return { kind: 'protocol', status: 200, message: `the reply has an unknown shape: ${parsed.error.issues[0]?.path.join('.')}`, retryable: true };
  const inBand = errorInBand(parsed.data, clock);
  if (inBand) return inBand;
  assembly.add(parsed.data);
  return undefined;
}

function errorInBand(part: ChatPart, clock: Clock): AttemptFailure | undefined {
  const { error } = part;
  if (error === null || error === undefined) return undefined;
  if (typeof error === 'string') return { kind: 'server', status: 200, message: error.slice(0, 300), retryable: true };
  const code = Number(error.code);
  const message = (error.message ?? error.type ?? 'unknown error').slice(0, 300);
  return statusFailure(Number.isInteger(code) && code >= 400 && code < 600 ? code : 500, message, undefined, clock.now());
}

function looksLikePage(response: Response, text: string): boolean {
  return (response.headers.get('content-type') ?? '').includes('text/html') || /^\s*<(!doctype|html)/i.test(text);
}

function pageFailure(response: Response): AttemptFailure {
  return {
    kind: 'protocol',
    status: response.status,
    message: 'a web page came instead of a completion: check that the base URL ends in /v1 and that no proxy asks for a login',
    retryable: false,
  };
}
