import { makeSample } from '../core/dataset/identity.ts';
import type { Sample } from '../core/dataset/sample.ts';
import type { TruthRow } from '../core/dataset/truth.ts';
import { Rng } from '../core/random/rng.ts';
import { drawSamples } from './evaluationSets.ts';
import { plantErrors, type ErrorShares, type LabelledSample } from './plantErrors.ts';
import type { DemoLabel, DemoSample } from './world.ts';

export type DemoDataSettings = {
  readonly seed: number;
  readonly train: number;
  readonly heldOut: number;
  /** Share of the training samples in the base wording, which the initial checkpoint knows: the remedy against forgetting. */
  readonly baseShare: number;
  readonly errors: ErrorShares;
};

export const sampleDataSettings: DemoDataSettings = { seed: 1, train: 2340, heldOut: 600, baseShare: 0.3, errors: { random: 0.1, systematic: 0.5 } };
export const smokeDataSettings: DemoDataSettings = { ...sampleDataSettings, train: 240, heldOut: 60 };

export type DemoData = {
  readonly train: readonly LabelledSample[];
  /** Base and loop wordings, values that no training sample has. */
  readonly heldOutValues: readonly DemoSample[];
  /** Wordings that no training sample has. */
  readonly heldOutTemplates: readonly DemoSample[];
};

/** The splits of one seed. No sample is in two of them, nor twice in one. */
export function makeDemoData(settings: DemoDataSettings): DemoData {
  const taken = new Set<string>();
  const rng = (name: string): Rng => new Rng('demo data', settings.seed, name);
  const heldOutValues = drawSamples(settings.heldOut, ['base', 'loop'], 'new', rng('values'), taken);
  const heldOutTemplates = drawSamples(settings.heldOut, ['held'], 'known', rng('templates'), taken);
  const base = Math.round(settings.train * settings.baseShare);
  const clean = [
    ...drawSamples(base, ['base'], 'known', rng('base'), taken),
    ...drawSamples(settings.train - base, ['loop'], 'known', rng('loop'), taken),
  ];
  const train = plantErrors(rng('order').shuffle(clean), settings.errors, rng('errors'));
  return { train, heldOutValues, heldOutTemplates };
}

export function toSample(sample: DemoSample, label: DemoLabel): Sample {
  return makeSample({ tools: sample.tools, messages: sample.messages, label });
}

export function truthRow(sample: LabelledSample): TruthRow {
  const { id } = toSample(sample, sample.label);
  const row = { id, label: sample.truth };
  return sample.planted === undefined ? row : { ...row, planted: sample.planted };
}
