import { Rng } from '../../../core/random/rng.ts';
import type { GeneratedToken, GenerationRequest, GenerationUpdate } from './generationRequest.ts';
import type { PrefixBlock } from './prefixCache.ts';

/** Rows that a sequence holds in the cache: a shared prefix and a block of its own. */
export type HeldRows = { readonly prefix: PrefixBlock | undefined; start: number; capacity: number };

/** One request under way: its tokens, its random stream and where its keys stand. Survives losing its rows. */
export class Sequence {
  readonly tokens: number[];
  readonly rng: Rng;
  held: HeldRows | undefined;
  /** Own rows that are computed. */
  ownFilled = 0;
  /** Prompt tokens that another request had already computed. */
  cachedTokens = 0;
  private pending: GeneratedToken[] = [];
  private readonly output: number[] = [];

  constructor(
    readonly request: GenerationRequest,
    private readonly endToken: number,
    private readonly tokenBytes: readonly Uint8Array[],
  ) {
    this.tokens = [...request.tokens];
    this.rng = new Rng('generation', request.seed);
  }

  get prefixTokens(): readonly number[] {
    return this.request.tokens.slice(0, this.request.prefixLength);
  }

  /** Most rows that it can ever need beside its prefix; the last token's keys are never read. */
  get ownLimit(): number {
    return this.request.tokens.length + this.request.maxTokens - this.request.prefixLength;
  }

  get generated(): number {
    return this.tokens.length - this.request.tokens.length;
  }

  /** Takes a token over; returns why it was the last one, if it was. */
  append(generated: GeneratedToken): 'stop' | 'length' | undefined {
    this.tokens.push(generated.token);
    this.pending.push(generated);
    if (generated.token === this.endToken || this.meetsStop(generated.token)) return 'stop';
    return this.generated >= this.request.maxTokens ? 'length' : undefined;
  }

  /** What is new since the last call. */
  update(finish: 'stop' | 'length' | undefined): GenerationUpdate {
    const tokens = this.pending;
    this.pending = [];
    const { id } = this.request;
    return finish ? { id, tokens, finish: { reason: finish, cachedTokens: this.cachedTokens } } : { id, tokens };
  }

  private meetsStop(token: number): boolean {
    const { stop } = this.request;
    if (stop.length === 0) return false;
    for (const byte of this.tokenBytes[token] ?? []) {
      this.output.push(byte);
      if (stop.some((text) => endsWith(this.output, text))) return true;
    }
    return false;
  }
}

function endsWith(bytes: readonly number[], tail: Uint8Array): boolean {
  const from = bytes.length - tail.length;
  if (tail.length === 0 || from < 0) return false;
  return tail.every((byte, i) => bytes[from + i] === byte);
}
