import { OpenAI } from 'openai';
import type { CompletionReply, CompletionRequest } from '../core/llm/completionPort.ts';
import { abortReason, throwIfAborted, type Clock } from './clock.ts';
import { readEvents, readText } from './dispatch/eventStream.ts';
import { createHttpTransport, type HttpTransport } from './dispatch/httpTransport.ts';
import { failureOf, statusFailure, type AttemptFailure } from './openaiFailure.ts';
import { ReplyAssembly, chatPartSchema, isPlainPart, type ChatPart } from './openaiReply.ts';
import { chatBody, isOwnServer, type Capabilities } from './openaiRequest.ts';

export type TargetOptions = {
  readonly baseUrl: string;
  readonly model: string;
  readonly key: string | undefined;
  /** Longest silence of one reply. */
  readonly timeoutMs: number;
  readonly stream: boolean;
};

/** `headers`: of the answer, good or bad; absent when none came. */
export type Attempt = { readonly headers?: Headers | undefined } & (
  | { readonly ok: true; readonly reply: CompletionReply }
  /** `learnt`: the refusal taught what the server cannot do; the request can be sent again at once, without it. */
  | { readonly ok: false; readonly failure: AttemptFailure; readonly learnt: boolean }
);

/** One server, asked once at a time for each call: no retry, no limit. Cancellation alone throws. */
export interface Target {
  readonly host: string;
  attempt(request: Omit<CompletionRequest, 'model'>, signal: AbortSignal): Promise<Attempt>;
}

const jsonHeaders = { 'content-type': 'application/json' };

/** A server behind the `openai` package. The package's own retries are off: ours honour Retry-After and are counted. */
export class OpenAiTarget implements Target {
  readonly host: string;
  private readonly hostname: string;
  private readonly client: OpenAI;
  private readonly transport: HttpTransport;
  private readonly capabilities: Capabilities;
  /** Name that the server answers under, which may be another than it is asked under. */
  private answersAs: string | undefined;
  /** Whether replies were asked for in one piece because the stream lost log-probs, and lost them there as well. */
  private wholeRows: 'tried' | 'lostToo' | undefined;

  constructor(
    private readonly options: TargetOptions,
    private readonly clock: Clock,
  ) {
    const url = new URL(options.baseUrl);
    this.host = url.host;
    this.hostname = url.hostname;
    this.transport = createHttpTransport();
    this.client = new OpenAI({
      baseURL: options.baseUrl,
      // The package insists on a key; servers without one ignore it.
      apiKey: options.key ?? 'none',
      maxRetries: 0,
      // Ours is the longest silence, not the longest reply; this only has to be larger.
      timeout: 24 * 3600_000,
      organization: null,
      project: null,
      logLevel: 'off',
      fetch: this.transport.fetch,
    });
    this.capabilities = { stream: options.stream, logProbs: true, jsonSchema: true, ownSampler: isOwnServer(options.baseUrl) };
  }

  async attempt(request: Omit<CompletionRequest, 'model'>, signal: AbortSignal): Promise<Attempt> {
    throwIfAborted(signal);
    // One derived signal per attempt, its listener removed afterwards: a stage's signal outlives thousands of requests.
    const controller = new AbortController();
    const forward = () => controller.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    let silent = false;
    const { timeoutMs } = this.options;
    const watchdog = setTimeout(() => {
      silent = true;
      controller.abort();
    }, timeoutMs);
    const sent = { ...this.capabilities };
    const full: CompletionRequest = { ...request, model: this.options.model };
    try {
      return this.taught(await this.ask(full, sent, controller.signal, () => void watchdog.refresh()), full, sent);
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      if (silent) return failed({ kind: 'timeout', status: undefined, message: `no sign of life for ${timeoutMs / 1000} s`, retryable: true });
      return this.taught({ ...failed(failureOf(error, this.clock.now(), (text) => this.redact(text))), headers: headersOf(error) }, full, sent);
    } finally {
      clearTimeout(watchdog);
      signal.removeEventListener('abort', forward);
    }
  }

  private async ask(request: CompletionRequest, sent: Capabilities, signal: AbortSignal, touch: () => void): Promise<Attempt> {
    // The body goes as text: the package's own encoder would lose exact numbers of tool schemas.
    const body = chatBody(request, sent, this.hostname);
    const response = await this.client.post(request.rendered ? '/completions' : '/chat/completions', { body, headers: jsonHeaders, signal }).asResponse();
    touch();
    const { headers } = response;
    const assembly = new ReplyAssembly();
    const failure = await this.readReply(response, assembly, touch);
    if (failure) return { ...failed(failure), headers };
    const wantsLogProbs = request.logProbs && sent.logProbs;
    const finished = assembly.finish(wantsLogProbs);
    if ('problem' in finished) return { ...failed({ kind: 'protocol', status: 200, message: finished.problem, retryable: true }), headers };
    const { reply } = finished;
    if (!this.knownModel(reply.model)) {
      const message = `the model "${reply.model}" answered in place of "${this.answersAs ?? this.options.model}"`;
      return { ...failed({ kind: 'protocol', status: 200, message, retryable: true }), headers };
    }
    if (wantsLogProbs && this.losesRows(reply, sent.stream)) {
      return { ...failed({ kind: 'protocol', status: 200, message: 'log-probabilities of tokens are missing in the stream', retryable: true }), headers, learnt: true };
    }
    return { ok: true, headers, reply: request.logProbs && !wantsLogProbs ? { ...reply, logProbsMissing: 'the server refuses them' } : reply };
  }

  private async readReply(response: Response, assembly: ReplyAssembly, touch: () => void): Promise<AttemptFailure | undefined> {
    const body = this.transport.bodyOf(response);
    if (!body) return { kind: 'protocol', status: response.status, message: 'the answer has no body', retryable: true };
    const type = response.headers.get('content-type') ?? '';
    if (type.includes('text/html')) {
      body.destroy();
      return pageFailure(response);
    }
    // Servers answer as they like, whatever was asked for.
    if (!type.includes('event-stream')) {
      const text = await readText(body, touch);
      if (/^\s*<(!doctype|html)/i.test(text)) return pageFailure(response);
      // And some forget to say that what they send are events.
      if (!/^(data|event|id|:)/.test(text)) return this.addPart(JSON.parse(text), assembly);
      return text.split(/\r?\n/).filter((line) => /^data: ?[^[]/.test(line)).map((line) => this.addPart(JSON.parse(line.slice(5)), assembly)).find((found) => found !== undefined);
    }
    let failure: AttemptFailure | undefined;
    await readEvents(
      body,
      (data) => {
        if (data.startsWith('[DONE]')) return false;
        failure = this.addPart(JSON.parse(data), assembly);
        if (failure) body.destroy();
        return failure === undefined;
      },
      touch,
    );
    return failure;
  }

  private addPart(value: unknown, assembly: ReplyAssembly): AttemptFailure | undefined {
    if (isPlainPart(value)) {
      assembly.add(value);
      return undefined;
    }
    const parsed = chatPartSchema.safeParse(value);
    if (!parsed.success) return { kind: 'protocol', status: 200, message: `the reply has an unknown shape: ${parsed.error.issues[0]?.path.join('.')}`, retryable: true };
    const inBand = errorInBand(parsed.data, this.clock, (text) => this.redact(text));
    if (!inBand) assembly.add(parsed.data);
    return inBand;
  }

  /**
   * Takes a refusal of one optional field as what this server can do, once per field: log-probs with tools in a stream
   * (llama.cpp), log-probs at all (reasoning models), JSON schemas (older gateways). What counts is what the refused
   * request was sent with: others may have taught us meanwhile.
   */
  private taught(attempt: Attempt, request: CompletionRequest, sent: Capabilities): Attempt {
    if (attempt.ok) return attempt;
    const { status, message } = attempt.failure;
    const known = this.capabilities;
    if (status !== 400 && status !== 422) return attempt;
    if (request.logProbs && sent.logProbs && /logprobs/i.test(message)) {
      if (sent.stream && /stream/i.test(message)) known.stream = false;
      else known.logProbs = false;
    } else if (request.jsonSchema && sent.jsonSchema && /response_format|json_schema|structured/i.test(message)) {
      known.jsonSchema = false;
    } else if (sent.ownSampler && /top_k|min_p|repetition_penalty|repeat_penalty|extra (fields|inputs)|unrecognized request argument/i.test(message)) {
      known.ownSampler = false;
    } else return attempt;
    return { ...attempt, learnt: true };
  }

  /**
   * Whether a streamed reply is to be asked for once more, in one piece: where a parser holds tokens back, vLLM and
   * llama.cpp drop their log-probabilities from the stream, and perplexity over the rest is none. A server that loses them
   * in one piece too is streamed from again.
   */
  private losesRows({ logProbs, completionTokens }: CompletionReply, streamed: boolean): boolean {
    const lost = logProbs !== undefined && completionTokens !== undefined && completionTokens - logProbs.length > 1;
    if (streamed) {
      if (!lost || this.wholeRows === 'lostToo') return false;
      this.wholeRows = 'tried';
      this.capabilities.stream = false;
      return true;
    }
    if (lost && this.wholeRows === 'tried') {
      this.wholeRows = 'lostToo';
      this.capabilities.stream = this.options.stream;
    }
    return false;
  }

  /** Servers may answer under a name of their own, but under one: another one in mid-job is another model. */
  private knownModel(name: string): boolean {
    if (name === '' || name === this.answersAs) return true;
    if (this.answersAs !== undefined && name !== this.options.model) return false;
    this.answersAs = name;
    return true;
  }

  private redact(text: string): string {
    const { key } = this.options;
    return key ? text.replaceAll(key, '***') : text;
  }
}

function failed(failure: AttemptFailure): { readonly ok: false; readonly failure: AttemptFailure; readonly learnt: false } {
  return { ok: false, failure, learnt: false };
}

function headersOf(error: unknown): Headers | undefined {
  return error instanceof OpenAI.APIError && error.headers instanceof Headers ? error.headers : undefined;
}

function errorInBand(part: ChatPart, clock: Clock, redact: (text: string) => string): AttemptFailure | undefined {
  const { error } = part;
  if (error === null || error === undefined) return undefined;
  if (typeof error === 'string') return { kind: 'server', status: 200, message: redact(error.slice(0, 300)), retryable: true };
  const code = Number(error.code);
  const message = redact((error.message ?? error.type ?? 'unknown error').slice(0, 300));
  return statusFailure(Number.isInteger(code) && code >= 400 && code < 600 ? code : 500, message, undefined, clock.now());
}

function pageFailure(response: Response): AttemptFailure {
  return {
    kind: 'protocol',
    status: response.status,
    message: 'a web page came instead of a completion: check that the base URL ends in /v1 and that no proxy asks for a login',
    retryable: false,
  };
}
