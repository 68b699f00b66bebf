import { describe, expect, it } from 'vitest';
import { variedPairs } from '../../../builders/reviewPairs.ts';
import { sessionOver } from '../../../builders/reviewSessions.ts';

describe('a review session', () => {
  it('opens on the first undecided pair with counts, facets and the whole pair', async () => {
    const { ask } = sessionOver(variedPairs(8));
    const shown = await ask({ type: 'ready' });
    expect(shown).toMatchObject({ requestId: 1, title: 'Round 1', round: 1, user: 'tester', position: 0, total: 8, undecided: 8, sourceTotal: 8, canUndo: false, canRedo: false, toApply: 0 });
    expect(shown.facets).toBeDefined();
    expect(shown.item?.label.kind).toBe('calls');
  });

  it('stores a decision, goes on to the next pair and takes it back', async () => {
    const { ask, rule, log } = sessionOver(variedPairs(3));
    const first = await ask({ type: 'ready' });
    const after = await rule('keepLabel');
    expect(after).toMatchObject({ position: 1, undecided: 2, canUndo: true, announcement: 'Label kept.' });
    expect(log.lines.operations).toHaveLength(1);
    const back = await ask({ type: 'undo' });
    expect(back).toMatchObject({ position: 0, undecided: 3, canUndo: false, canRedo: true });
    expect(back.item?.sampleId).toBe(first.item?.sampleId);
    const again = await ask({ type: 'redo' });
    expect(again).toMatchObject({ position: 0, undecided: 2, canUndo: true, canRedo: false });
  });
});
