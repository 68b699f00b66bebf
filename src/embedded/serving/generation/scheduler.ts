import type { DecodeEngine, EngineRow } from './decodeEngine.ts';
import type { GeneratedToken, GenerationRequest, GenerationUpdate } from './generationRequest.ts';
import { PrefixCache } from './prefixCache.ts';
import { RowAllocator } from './rowAllocator.ts';
import { drawToken, logProbOf, topIds } from './sampler.ts';
import { Sequence, type HeldRows } from './sequence.ts';

/** Rows of one pass: enough to keep the matrix kernels busy, few enough that answers under way wait some 40 ms at most. */
const PASS_ROWS = 512;
/** Rows that a sequence gets beyond its prompt at first; doubled whenever they are full. */
const FIRST_ROWS = 32;
const MOST_SEQUENCES = 256;

type Vocabulary = { readonly endToken: number; readonly tokenBytes: readonly Uint8Array[] };
type Planned = { readonly rows: EngineRow[]; readonly ends: { readonly sequence: Sequence; readonly row: number }[]; keys: number };

/**
 * Continuous batching over one engine: between two passes requests come and go, prompts are computed in pieces beside
 * the answers under way, and common prompt beginnings are computed once. When the cache is full the youngest sequence
 * gives its rows up and is computed again later; as every row's result depends on its own tokens only, nobody can tell.
 */
export class Scheduler {
  private readonly waiting: Sequence[] = [];
  /** In order of admission. */
  private active: Sequence[] = [];
  private readonly allocator: RowAllocator;
  private readonly prefixes: PrefixCache;

  constructor(
    private readonly engine: DecodeEngine,
    private readonly vocabulary: Vocabulary,
  ) {
    this.allocator = new RowAllocator(engine.cacheRows);
    this.prefixes = new PrefixCache(this.allocator);
  }

  get busy(): boolean {
    return this.waiting.length > 0 || this.active.length > 0;
  }

  /** Sequences that hold cache rows. */
  get running(): number {
    return this.active.length;
  }

  submit(request: GenerationRequest): void {
    this.waiting.push(new Sequence(request, this.vocabulary.endToken, this.vocabulary.tokenBytes));
  }

  /** Frees at once whatever the request holds; unknown ids are requests that have ended. */
  cancel(id: number): void {
    const queued = this.waiting.findIndex((sequence) => sequence.request.id === id);
    if (queued !== -1) this.waiting.splice(queued, 1);
    const running = this.active.find((sequence) => sequence.request.id === id);
    if (running) this.retire(running);
  }

  /** One pass of the engine; what has news of it. */
  step(): GenerationUpdate[] {
    for (const sequence of [...this.active]) if (this.active.includes(sequence)) this.ensureRoom(sequence);
    this.admit();
    const planned = this.plan();
    if (planned.rows.length === 0) return [];
    this.engine.forward(planned.rows);
    return this.sample(planned.ends);
  }

  private admit(): void {
    const most = Math.min(MOST_SEQUENCES, this.engine.probabilityRows);
    for (let next = this.waiting[0]; next && this.active.length < most; next = this.waiting[0]) {
      const held = this.reserve(next) ?? this.reserveAlone(next);
      if (!held) return;
      this.waiting.shift();
      next.held = held;
      next.ownFilled = 0;
      if (held.prefix && next.generated === 0) next.cachedTokens = held.prefix.filled;
      this.active.push(next);
    }
  }

  private reserve(sequence: Sequence): HeldRows | undefined {
    const prefix = sequence.request.prefixLength > 0 ? this.prefixes.acquire(sequence.prefixTokens) : undefined;
    if (!prefix && sequence.request.prefixLength > 0) return undefined;
    const capacity = Math.min(sequence.ownLimit, sequence.tokens.length - sequence.request.prefixLength + FIRST_ROWS);
    const start = this.prefixes.takeRows(capacity);
    if (start !== undefined) return { prefix, start, capacity };
    if (prefix) this.prefixes.release(prefix);
    return undefined;
  }

  /** When nothing else runs, a kept prefix may still lie in the way of the one long block that is needed. */
  private reserveAlone(sequence: Sequence): HeldRows | undefined {
    if (this.active.length > 0) return undefined;
    this.prefixes.dropUnused();
    const held = this.reserve(sequence);
    if (!held) throw new Error(`a sequence of ${sequence.tokens.length} tokens exceeds the cache`);
    return held;
  }

  /** Makes room for the sequence's newest token, at the cost of the youngest sequence if need be. */
  private ensureRoom(sequence: Sequence): void {
    const held = sequence.held;
    const needed = sequence.tokens.length - sequence.request.prefixLength;
    while (held && needed > held.capacity) {
      const capacity = Math.min(sequence.ownLimit, Math.max(needed, 2 * held.capacity));
      const start = this.prefixes.takeRows(capacity);
      if (start !== undefined) {
        this.engine.moveRows(held.start, start, sequence.ownFilled);
        this.allocator.give(held.start, held.capacity);
        held.start = start;
        held.capacity = capacity;
        return;
      }
      const youngest = this.active.at(-1) ?? sequence;
      this.retire(youngest);
      this.waiting.unshift(youngest);
      if (youngest === sequence) return;
    }
  }

  private retire(sequence: Sequence): void {
    this.active = this.active.filter((one) => one !== sequence);
    const held = sequence.held;
    if (!held) return;
    this.allocator.give(held.start, held.capacity);
    if (held.prefix) this.prefixes.release(held.prefix);
    sequence.held = undefined;
  }

  /** Answers under way first, one row each; prompts fill what is left of the pass, the oldest first. */
  private plan(): Planned {
    const planned: Planned = { rows: [], ends: [], keys: 0 };
    const left = (sequence: Sequence): number => sequence.tokens.length - sequence.request.prefixLength - sequence.ownFilled;
    const prompts = this.active.filter((sequence) => left(sequence) > 1);
    for (const sequence of this.active) if (left(sequence) === 1) this.planRows(sequence, planned);
    for (const sequence of prompts) this.planRows(sequence, planned);
    return planned;
  }

  private planRows(sequence: Sequence, planned: Planned): void {
    const held = sequence.held;
    if (!held) return;
    const { prefix } = held;
    const prefixLength = prefix?.length ?? 0;
    const prefixStart = prefix?.start ?? 0;
    const place = (position: number, row: Omit<EngineRow, 'token' | 'position'>): boolean => {
      const keys = (position + 4) & ~3;
      if (planned.rows.length >= Math.min(PASS_ROWS, this.engine.passRows) || planned.keys + keys > this.engine.passKeys) return false;
      planned.keys += keys;
      planned.rows.push({ token: sequence.tokens[position] ?? 0, position, ...row });
      return true;
    };
    while (prefix && prefix.filled < prefixLength) {
      const row = prefixStart + prefix.filled;
      if (!place(prefix.filled, { row, prefixStart, prefixEnd: prefixStart, ownStart: prefixStart, ownEnd: row + 1 })) return;
      prefix.filled++;
    }
    const length = sequence.tokens.length - prefixLength;
    while (sequence.ownFilled < length) {
      const row = held.start + sequence.ownFilled;
      const range = { row, prefixStart, prefixEnd: prefixStart + prefixLength, ownStart: held.start, ownEnd: row + 1 };
      if (!place(prefixLength + sequence.ownFilled, range)) return;
      sequence.ownFilled++;
    }
    planned.ends.push({ sequence, row: planned.rows.length - 1 });
  }

  private sample(ends: Planned['ends']): GenerationUpdate[] {
    const updates: GenerationUpdate[] = [];
    for (let from = 0; from < ends.length; from += this.engine.probabilityRows) {
      const part = ends.slice(from, from + this.engine.probabilityRows);
      const { values, offset } = this.engine.probabilities(part.map((end) => end.row));
      part.forEach(({ sequence }, index) => {
        const finish = sequence.append(this.draw(sequence, values, offset + index * this.engine.vocabulary));
        if (finish) this.retire(sequence);
        if (finish || sequence.request.incremental) updates.push(sequence.update(finish));
      });
    }
    return updates;
  }

  private draw(sequence: Sequence, values: Float32Array, offset: number): GeneratedToken {
    const count = this.engine.vocabulary;
    const { sampler, topLogProbs } = sequence.request;
    const token = drawToken(values, offset, count, sampler, sequence.rng);
    const top = topLogProbs > 0 ? topIds(values, offset, count, topLogProbs).map((id) => [id, logProbOf(values, offset, count, id)] as const) : [];
    return { token, logProb: logProbOf(values, offset, count, token), top };
  }
}
