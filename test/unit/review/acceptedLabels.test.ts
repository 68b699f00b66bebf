import { describe, expect, it } from 'vitest';
import { acceptedLabels } from '../../../src/core/review/acceptedLabels.ts';
import type { Decision, DecisionOperation } from '../../../src/core/review/decision.ts';
import { foldDecisions } from '../../../src/core/review/foldDecisions.ts';
import { answerReward } from '../../../src/core/toolcall/reward.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { cityLabel, weatherSample } from '../../builders/builtProject.ts';

const sample = weatherSample(1);
const both = (id: string, city: string, more: Partial<Decision> = {}): Decision => ({ v: 1, op: 'decide', id, at: '', by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, round: 1, ruling: 'bothCorrect', label: cityLabel(city, 1), ...more });
const of = (...operations: readonly DecisionOperation[]) => acceptedLabels(foldDecisions(operations));

describe('accepted labels', () => {
  it('are the answers that were called right beside the label, one for each round', () => {
    expect(of(both('a', 'Lyon'), both('b', 'Nice', { round: 2 }))(sample)).toEqual([cityLabel('Lyon', 1), cityLabel('Nice', 1)]);
  });

  it('are those of the latest word on an answer', () => {
    expect(of(both('a', 'Lyon'), both('b', 'Lyon', { ruling: 'keepLabel' }))(sample)).toEqual([]);
    expect(of(both('a', 'Lyon', { ruling: 'takePrediction' }), both('b', 'Lyon'))(sample)).toEqual([cityLabel('Lyon', 1)]);
    // A later round showed another answer: that it is wrong says nothing of the first.
    expect(of(both('a', 'Lyon'), both('b', 'Nice', { round: 2, ruling: 'keepLabel' }))(sample)).toEqual([cityLabel('Lyon', 1)]);
  });

  it('end when the decision is taken back', () => {
    expect(of(both('a', 'Lyon'), { v: 1, op: 'undo', id: 'u', at: '', by: 'ann', target: 'a' })(sample)).toEqual([]);
  });

  it('hold for the label that the person saw, and for no other', () => {
    expect(of(both('a', 'Lyon'))({ ...sample, labelHash: 'lbl_other' })).toEqual([]);
    expect(of(both('a', 'Lyon'))(weatherSample(2))).toEqual([]);
  });
});

describe('the reward', () => {
  const answer = (city: string): string => `<tool_call>${JSON.stringify({ name: 'get_weather', arguments: { city, days: 1 } })}</tool_call>`;
  const accepted = of(both('a', 'Lyon'));

  it.each([
    ['the label', 'Paris', true, 1],
    ['an answer that a person accepted', 'Lyon', true, 1],
    ['another answer', 'Nice', true, 0],
    ['an accepted answer that was cut off', 'Lyon', false, 0],
  ] as const)('of %s', (_, city, finished, reward) => {
    expect(answerReward(sample, answer(city), finished, noTextKinds, accepted)).toBe(reward);
  });
});
