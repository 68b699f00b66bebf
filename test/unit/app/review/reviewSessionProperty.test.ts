import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviewRulings } from '../../../../src/core/review/decision.ts';
import { queueOrders, queueSpecSchema, type QueueSpec } from '../../../../src/core/review/queue/queueSpec.ts';
import { selectQueue } from '../../../../src/core/review/queue/selectQueue.ts';
import { hostMessageSchema, type ReviewSnapshot } from '../../../../src/protocol/review/messages.ts';
import { variedPairs } from '../../../builders/reviewPairs.ts';
import { sessionOver, type SessionUnderTest } from '../../../builders/reviewSessions.ts';
import { MemoryLines } from '../../../fakes/memoryReview.ts';

const pairs = variedPairs(14);

type Step =
  | { readonly kind: 'decide'; readonly ruling: (typeof reviewRulings)[number] }
  | { readonly kind: 'undo' | 'redo' | 'bulk' | 'similar' | 'note' | 'ready' | 'restart' | 'grow' }
  | { readonly kind: 'move'; readonly to: 'next' | 'previous' | 'first' | 'last' | 'nextUndecided' }
  | { readonly kind: 'goTo'; readonly position: number }
  | { readonly kind: 'setQueue'; readonly spec: QueueSpec }
  | { readonly kind: 'other'; readonly place: number };

const specs: fc.Arbitrary<QueueSpec> = fc
  .record({ state: fc.constantFrom('all', 'undecided', 'decided', 'conflict'), verdicts: fc.option(fc.subarray(['LABEL_WRONG', 'PRED_WRONG', 'unjudged'] as const), { nil: undefined }), order: fc.constantFrom(...queueOrders) })
  .map(({ state, verdicts, order }) => queueSpecSchema.parse({ filter: { state, ...(verdicts === undefined ? {} : { verdicts }) }, order }));

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...reviewRulings).map((ruling): Step => ({ kind: 'decide', ruling })) },
  { weight: 6, arbitrary: fc.constantFrom('undo', 'undo', 'redo', 'bulk', 'similar', 'note', 'ready', 'restart', 'grow').map((kind): Step => ({ kind })) },
  { weight: 3, arbitrary: fc.constantFrom('next', 'previous', 'first', 'last', 'nextUndecided').map((to): Step => ({ kind: 'move', to })) },
  { weight: 1, arbitrary: fc.nat(20).map((position): Step => ({ kind: 'goTo', position })) },
  { weight: 2, arbitrary: specs.map((spec): Step => ({ kind: 'setQueue', spec })) },
  { weight: 2, arbitrary: fc.nat(13).map((place): Step => ({ kind: 'other', place })) },
);

describe('whatever a person does in a session', () => {
  it('keeps its counts and its place, and each decision that was answered stands in the log once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (given) => {
        const lines = new MemoryLines();
        const open = (count: number): SessionUnderTest => sessionOver(pairs.slice(0, count), { lines, user: 'ana' });
        let [under, shownPairs] = [open(10), 10];
        const ben = sessionOver(pairs, { lines, user: 'ben' });
        let shown = await under.ask({ type: 'ready' });
        for (const step of given) {
          const before = lines.operations.length;
          if (step.kind === 'restart') under = open(shownPairs);
          else if (step.kind === 'grow') under.source.replace(pairs.slice(0, (shownPairs = 14)));
          else if (step.kind === 'other') await decideElsewhere(ben, step.place);
          shown = (await act(under, step, shown)) ?? (await under.ask({ type: 'ready' }));
          invariants(under, shown);
          // Nothing is written but by requests that write, and by them as a whole.
          if (['move', 'goTo', 'setQueue', 'ready', 'restart', 'grow'].includes(step.kind)) expect(lines.operations.length).toBe(before);
        }
        const ids = lines.operations.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

async function decideElsewhere({ ask, source }: SessionUnderTest, place: number): Promise<void> {
  const pair = source.pairs[place];
  if (pair !== undefined) await ask({ type: 'decide', sampleId: pair.sample.id, labelHash: pair.sample.labelHash, ruling: 'unsure', elapsedMs: 1 });
}

/** Undefined where the session rightly refused or there is nothing to act on. */
async function act(under: SessionUnderTest, step: Step, { item, offer }: ReviewSnapshot): Promise<ReviewSnapshot | undefined> {
  const { send, log } = under;
  const pair = item && { sampleId: item.sampleId, labelHash: item.labelHash };
  switch (step.kind) {
    case 'decide': {
      if (pair === undefined) return undefined;
      const before = log.lines.operations.length;
      const answer = snapshotOf(await send({ type: 'decide', ...pair, ruling: step.ruling, elapsedMs: 1 }));
      expect(log.lines.operations.length - before).toBe(answer === undefined ? 0 : 1);
      if (answer !== undefined) expect(log.state.standingOf(pair.sampleId).at(-1)).toMatchObject({ ruling: step.ruling, by: 'ana' });
      return answer;
    }
    case 'note':
      return pair && snapshotOf(await send({ type: 'note', ...pair, note: 'a note' }));
    case 'undo':
    case 'redo':
      return snapshotOf(await send({ type: step.kind }));
    case 'bulk':
    case 'similar': {
      if (step.kind === 'similar' && offer === undefined) return undefined;
      const preview = await send(step.kind === 'bulk' ? { type: 'previewBulk', ruling: 'bothWrong' } : { type: 'previewSimilar', decisionId: offer?.decisionId ?? '' });
      if (preview.type !== 'bulkPreview') return undefined;
      const before = log.lines.operations.length;
      const answer = snapshotOf(await send({ type: 'decideBulk', previewId: preview.previewId }));
      expect(log.lines.operations.length - before).toBe(answer === undefined ? 0 : preview.count);
      return answer;
    }
    case 'move':
      return snapshotOf(await send({ type: 'move', to: step.to }));
    case 'goTo':
      return snapshotOf(await send({ type: 'goTo', position: step.position }));
    case 'setQueue': {
      const answer = snapshotOf(await send({ type: 'setQueue', spec: step.spec }));
      const expected = selectQueue(await under.source.items(), step.spec, { state: log.state, user: 'ana' });
      expect(answer?.total).toBe(expected.length);
      return answer;
    }
    default:
      return undefined;
  }
}

function snapshotOf(message: unknown): ReviewSnapshot | undefined {
  const parsed = hostMessageSchema.parse(message);
  return parsed.type === 'snapshot' ? parsed : undefined;
}

/** Counts against those of somebody who looks at everything anew. */
function invariants({ log, source }: SessionUnderTest, shown: ReviewSnapshot): void {
  const { state } = log;
  const decided = source.pairs.filter(({ sample }) => state.inForce.get(sample.id)?.labelHash === sample.labelHash);
  expect(shown.position).toBeGreaterThanOrEqual(0);
  expect(shown.position).toBeLessThanOrEqual(shown.total);
  expect(shown.item === undefined).toBe(shown.position === shown.total);
  expect(shown.sourceTotal).toBe(source.pairs.length);
  expect(shown.undecided).toBeLessThanOrEqual(Math.min(shown.total, source.pairs.length - decided.length));
  if (shown.spec.filter.state === 'all' && shown.spec.filter.verdicts === undefined) expect(shown).toMatchObject({ total: source.pairs.length, undecided: source.pairs.length - decided.length });
  expect(shown.toApply).toBe(decided.filter(({ sample }) => ['takePrediction', 'drop'].includes(state.inForce.get(sample.id)?.ruling ?? '')).length);
  const own = state.undoTargetOf('ana');
  if (shown.canUndo) expect(own?.decisions.length).toBeGreaterThan(0);
  if (shown.item !== undefined) expect(shown.item.decisions).toHaveLength(state.standingOf(shown.item.sampleId).length);
}
