import * as z from 'zod';
import { pairedBootstrap, type Pair } from '../core/evaluation/pairedBootstrap.ts';
import type { Interval } from '../core/evaluation/wilson.ts';
import type { Message, ToolDefinition } from '../core/dataset/sample.ts';
import type { Label } from '../core/dataset/sample.ts';
import { Rng } from '../core/random/rng.ts';
import { labelToPrediction } from '../core/toolcall/extract.ts';
import { matchPrediction } from '../core/toolcall/match.ts';
import { deriveAnswer } from './grammar.ts';
import type { sampleConfig } from './sampleProject.ts';
import { compiledDemoTextKinds } from './textKinds.ts';

/**
 * The arms of docs/experiment.md. `loop`: two rounds as the sample project has them. `control`: as many steps on the first set,
 * unchanged. `paper`: two rounds, the second set composed by equation 5 alone. `pretraining`: as many minutes of further pre-training.
 */
export const arms = ['loop', 'control', 'paper', 'pretraining'] as const;
export type Arm = (typeof arms)[number];

/** Right (1) or wrong (0) per held-out sample, in the order of the set, before and after. */
const measuredSchema = z.object({ before: z.array(z.number().int()), after: z.array(z.number().int()) });

export const armResultSchema = z.object({
  arm: z.enum(arms),
  seed: z.number().int(),
  heldOut: z.record(z.string(), measuredSchema),
  /** Right labels in the set that each round trained on, and in the one composed last, by the world's grammar. */
  sets: z.array(z.object({ rows: z.number().int(), right: z.number().int() })),
  trainSeconds: z.number(),
  labels: z.object({ replaced: z.number().int(), rightly: z.number().int() }).optional(),
});
export type ArmResult = Readonly<z.infer<typeof armResultSchema>>;

/** Settings of an arm that runs through the app, and how many rounds it has. */
export function armConfig(arm: Exclude<Arm, 'pretraining'>, config: ReturnType<typeof sampleConfig>): { readonly config: ReturnType<typeof sampleConfig>; readonly rounds: number } {
  switch (arm) {
    case 'loop':
      return { config, rounds: 2 };
    case 'paper':
      return { config: { ...config, compose: { size: config.compose?.size } }, rounds: 2 };
    case 'control': {
      if (config.trainer?.kind !== 'embedded') throw new Error('the experiment trains the embedded policy');
      const { grpo } = config.trainer;
      const doubled = { ...grpo, epochs: 2 * (grpo?.epochs ?? 1), maxSteps: 2 * (grpo?.maxSteps ?? 1) };
      return { config: { ...config, trainer: { ...config.trainer, grpo: doubled } }, rounds: 1 };
    }
  }
}

/** Whether a row's label is right by the grammar; rows that the world does not know count as wrong. */
export function hasRightLabel(row: { readonly tools: readonly ToolDefinition[]; readonly messages: readonly Message[]; readonly label: Label }): boolean {
  const truth = deriveAnswer(row.tools, row.messages);
  return truth !== undefined && matchPrediction(truth, labelToPrediction(row.label, compiledDemoTextKinds), compiledDemoTextKinds).outcome === 'MATCH';
}

export type Comparison = { readonly name: string; readonly set: string; readonly from: number; readonly to: number; readonly difference: Interval; readonly perSeed: readonly number[] };

/** Each arm after against before, and the loop against each other arm, for every held-out set; intervals over seeds and samples. */
export function compareArms(results: readonly ArmResult[]): readonly Comparison[] {
  const sets = Object.keys(results[0]?.heldOut ?? {});
  const ofArm = (arm: Arm): readonly ArmResult[] => results.filter((result) => result.arm === arm).sort((a, b) => a.seed - b.seed);
  return sets.flatMap((set) => {
    const own = arms.flatMap((arm) => {
      const runs = ofArm(arm).map((result) => pairs(result.heldOut[set]?.before, result.heldOut[set]?.after));
      return runs.length === 0 ? [] : [comparison(`${arm}: after - before`, set, runs)];
    });
    const against = arms.slice(1).flatMap((arm) => {
      const runs = ofArm('loop').flatMap((loop) => {
        const other = ofArm(arm).find((result) => result.seed === loop.seed);
        return other ? [pairs(other.heldOut[set]?.after, loop.heldOut[set]?.after)] : [];
      });
      return runs.length === 0 ? [] : [comparison(`loop - ${arm}, after`, set, runs)];
    });
    return [...own, ...against];
  });
}

function pairs(before: readonly number[] = [], after: readonly number[] = []): readonly Pair[] {
  if (before.length !== after.length) throw new RangeError('the same samples have to be measured twice');
  return before.map((value, i) => ({ before: value, after: after[i] ?? 0 }));
}

/** The held-out samples of two seeds are different ones. */
function comparison(name: string, set: string, runs: readonly (readonly Pair[])[]): Comparison {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const perSeed = runs.map((run) => mean(run.map(({ before, after }) => after - before)));
  return {
    name, set, perSeed,
    from: mean(runs.map((run) => mean(run.map(({ before }) => before)))),
    to: mean(runs.map((run) => mean(run.map(({ after }) => after)))),
    difference: pairedBootstrap(runs, { rng: new Rng('experiment', name, set), items: 'own' }),
  };
}

/** The tables of docs/experiment.md, in Markdown. */
export function experimentTables(results: readonly ArmResult[]): string {
  const points = (value: number): string => `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const rows = compareArms(results).map(({ name, set, from, to, difference, perSeed }) =>
    `| ${set} | ${name} | ${share(from)} | ${share(to)} | ${points(difference.value)} [${points(difference.low)}, ${points(difference.high)}] | ${perSeed.map(points).join(', ')} |`);
  const labels = (['loop', 'paper'] as const).flatMap((arm) => {
    const runs = results.filter((result) => result.arm === arm);
    const counted = (round: number): string => {
      const sets = runs.flatMap((run) => run.sets.slice(round, round + 1));
      return sets.length === 0 ? '' : share(sets.reduce((sum, s) => sum + s.right, 0) / sets.reduce((sum, s) => sum + s.rows, 0));
    };
    const replaced = runs.reduce((sum, run) => sum + (run.labels?.replaced ?? 0), 0);
    const rightly = runs.reduce((sum, run) => sum + (run.labels?.rightly ?? 0), 0);
    return runs.length === 0 ? [] : [`| ${arm} | ${counted(0)} | ${counted(1)} | ${counted(2)} | ${rightly} of ${replaced} |`];
  });
  const seeds = [...new Set(results.map((result) => result.seed))].sort((a, b) => a - b);
  return [
    `Seeds ${seeds.join(', ')}; differences in points with their 95 % intervals (paired bootstrap over seeds and samples), then seed by seed.`,
    '',
    '| held-out set | what | from | to | difference | by seed |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    '| | right labels in the first set | in the second | in the third | labels replaced rightly |',
    '|---|---|---|---|---|',
    ...labels,
  ].join('\n');
}
