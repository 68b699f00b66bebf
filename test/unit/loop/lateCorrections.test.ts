import { describe, expect, it } from 'vitest';
import type { TrainRow } from '../../../src/core/dataset/sample.ts';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { overruledMatch } from '../../../src/core/loop/judgement.ts';
import { lateCorrections } from '../../../src/core/loop/lateCorrections.ts';
import type { Decision } from '../../../src/core/review/decision.ts';
import { foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import { at, forecast, probeOf, rowOf, sampleOf } from './builders.ts';

const sample = sampleOf('a');
const rome = forecast('Rome');
const decision = (more: Partial<Decision> = {}): Decision => ({ v: 1, op: 'decide', id: 'd', at, by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, round: 1, ruling: 'takePrediction', label: rome, ...more });
const late = (history: readonly (readonly TrainRow[])[], more: Partial<Decision> = {}) => lateCorrections(history, foldDecisions([decision(more)]), history.length);
const corrected: TrainRow = { ...rowOf(sample), label: rome, labelHash: labelHash(rome) };

describe('corrections that came too late for the next set', () => {
  it('bring back the row with the decided label', () => {
    const [seed, ...others] = late([[rowOf(sample)], [rowOf(sampleOf('b'))]]);
    expect(others).toEqual([]);
    expect(seed?.row).toMatchObject({ id: sample.id, label: rome, origin: 'labelRefined', replaced: { labelHash: sample.labelHash, round: 2, by: 'person', source: 'ann' } });
  });

  it.each([
    ['the current set has the sample', [[rowOf(sample)], [rowOf(sample)]], {}],
    ['a set had it with that label', [[rowOf(sample)], [corrected], []], {}],
    ['no set had the label that was decided on', [[rowOf(sample)], []], { labelHash: 'lbl_other' }],
    ['the ruling changes no label', [[rowOf(sample)], []], { ruling: 'bothCorrect' as const }],
  ])('bring back nothing where %s', (_, history, more) => {
    expect(late(history, more)).toEqual([]);
  });
});

describe('a match with a label that a person called wrong', () => {
  const overruled = (more: Partial<Decision>) => overruledMatch({ sample, probe: probeOf(sample, 'MATCH') }, { round: 3, relabel: 'always', decision: decision(more) });

  it.each([
    ['takePrediction', { verdict: 'LABEL_WRONG', by: 'person', relabel: rome }],
    ['bothWrong', { verdict: 'BOTH_WRONG', by: 'person' }],
    ['keepLabel', undefined],
    ['bothCorrect', undefined],
  ] as const)('%s: %o', (ruling, judgement) => {
    if (judgement === undefined) expect(overruled({ ruling })).toBeUndefined();
    else expect(overruled({ ruling })).toMatchObject(judgement);
  });

  it('stays a match where the decision was about another label', () => {
    expect(overruled({ labelHash: 'lbl_other' })).toBeUndefined();
  });
});
