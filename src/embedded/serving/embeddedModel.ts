import { encodeSegments, joinSegments } from '../chat/segments.ts';
import { renderSegments } from '../chat/template.ts';
import { loadCheckpoint } from '../gguf/checkpoint.ts';
import { TOKEN_TYPE, type ByteLevelBpe } from '../tokenizer/byteLevelBpe.ts';
import { GenerationPool } from './generation/generationPool.ts';
import type { GeneratedToken, GenerationRequest, GenerationUpdate } from './generation/generationRequest.ts';
import type { ServedChunk, ServedDescription, ServedModel, ServedPrompt, ServedRefusal, ServedRequest, ServedToken, TokenLogProb } from './servedModel.ts';
import { TokenText } from './tokenText.ts';

export type EmbeddedModelOptions = {
  /** Name that requests ask for. */
  readonly id: string;
  /** GGUF file. */
  readonly checkpoint: string;
  readonly threads: number;
  /** Folder of `kernels.wasm` and `generationWorker.js`. */
  readonly assetsDirectory: string;
  /** Seeds of requests that bring none. */
  readonly drawSeed: () => number;
};

/** One checkpoint with the threads that generate from it. */
type Running = {
  readonly path: string;
  readonly fingerprint: string;
  readonly contextTokens: number;
  readonly tokenizer: ByteLevelBpe;
  readonly endToken: number;
  readonly tokenBytes: readonly Uint8Array[];
  /** Of the longest token. */
  readonly longestToken: number;
  readonly pool: GenerationPool;
};

/** Prefixes shorter than this cost more to keep than to compute. */
const SHORTEST_PREFIX = 16;

/** The embedded language model behind the server's door. */
export class EmbeddedModel implements ServedModel {
  readonly id: string;
  private running: Running;
  /** Checkpoint changes one after another. */
  private change: Promise<void> = Promise.resolve();
  private readonly retired = new Set<Promise<void>>();

  private constructor(
    private readonly options: EmbeddedModelOptions,
    running: Running,
  ) {
    this.id = options.id;
    this.running = running;
  }

  /** Throws LoopToolError `checkpoint-unreadable` or `engine-failed`. */
  static async start(options: EmbeddedModelOptions): Promise<EmbeddedModel> {
    return new EmbeddedModel(options, await startRunning(options, options.checkpoint));
  }

  describe(): ServedDescription {
    const { fingerprint, path, contextTokens } = this.running;
    return { fingerprint, root: path, simulated: false, contextTokens };
  }

  /** Requests under way, on old weights too. */
  get inFlight(): number {
    return this.running.pool.inFlight;
  }

  complete(request: ServedRequest, signal: AbortSignal): AsyncIterable<ServedChunk> {
    // Taken here, not when the first chunk is asked for: the weights of the moment of the call.
    return this.generate(this.running, request, signal);
  }

  readPrompt(prompt: Parameters<NonNullable<ServedModel['readPrompt']>>[0]): ServedPrompt {
    const { tokenizer } = this.running;
    const { text, ids } = tokensOf(tokenizer, prompt);
    return { text, tokens: ids.map((id) => ({ id, bytes: tokenizer.bytes(id) })) };
  }

  load(path: string): Promise<void> {
    const change = this.change.then(async () => {
      const next = await startRunning(this.options, path);
      this.replace(next);
    });
    this.change = change.catch(() => undefined);
    return change;
  }

  /** Waits for the requests under way. */
  async close(): Promise<void> {
    await this.change;
    await Promise.all([this.running.pool.close(), ...this.retired]);
  }

  private replace(next: Running): void {
    const closed: Promise<void> = this.running.pool.close().finally(() => this.retired.delete(closed));
    this.retired.add(closed);
    this.running = next;
  }

  private async *generate(taken: Running, request: ServedRequest, signal: AbortSignal): AsyncGenerator<ServedChunk, void> {
    signal.throwIfAborted();
    const running = taken.pool.failed ? await this.recover(taken) : taken;
    const prepared = prepare(running, request, this.options.drawSeed);
    if ('refusal' in prepared) yield { kind: 'refused', refusal: prepared.refusal };
    else yield* answer(running, request, prepared.generation, signal);
  }

  /** A dead thread ends the requests that it had; those that come after find new threads on the same checkpoint. */
  private async recover(failed: Running): Promise<Running> {
    const restart = this.change.then(async () => {
      if (this.running === failed) this.replace(await startRunning(this.options, failed.path));
    });
    this.change = restart.catch(() => undefined);
    await restart;
    return this.running;
  }
}

async function startRunning(options: EmbeddedModelOptions, path: string): Promise<Running> {
  const { config, tokenizer, weights, endOfTurn, fingerprint } = await loadCheckpoint(path);
  const tokenBytes = tokenizer.data.vocab.map((_, id) => (tokenizer.data.types[id] === TOKEN_TYPE.control ? new Uint8Array() : tokenizer.bytes(id)));
  const { threads, assetsDirectory } = options;
  const pool = await GenerationPool.start({ config, weights, endToken: endOfTurn, tokenBytes, threads, assetsDirectory });
  const longestToken = tokenizer.data.vocab.reduce((longest, _, id) => Math.max(longest, tokenizer.bytes(id).length), 1);
  return { path, fingerprint, contextTokens: config.context, tokenizer, endToken: endOfTurn, tokenBytes, longestToken, pool };
}

function tokensOf(tokenizer: ByteLevelBpe, prompt: Parameters<NonNullable<ServedModel['readPrompt']>>[0]): { readonly text: string; readonly ids: readonly number[] } {
  if (typeof prompt === 'string') return { text: prompt, ids: tokenizer.encode(prompt) };
  const segments = renderSegments(prompt.messages, prompt.tools);
  return { text: joinSegments(segments), ids: encodeSegments(segments, tokenizer) };
}

type Prepared = { readonly generation: Omit<GenerationRequest, 'id'> } | { readonly refusal: ServedRefusal };

function prepare(running: Running, request: ServedRequest, drawSeed: () => number): Prepared {
  const { tokenizer, contextTokens, endToken } = running;
  const segments = request.prompt === undefined ? renderSegments(request.messages, request.tools) : undefined;
  const text = segments ? segments.map((segment) => segment.text).join('') : (request.prompt ?? '');
  // Text that cannot fit is not worth tokenising: this bounds the work that a request can cause.
  const fewest = Math.ceil(text.length / running.longestToken);
  if (fewest >= contextTokens) return { refusal: tooLong(`at least ${fewest}`, contextTokens) };
  const tokens = segments ? encodeSegments(segments, tokenizer) : tokenizer.encode(text);
  if (tokens.length === 0) return { refusal: { code: 'invalid_request', message: 'The prompt is empty.', param: 'prompt' } };
  const room = contextTokens - tokens.length;
  if (room < 1) return { refusal: tooLong(String(tokens.length), contextTokens) };
  const { sampling } = request;
  const utf8 = new TextEncoder();
  return {
    generation: {
      tokens,
      prefixLength: sharedPrefix(tokens, endToken),
      maxTokens: Math.min(sampling.maxTokens ?? room, room),
      sampler: { temperature: sampling.temperature, topP: sampling.topP, topK: sampling.topK },
      seed: sampling.seed ?? drawSeed(),
      stop: sampling.stop.filter((one) => one !== '').map((one) => utf8.encode(one)),
      topLogProbs: request.logProbs ? request.topLogProbs : 0,
      incremental: request.incremental,
    },
  };
}

function tooLong(tokens: string, contextTokens: number): ServedRefusal {
  return {
    code: 'context_length_exceeded',
    message: `This model's maximum context length is ${contextTokens} tokens. However, the prompt has ${tokens} tokens, and the answer needs at least one.`,
    param: 'messages',
  };
}

/** The system turn with its tools: what the samples of a data set have in common. */
function sharedPrefix(tokens: readonly number[], endToken: number): number {
  const length = tokens.indexOf(endToken) + 1;
  return length >= SHORTEST_PREFIX && length < tokens.length ? length : 0;
}

async function* answer(
  running: Running, request: ServedRequest, generation: Omit<GenerationRequest, 'id'>, signal: AbortSignal,
): AsyncGenerator<ServedChunk, void> {
  const text = new TokenText(request.sampling.stop);
  let completionTokens = 0;
  for await (const update of running.pool.generate(generation, signal)) {
    completionTokens += update.tokens.length;
    const certain = update.tokens.map(({ token }) => text.push(running.tokenBytes[token] ?? new Uint8Array())).join('');
    const rest = update.finish ? text.end() : '';
    const tokens = request.logProbs ? update.tokens.map((token) => servedToken(running, token)) : [];
    if (certain !== '' || rest !== '' || tokens.length > 0) yield { kind: 'text', text: certain + rest, tokens };
    if (update.finish) yield end(update.finish, generation, completionTokens);
  }
}

function end(finish: NonNullable<GenerationUpdate['finish']>, generation: Omit<GenerationRequest, 'id'>, completionTokens: number): ServedChunk {
  const usage = { promptTokens: generation.tokens.length, completionTokens, cachedTokens: finish.cachedTokens };
  return { kind: 'end', finishReason: finish.reason, usage };
}

function servedToken(running: Running, generated: GeneratedToken): ServedToken {
  const row = (token: number, logProb: number): TokenLogProb => {
    const control = running.tokenizer.data.types[token] === TOKEN_TYPE.control;
    return { text: running.tokenizer.decode([token]), bytes: control ? undefined : [...running.tokenizer.bytes(token)], logProb };
  };
  return { ...row(generated.token, generated.logProb), top: generated.top.map(([token, logProb]) => row(token, logProb)) };
}

