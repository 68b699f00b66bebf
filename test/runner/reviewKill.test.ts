import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { Rng } from '../../src/core/random/rng.ts';
import { decisionOperationSchema, type DecisionOperation } from '../../src/core/review/decision.ts';
import { foldDecisions } from '../../src/core/review/foldDecisions.ts';
import type { HostMessage, ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { writeReviewRound } from '../builders/reviewRound.ts';
import { startHost, type HostProcess } from '../webview/support/hostProcess.ts';
import { temporaryFolder } from './support/cli.ts';

/** `npm run test:kill` asks for 200. */
const kills = Number(process.env['LOOPTOOL_KILLS'] ?? 10);
const seed = Number(process.env['LOOPTOOL_KILL_SEED'] ?? 1);
const pairs = 400;
/** A host is killed so long at most after one of its first answers, while it is asked for more: a request takes about as long. */
const longestMs = 25;
const mostAnswers = 12;

const cleanUps: (() => void)[] = [];
afterAll(() => cleanUps.forEach((work) => work()));

test(`what a host announced as stored survives ${kills} kills at random moments, and stands there once`, async () => {
  const directory = temporaryFolder((work) => cleanUps.push(work));
  writeReviewRound(directory, pairs);
  const expected = new Expected();
  let announced = 0;
  for (let n = 0; n < kills; n++) {
    const rng = new Rng('review kill', seed, n);
    const host = await startHost(directory);
    const first = await host.ask({ type: 'ready' });
    expected.agreesWith(operationsIn(directory), snapshotOf(first));
    announced += await review(host, rng, snapshotOf(first), expected);
    expected.agreesWith(operationsIn(directory), undefined);
  }
  // A test in which nothing was ever stored would prove nothing.
  expect(announced).toBeGreaterThan(kills);
}, 60_000 + kills * 20_000);

type Rulings = readonly (readonly [sampleId: string, ruling: string | undefined])[];

/** What has to be in the log: operations that an answer announced, and at most what was under way when the host died. */
class Expected {
  /** Rulings by sample id, as announced; undefined for one that was taken back. */
  readonly #stored = new Map<string, string | undefined>();
  /** What the last request may have written without saying so. */
  #underWay: { readonly samples: ReadonlySet<string> } | undefined;

  begin(samples: Iterable<string>): void {
    this.#underWay = { samples: new Set(samples) };
  }

  store(rulings: Rulings): void {
    this.#underWay = undefined;
    for (const [sampleId, ruling] of rulings) this.#stored.set(sampleId, ruling);
  }

  /** What undo has to bring back. */
  of(samples: readonly string[]): Rulings {
    return samples.map((sampleId) => [sampleId, this.#stored.get(sampleId)]);
  }

  /** The lines of the file against what was announced; a request that was cut off is written whole or not at all. */
  agreesWith(operations: readonly DecisionOperation[], shown: ReviewSnapshot | undefined): void {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    const { inForce } = foldDecisions(operations);
    const cutOff = this.#underWay?.samples ?? new Set<string>();
    const changed: string[] = [];
    for (const sampleId of new Set([...this.#stored.keys(), ...inForce.keys()])) {
      const ruling = inForce.get(sampleId)?.ruling;
      if (ruling === this.#stored.get(sampleId)) continue;
      expect(cutOff).toContain(sampleId);
      changed.push(sampleId);
    }
    expect([0, cutOff.size]).toContain(changed.length);
    this.store([...cutOff].map((sampleId) => [sampleId, inForce.get(sampleId)?.ruling] as const));
    // A slow machine opens the review before all pairs are read.
    if (shown?.sourceTotal === pairs) expect(shown.undecided).toBe(pairs - inForce.size);
  }
}

/** Decides, takes back, puts back and decides in bulk until the host is gone. Resolves to how many answers said that something is stored. */
async function review(host: HostProcess, rng: Rng, first: ReviewSnapshot, expected: Expected): Promise<number> {
  let shown: ReviewSnapshot = first;
  let announced = 0;
  /** What stood before each request that stored something, for undo. */
  const done: Rulings[] = [];
  const last = rng.between(1, mostAnswers);
  let isDoomed = false;
  for (;;) {
    if (announced >= last && !isDoomed) {
      isDoomed = true;
      void wait(rng.int(longestMs)).then(async () => host.kill());
    }
    const draw = rng.next();
    if (draw < 0.12 && done.length > 0) {
      const before = done[done.length - 1] ?? [];
      expected.begin(before.map(([sampleId]) => sampleId));
      const answer = await host.ask({ type: 'undo' });
      if (answer === undefined) return announced;
      shown = snapshotOf(answer);
      done.pop();
      expected.store(before);
      announced++;
      continue;
    }
    if (draw < 0.18) {
      const bulk = await decideSimilar(host, shown, expected);
      if (bulk === 'gone') return announced;
      if (bulk !== undefined) {
        shown = bulk.shown;
        done.push(bulk.before);
        announced++;
        continue;
      }
    }
    const { item } = shown;
    if (item === undefined) {
      // All is decided: from the first on it is decided anew.
      const answer = await host.ask({ type: 'move', to: 'first' });
      if (answer === undefined) return announced;
      shown = snapshotOf(answer);
      continue;
    }
    const ruling = rng.pick(['keepLabel', 'bothWrong', 'drop', 'unsure'] as const);
    const before = expected.of([item.sampleId]);
    expected.begin([item.sampleId]);
    const answer = await host.ask({ type: 'decide', sampleId: item.sampleId, labelHash: item.labelHash, ruling, elapsedMs: 10 });
    if (answer === undefined) return announced;
    shown = snapshotOf(answer);
    expected.store([[item.sampleId, ruling]]);
    done.push(before);
    announced++;
  }
}

/** Applies the last decision to others with the same difference, where the host offers it: a few pairs by one write. */
async function decideSimilar(host: HostProcess, shown: ReviewSnapshot, expected: Expected): Promise<{ readonly shown: ReviewSnapshot; readonly before: Rulings } | 'gone' | undefined> {
  const { offer } = shown;
  if (offer === undefined || offer.count > 30) return undefined;
  const preview = await host.ask({ type: 'previewSimilar', decisionId: offer.decisionId });
  if (preview === undefined) return 'gone';
  if (preview.type !== 'bulkPreview') throw new Error(`previewSimilar was answered by ${JSON.stringify(preview)}`);
  const samples = preview.pairs.map(({ sampleId }) => sampleId);
  if (samples.length === 0) return undefined;
  const before = expected.of(samples);
  expected.begin(samples);
  const answer = await host.ask({ type: 'decideBulk', previewId: preview.previewId });
  if (answer === undefined) return 'gone';
  expected.store(samples.map((sampleId) => [sampleId, preview.ruling]));
  return { shown: snapshotOf(answer), before };
}

function snapshotOf(message: HostMessage | undefined): ReviewSnapshot {
  if (message?.type !== 'snapshot') throw new Error(`no snapshot: ${JSON.stringify(message)}`);
  return message;
}

/** Whole lines alone: one that was cut off was never announced. */
function operationsIn(directory: string): readonly DecisionOperation[] {
  const file = join(directory, '.looptool/decisions.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [decisionOperationSchema.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

