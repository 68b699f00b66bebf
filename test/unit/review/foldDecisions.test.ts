import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionOperation } from '../../../src/core/review/decision.ts';
import { foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import { reviewQueue } from '../../../src/core/review/reviewQueue.ts';

const decide = (id: string, sampleId = 'smp_1', by = 'a'): DecisionOperation => ({ v: 1, op: 'decide', id, at: '2026-01-01T00:00:00Z', by, sampleId, labelHash: 'lbl_1', ruling: 'keepLabel' });
const undo = (id: string, target: string): DecisionOperation => ({ v: 1, op: 'undo', id, at: '2026-01-01T00:00:00Z', by: 'a', target });

describe('the fold of the decisions log', () => {
  it('puts the latest standing decision of a sample in force and keeps the earlier one', () => {
    const state = foldDecisions([decide('1', 'smp_1', 'ann'), decide('2', 'smp_1', 'bob')]);
    expect(state.inForce.get('smp_1')?.id).toBe('2');
    expect(state.standing.map((d) => d.by)).toEqual(['ann', 'bob']);
  });

  it('brings the earlier decision back when the later one is undone', () => {
    expect(foldDecisions([decide('1'), decide('2'), undo('3', '2')]).inForce.get('smp_1')?.id).toBe('1');
  });

  it('puts a decision back when its undo is undone', () => {
    expect(foldDecisions([decide('1'), undo('2', '1'), undo('3', '2')]).inForce.get('smp_1')?.id).toBe('1');
  });

  it('counts a line that was written twice once', () => {
    expect(foldDecisions([decide('1'), decide('1')]).standing).toHaveLength(1);
  });

  it('undoes without limit, one decision at a time, down to none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), (samples) => {
        const log: DecisionOperation[] = samples.map((s, i) => decide(`d${i}`, `smp_${s}`));
        for (let left = samples.length; left > 0; left--) {
          const state = foldDecisions(log);
          expect(state.standing).toHaveLength(left);
          expect(state.undoTarget?.id).toBe(`d${left - 1}`);
          log.push(undo(`u${left}`, state.undoTarget?.id ?? ''));
        }
        expect(foldDecisions(log).undoTarget).toBeUndefined();
      }),
    );
  });
});

describe('the review queue', () => {
  it('holds mismatches alone, labels said to be wrong first, in an order that never changes', () => {
    const entries = [
      { sampleId: 'e', outcome: 'MATCH', verdict: undefined },
      { sampleId: 'd', outcome: 'MISMATCH', verdict: 'PRED_WRONG' },
      { sampleId: 'c', outcome: 'TRUNCATED', verdict: undefined },
      { sampleId: 'b', outcome: 'MISMATCH', verdict: 'LABEL_WRONG' },
      { sampleId: 'a', outcome: 'MISMATCH', verdict: 'NO_CONSENSUS' },
    ] as const;
    expect(reviewQueue(entries).map((e) => e.sampleId)).toEqual(['b', 'a', 'c', 'd']);
    expect(reviewQueue([...entries].reverse())).toEqual(reviewQueue(entries));
  });
});
