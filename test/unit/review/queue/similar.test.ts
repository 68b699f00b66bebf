import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decisionOn } from '../../../../src/core/review/queue/queueFacts.ts';
import { applicable, similarTo } from '../../../../src/core/review/queue/similar.ts';
import { decisionOf, factsOf, queueItem, reviewed } from '../../../builders/queueItems.ts';

it('others with the same difference are those that nobody has decided', () => {
  fc.assert(
    fc.property(reviewed, ({ items, facts }) => {
      for (const decision of facts.state.inForce.values()) {
        const own = items.find((item) => item.sampleId === decision.sampleId && item.labelHash === decision.labelHash);
        const expected = own === undefined ? [] : items.filter((item) => item !== own && item.shape === own.shape && decisionOn(item, facts) === undefined);
        expect(similarTo(items, decision, facts)).toEqual(expected);
      }
    }),
  );
});

it('a decision on another label of a sample has no others like it', () => {
  const items = [queueItem(1), queueItem(2)];
  expect(similarTo(items, decisionOf(queueItem(1), 'keepLabel'), factsOf())).toEqual([queueItem(2)]);
  expect(similarTo(items, decisionOf({ ...queueItem(1), labelHash: 'lbl_old' }, 'keepLabel'), factsOf())).toEqual([]);
});

it('a prediction that is no complete answer can be neither taken nor accepted; no label can be edited for many', () => {
  const whole = queueItem(1);
  const incomplete = queueItem(1, { predictionHash: undefined });
  const all = ['keepLabel', 'takePrediction', 'bothCorrect', 'bothWrong', 'drop', 'unsure', 'edit'] as const;
  expect(all.filter((ruling) => applicable(ruling, whole))).toEqual(['keepLabel', 'takePrediction', 'bothCorrect', 'bothWrong', 'drop', 'unsure']);
  expect(all.filter((ruling) => applicable(ruling, incomplete))).toEqual(['keepLabel', 'bothWrong', 'drop', 'unsure']);
});
