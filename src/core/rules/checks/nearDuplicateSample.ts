import type { DatasetRule } from '../rule.ts';
import { areSteps, likeness, nearPairs, signatureOf, signedFact } from '../minHash.ts';
import { identityWord } from '../identityFacts.ts';

export const rule: DatasetRule = {
  id: 'near-duplicate-sample',
  scope: 'dataset',
  severity: { strict: 'information', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'Two samples say nearly the same.',
    why: 'Near copies count double in training and leak between splits, while exact comparison does not see them. Steps of one dialogue are not compared.',
    good: 'samples that differ in more than a word',
    bad: '"What is the weather in Oslo today?" and "What is the weather in Oslo today, please?", with the same call',
    shownAt: 'the later record',
    options: { likeness: 'Share of word triples of messages and label that two samples have in common, from 0 to 1, above which they are near duplicates.' },
  },
  options: { likeness: 0.9 },
  collect: () => (context) => {
    const signature = signatureOf(context.sample);
    return signature === undefined ? undefined : signedFact(identityWord(context), signature, context.sample);
  },
  *conclude(facts, options) {
    const least = typeof options['likeness'] === 'number' ? options['likeness'] : 0.9;
    // Millions of samples may be alike: which one each is like, and how much in per cent, in few bytes.
    const samples = (facts.at(facts.length - 1)?.sample ?? -1) + 1;
    const earlier = new Int32Array(samples).fill(-1);
    const isSettled = (sample: number): boolean => earlier[sample] !== -1;
    const shares = new Uint8Array(samples);
    for (const pair of nearPairs(facts, isSettled)) {
      if (pair === undefined) {
        yield undefined;
        continue;
      }
      const [before, after] = pair;
      if (isSettled(after.sample) || before.identity === after.identity || areSteps(before, after)) continue;
      const share = likeness(before.signature, after.signature);
      if (share < least) continue;
      earlier[after.sample] = before.sample;
      shares[after.sample] = Math.round(share * 100);
    }
    for (const [sample, before] of earlier.entries()) {
      if (before !== -1) yield { sample, at: { part: 'record' }, message: `nearly the same sample stands in the data before (about ${shares[sample] ?? 0} % alike)`, related: [before] };
    }
  },
};
