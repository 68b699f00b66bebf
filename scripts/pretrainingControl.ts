// Trains the initial checkpoint further on the base wordings, seed by seed, and measures it on the held-out sets of that seed,
// which are those of scripts/experiment.ts.
import { parseArgs } from 'node:util';
import { pairedBootstrap, type Pair } from '../src/core/evaluation/pairedBootstrap.ts';
import { Rng } from '../src/core/random/rng.ts';
import { answeredRight } from '../src/demo/accuracy.ts';
import { makeDemoData, sampleDataSettings } from '../src/demo/datasets.ts';
import { continuedSettings, pretrain } from '../src/demo/pretrain.ts';
import { loadCheckpoint } from '../src/embedded/gguf/checkpoint.ts';
import { Team } from '../src/embedded/team.ts';

const { values: flags } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, threads: { type: 'string', default: '2' } } });
const initial = await loadCheckpoint('media/sample/initial.gguf');
const team = await Team.start(initial.config, { assetsDirectory: import.meta.dirname, threads: Number(flags.threads) });
const runs = new Map<string, Pair[][]>([['held-out values', []], ['held-out templates', []]]);
let seconds = 0;

for (let seed = 1; seed <= Number(flags.seeds); seed++) {
  const data = makeDemoData({ ...sampleDataSettings, seed });
  const samples = [...data.heldOutValues, ...data.heldOutTemplates];
  await team.load(initial.weights);
  const before = await answeredRight(team, initial.tokenizer, samples);
  const started = performance.now();
  await pretrain(team, initial.tokenizer, continuedSettings(seed), () => undefined, new AbortController().signal);
  seconds += (performance.now() - started) / 1000;
  const after = await answeredRight(team, initial.tokenizer, samples);
  const pairs = samples.map((_, i): Pair => ({ before: before[i] ? 1 : 0, after: after[i] ? 1 : 0 }));
  runs.get('held-out values')?.push(pairs.slice(0, data.heldOutValues.length));
  runs.get('held-out templates')?.push(pairs.slice(data.heldOutValues.length));
  console.log(`seed ${seed} done, ${(seconds / seed).toFixed(0)} s of training each`);
}
await team.close();

const percent = (share: number): string => (100 * share).toFixed(1);
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
console.log('\n| held-out set | arm | start | after | difference, points [95 %] | by seed |\n|---|---|---|---|---|---|');
for (const [set, all] of runs) {
  const { value, low, high } = pairedBootstrap(all, { rng: new Rng('pretraining control', set), items: 'own', resamples: 10_000 });
  const [before, after] = [mean(all.flat().map((pair) => pair.before)), mean(all.flat().map((pair) => pair.after))];
  const bySeed = all.map((run) => percent(mean(run.map((pair) => pair.after - pair.before))));
  console.log(`| ${set} | further pre-training | ${percent(before)} % | ${percent(after)} % | ${percent(value)} [${percent(low)}, ${percent(high)}] | ${bySeed.join(', ')} |`);
}
