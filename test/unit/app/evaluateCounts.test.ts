import { expect, it } from 'vitest';
import { evaluateCounts } from '../../../src/app/stages/counts.ts';
import { reportText } from '../../../src/cli/writers/reportTable.ts';
import { foldEvaluate } from '../../../src/core/rounds/fold.ts';
import type { EvaluateEntry } from '../../../src/core/rounds/journalEntries.ts';
import { roundReport } from '../../../src/core/rounds/report.ts';
import { compileTextKinds } from '../../../src/core/toolcall/textKinds.ts';

const entry = (sampleId: string, phase: EvaluateEntry['phase'], outcome: EvaluateEntry['outcome']): EvaluateEntry => ({
  v: 1, type: 'evaluation', sampleId, labelHash: 'lbl_1', requestKey: `${sampleId}-${phase}`, attempt: 1, startedAt: '', elapsedMs: 1, set: 'held', phase, outcome,
});
const before = [entry('a', 'before', 'MATCH_UNVERIFIED'), entry('b', 'before', 'MATCH_UNVERIFIED'), entry('c', 'before', 'MISMATCH')];
const after = [entry('a', 'after', 'MATCH_UNVERIFIED'), entry('b', 'after', 'MATCH'), entry('c', 'after', 'MATCH')];

function table(entries: readonly EvaluateEntry[]): string {
  const report = roundReport({
    round: 1, seed: 1, textKinds: compileTextKinds({ ask: [], decline: [] }), rows: [], training: { steps: 0, notes: [] }, probes: new Map(), judgements: new Map(),
    expansions: { asked: 0, accepted: 0, refused: {} }, composition: undefined, heldOut: [{ set: 'held', samples: 3 }], evaluation: foldEvaluate(entries), truth: undefined, simulated: [],
  });
  return reportText(report);
}

it('answers that nothing verifies are counted apart in both phases', () => {
  expect(evaluateCounts([...before, ...after]).counts).toEqual({
    'held.before.samples': 3, 'held.before.right': 2, 'held.before.unverified': 2,
    'held.after.samples': 3, 'held.after.right': 3, 'held.after.unverified': 1,
  });
});

it('the table says how many in each phase that has some, and nothing where there are none', () => {
  expect(table([...before, ...after])).toContain('held (unverified: 2 before, 1 after)');
  expect(table(before)).toContain('held (unverified: 2 before)');
  expect(table([entry('a', 'before', 'MATCH'), entry('a', 'after', 'MATCH_UNVERIFIED')])).toContain('held (unverified: 1 after)');
  expect(table([entry('a', 'before', 'MATCH')])).not.toContain('unverified');
});
