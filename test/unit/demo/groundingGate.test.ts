import { expect, test } from 'vitest';
import { groundingFault } from '../../../src/core/loop/groundingGate.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { toSample } from '../../../src/demo/datasets.ts';
import { drawSamples } from '../../../src/demo/evaluationSets.ts';
import { plantErrors } from '../../../src/demo/plantErrors.ts';

test('the gate for grounding lets the demo world pass, and stops most values that were made up in it', () => {
  const samples = drawSamples(800, ['loop', 'wide'], 'known', new Rng('grounding'));
  const faults = samples.flatMap((sample) => groundingFault(toSample(sample, sample.truth)) ?? []);
  expect(faults).toEqual([]);
  const wrong = plantErrors(samples, { random: 1, systematic: 0 }, new Rng('wrong')).filter(({ planted }) => planted === 'wrongValue');
  const stopped = wrong.filter((sample) => groundingFault(toSample(sample, sample.label)) !== undefined);
  expect(stopped.length / wrong.length).toBeGreaterThan(0.5);
});
