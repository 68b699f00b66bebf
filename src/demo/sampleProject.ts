import type * as z from 'zod';
import type { GrpoSettings, projectConfigSchema } from '../core/config/projectConfig.ts';
import { writeRow } from '../core/dataset/registry.ts';
import { makeDemoData, sampleDataSettings, smokeDataSettings, toSample, truthRow, type DemoDataSettings } from './datasets.ts';
import type { DemoSample } from './world.ts';
import { demoTextKinds } from './textKinds.ts';

/** A whole round of the smoke project takes less than 40 seconds on two cores. */
export type SampleSize = 'full' | 'smoke';

type ConfigInput = z.input<typeof projectConfigSchema>;

type SizeSettings = { readonly data: DemoDataSettings; readonly prefix: string; readonly roundSize: number; readonly grpo: Partial<GrpoSettings> };

const sizes: Readonly<Record<SampleSize, SizeSettings>> = {
  full: { data: sampleDataSettings, prefix: '', roundSize: 1600, grpo: { epochs: 5, maxSteps: 120, promptsPerStep: 64, updatesPerStep: 4 } },
  smoke: { data: smokeDataSettings, prefix: 'smoke-', roundSize: 160, grpo: { epochs: 2, maxSteps: 10, promptsPerStep: 32, updatesPerStep: 2 } },
};

/** `looptool.json` of the sample project. Composition and training are what worked on this data: docs/experiment.md. */
export function sampleConfig(size: SampleSize, seed = 1): ConfigInput {
  const { prefix, roundSize, grpo } = sizes[size];
  const dataset = (name: string): { path: string; dialect: string } => ({ path: `data/${prefix}${name}.jsonl`, dialect: 'openai-chat' });
  return {
    version: 1,
    name: size === 'full' ? 'Sample project' : 'Sample project, small',
    seed,
    datasets: {
      seed: [dataset('train')],
      heldOut: [{ name: 'held-out values', ...dataset('heldout-values') }, { name: 'held-out templates', ...dataset('heldout-templates') }],
      truth: `data/${prefix}truth.jsonl`,
      roundSize,
    },
    endpoints: {
      policy: { kind: 'embedded', checkpoint: 'initial.gguf' },
      judge: { kind: 'simulated', model: 'simulated-judge', errorRate: 0.1, positionBias: 0.05, seed },
      generator: { kind: 'simulated', model: 'simulated-generator', errorRate: 0.05, seed },
    },
    trainer: { kind: 'embedded', grpo: { ...grpo, group: 16, temperature: 1.5, learningRate: 4e-4, warmupSteps: 5, maxNewTokens: 80 } },
    textKinds: demoTextKinds,
    probe: { maxTokens: 80, retryMaxTokens: 160 },
    // Nobody has measured the simulated judge; the round says so.
    verify: { relabel: 'always' },
    expand: { k: 4, maxSeeds: Math.round(roundSize / 8) },
    compose: { size: roundSize, caps: { errorSeeds: 0.25, expansions: 0.4 }, byKind: true },
  };
}

/** The data files of one size, by path in the project's folder. Equal settings give equal bytes. */
export function sampleDataFiles(size: SampleSize, seed = sizes[size].data.seed): ReadonlyMap<string, string> {
  const { data: settings, prefix } = sizes[size];
  const data = makeDemoData({ ...settings, seed });
  const clean = (samples: readonly DemoSample[]): string => lines(samples.map((sample) => writeRow('openai-chat', toSample(sample, sample.truth))));
  return new Map([
    [`data/${prefix}train.jsonl`, lines(data.train.map((sample) => writeRow('openai-chat', toSample(sample, sample.label))))],
    [`data/${prefix}heldout-values.jsonl`, clean(data.heldOutValues)],
    [`data/${prefix}heldout-templates.jsonl`, clean(data.heldOutTemplates)],
    [`data/${prefix}truth.jsonl`, lines(data.train.map((sample) => JSON.stringify(truthRow(sample))))],
  ]);
}

/** Everything in media/sample that is generated from a seed, the checkpoint and its learning curve apart. */
export function sampleProjectFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['looptool.json', configText(sampleConfig('full'))],
    ['looptool.smoke.json', configText(sampleConfig('smoke'))],
    ...sampleDataFiles('full'),
    ...sampleDataFiles('smoke'),
  ]);
}

export function configText(config: ConfigInput): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join('');
}
