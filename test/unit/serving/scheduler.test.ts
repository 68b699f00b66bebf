import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import type { DecodeEngine, EngineRow } from '../../../src/embedded/serving/generation/decodeEngine.ts';
import type { GeneratedToken, GenerationRequest } from '../../../src/embedded/serving/generation/generationRequest.ts';
import { Scheduler } from '../../../src/embedded/serving/generation/scheduler.ts';

const VOCABULARY = 12;
const END = 11;
const tokenBytes = Array.from({ length: VOCABULARY }, (_, id) => (id === END ? new Uint8Array() : Uint8Array.of(97 + id)));

/**
 * An engine whose probabilities are drawn from exactly the tokens and positions that a row attends to, read back from the
 * cache: one row in a wrong place and every later token differs.
 */
class RecordingEngine implements DecodeEngine {
  readonly vocabulary = VOCABULARY;
  readonly contextTokens = 256;
  readonly passKeys: number;
  passes = 0;
  rowsComputed = 0;
  private readonly cache: string[];
  private seen: string[] = [];

  constructor(
    readonly cacheRows: number,
    readonly passRows = 16,
    readonly probabilityRows = 8,
  ) {
    this.cache = new Array<string>(cacheRows).fill('free');
    this.passKeys = passRows * 256;
  }

  forward(rows: readonly EngineRow[]): void {
    expect(rows.length).toBeLessThanOrEqual(this.passRows);
    expect(new Set(rows.map((row) => row.row)).size).toBe(rows.length);
    this.passes++;
    this.rowsComputed += rows.length;
    for (const row of rows) this.cache[row.row] = `${row.position}:${row.token}`;
    this.seen = rows.map((row) => [...this.cache.slice(row.prefixStart, row.prefixEnd), ...this.cache.slice(row.ownStart, row.ownEnd)].join(' '));
  }

  probabilities(rows: readonly number[]): { values: Float32Array; offset: number } {
    expect(rows.length).toBeLessThanOrEqual(this.probabilityRows);
    const values = new Float32Array(rows.length * VOCABULARY);
    rows.forEach((row, index) => {
      const rng = new Rng(this.seen[row] ?? '');
      const weights = Array.from({ length: VOCABULARY }, (_, id) => rng.next() * (id === END ? 0.4 : 1));
      const sum = weights.reduce((a, b) => a + b, 0);
      weights.forEach((weight, id) => (values[index * VOCABULARY + id] = weight / sum));
    });
    return { values, offset: 0 };
  }

  moveRows(from: number, to: number, count: number): void {
    expect(from + count <= to || to + count <= from).toBe(true);
    this.cache.splice(to, count, ...this.cache.slice(from, from + count));
  }
}

const request = (id: number, overrides: Partial<GenerationRequest> = {}): GenerationRequest => ({
  id,
  tokens: [1, 2, 3],
  prefixLength: 0,
  maxTokens: 20,
  sampler: { temperature: 0, topP: 1, topK: 0 },
  seed: id,
  stop: [],
  topLogProbs: 0,
  incremental: false,
  ...overrides,
});

type Outcome = { readonly tokens: readonly GeneratedToken[]; readonly reason: string; readonly cachedTokens: number };

function drain(scheduler: Scheduler, into: Map<number, Outcome>): void {
  for (const update of scheduler.step()) {
    const before = into.get(update.id)?.tokens ?? [];
    into.set(update.id, { tokens: [...before, ...update.tokens], reason: update.finish?.reason ?? 'open', cachedTokens: update.finish?.cachedTokens ?? 0 });
  }
}

function run(engine: DecodeEngine, requests: readonly GenerationRequest[], perStep = requests.length): Map<number, Outcome> {
  const scheduler = new Scheduler(engine, { endToken: END, tokenBytes });
  const outcomes = new Map<number, Outcome>();
  const queue = [...requests];
  while (queue.length > 0 || scheduler.busy) {
    for (const one of queue.splice(0, perStep)) scheduler.submit(one);
    drain(scheduler, outcomes);
  }
  return outcomes;
}

const answerOf = (outcome: Outcome | undefined): unknown => ({ tokens: outcome?.tokens, reason: outcome?.reason });

describe('continuous batching', () => {
  const requests = fc
    .array(
      fc.record({
        system: fc.integer({ min: 0, max: 2 }),
        tail: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
        maxTokens: fc.integer({ min: 1, max: 120 }),
        temperature: fc.constantFrom(0, 0.7, 1),
        topK: fc.constantFrom(0, 3),
        topP: fc.constantFrom(1, 0.8),
        seed: fc.integer(),
        topLogProbs: fc.constantFrom(0, 2),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((list) =>
      list.map((one, index) => {
        const system = one.system === 0 ? [] : Array.from({ length: 16 + one.system }, (_, i) => (i * one.system) % 10);
        return request(index, {
          tokens: [...system, ...one.tail], prefixLength: system.length, maxTokens: one.maxTokens, seed: one.seed, topLogProbs: one.topLogProbs,
          sampler: { temperature: one.temperature, topK: one.topK, topP: one.topP }, incremental: index % 2 === 0,
        });
      }),
    );

  it('answers a request alone and in any crowd alike, to the last bit, even when the cache is far too small for all', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 4 }), fc.constantFrom(160, 240, 3000), (list, perStep, cacheRows) => {
        const together = run(new RecordingEngine(cacheRows), list, perStep);
        for (const one of list) {
          const alone = run(new RecordingEngine(3000), [{ ...one, prefixLength: 0 }]);
          expect(answerOf(together.get(one.id))).toEqual(answerOf(alone.get(one.id)));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('computes a prompt beginning once and says how much it reused', () => {
    const system = Array.from({ length: 20 }, (_, i) => i % 10);
    const engine = new RecordingEngine(1000, 64);
    const scheduler = new Scheduler(engine, { endToken: END, tokenBytes });
    const outcomes = new Map<number, Outcome>();
    for (let id = 0; id < 3; id++) {
      scheduler.submit(request(id, { tokens: [...system, id], prefixLength: 20, maxTokens: 1 }));
      while (scheduler.busy) drain(scheduler, outcomes);
    }
    expect(engine.rowsComputed).toBe(20 + 3);
    expect([...outcomes.values()].map((one) => one.cachedTokens)).toEqual([0, 20, 20]);
  });

  it('reads a prompt longer than a pass in pieces while others go on', () => {
    const engine = new RecordingEngine(1000, 16);
    const scheduler = new Scheduler(engine, { endToken: END, tokenBytes });
    scheduler.submit(request(1, { maxTokens: 30, incremental: true, stop: [] }));
    scheduler.step();
    scheduler.submit(request(2, { tokens: Array.from({ length: 50 }, (_, i) => i % 10), maxTokens: 2 }));
    const during = [scheduler.step(), scheduler.step()];
    for (const updates of during) expect(updates.map((update) => update.id)).toEqual([1]);
  });

  it('frees the rows of a cancelled request before the next pass', () => {
    const engine = new RecordingEngine(60);
    const scheduler = new Scheduler(engine, { endToken: END, tokenBytes });
    const long = { tokens: Array.from({ length: 30 }, (_, i) => i % 10), maxTokens: 30 };
    scheduler.submit(request(1, long));
    scheduler.step();
    scheduler.submit(request(2, { ...long, incremental: true }));
    scheduler.step();
    expect(scheduler.running).toBe(1);
    scheduler.cancel(1);
    expect(scheduler.running).toBe(0);
    scheduler.step();
    expect(scheduler.running).toBe(1);
    const outcomes = new Map<number, Outcome>();
    while (scheduler.busy) drain(scheduler, outcomes);
    expect([...outcomes.keys()]).toEqual([2]);
  });

  it('forgets a queued request that is cancelled', () => {
    const scheduler = new Scheduler(new RecordingEngine(200), { endToken: END, tokenBytes });
    scheduler.submit(request(1));
    scheduler.cancel(1);
    scheduler.cancel(7);
    expect(scheduler.busy).toBe(false);
    expect(scheduler.step()).toEqual([]);
  });

  it('ends an answer at a stop text that lies across tokens', () => {
    const free = run(new RecordingEngine(200), [request(1, { maxTokens: 12 })]).get(1);
    const letters = (free?.tokens ?? []).map(({ token }) => String.fromCharCode(97 + token)).join('');
    const stop = letters.slice(2, 5);
    const stopped = run(new RecordingEngine(200), [request(1, { maxTokens: 12, stop: [new TextEncoder().encode(stop)] })]).get(1);
    expect(stop).toHaveLength(3);
    expect(stopped?.reason).toBe('stop');
    expect(stopped?.tokens).toEqual(free?.tokens.slice(0, letters.indexOf(stop) + 3));
  });
});
