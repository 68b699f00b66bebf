// Two rounds of the sample project by the real command line, seed by seed, beside two controls that share the first round:
//   loop     what the sample project does
//   control  the same number of training steps, the second half again on the first set, unchanged
//   paper    the second set composed by the paper's equation 5 alone: no caps, no shares by kind
// Every seed has its own data, planted errors, simulated models and training. What is finished is not run again.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { labelHash } from '../src/core/dataset/identity.ts';
import { truthRowSchema } from '../src/core/dataset/truth.ts';
import { pairedBootstrap, type Pair } from '../src/core/evaluation/pairedBootstrap.ts';
import type { Interval } from '../src/core/evaluation/wilson.ts';
import { Rng } from '../src/core/random/rng.ts';
import { evaluateEntrySchema } from '../src/core/rounds/journalEntries.ts';
import { roundManifestSchema } from '../src/core/rounds/manifest.ts';
import { configText, sampleConfig, sampleDataFiles } from '../src/demo/sampleProject.ts';

const { values: flags } = parseArgs({
  options: { seeds: { type: 'string', default: '5' }, arms: { type: 'string', default: 'loop,control,paper' }, out: { type: 'string', default: '.cache/experiment' }, size: { type: 'string', default: 'full' } },
});
const arms = flags.arms.split(',');
const size = flags.size === 'smoke' ? 'smoke' : 'full';
const out = resolve(flags.out);
const cli = resolve('dist/cli.js');

const looptool = (project: string, ...args: string[]): void => {
  execFileSync(process.execPath, [cli, ...args, '--project', project], { stdio: ['ignore', 'ignore', 'inherit'] });
};

const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

function makeProject(directory: string, seed: number): void {
  if (existsSync(join(directory, 'looptool.json'))) return;
  mkdirSync(join(directory, 'data'), { recursive: true });
  for (const [path, text] of sampleDataFiles(size, seed)) writeFileSync(join(directory, path), text);
  copyFileSync('media/sample/initial.gguf', join(directory, 'initial.gguf'));
  writeFileSync(join(directory, 'looptool.json'), configText(sampleConfig(size, seed)));
}

const roundFile = (directory: string, round: number, name: string): string => join(directory, '.looptool/rounds', String(round).padStart(4, '0'), name);

/** A copy of the project as it stands after its first round; servers and jobs are not copied. */
function fork(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, filter: (path) => !/[\\/]\.looptool[\\/](jobs|server\.json|cache)/.test(path) });
}

function runLoop(directory: string): void {
  looptool(directory, 'run', '--rounds', '1');
  if (!existsSync(`${directory}-after-1`)) fork(directory, `${directory}-after-1`);
  looptool(directory, 'run', '--rounds', '2');
}

function runControl(first: string, directory: string): void {
  fork(first, directory);
  copyFileSync(roundFile(directory, 1, 'train.jsonl'), roundFile(directory, 2, 'train.jsonl'));
  trainAndMeasure(directory);
}

function runPaper(first: string, directory: string): void {
  fork(first, directory);
  rmSync(roundFile(directory, 2, ''), { recursive: true });
  const file = roundFile(directory, 1, 'round.json');
  const manifest = roundManifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { size: rows, freshShare } = manifest.config.compose;
  const config = { ...manifest.config, compose: { size: rows, freshShare, selection: 'highPpl', bothCorrect: 'highPpl', caps: {}, byKind: false } };
  writeFileSync(file, JSON.stringify({ ...manifest, config, stages: { ...manifest.stages, compose: { status: 'pending', counts: {}, notes: [] } } }));
  looptool(directory, 'compose', '--round', '1');
  trainAndMeasure(directory);
}

function trainAndMeasure(directory: string): void {
  looptool(directory, 'train', '--round', '2');
  looptool(directory, 'evaluate', '--round', '2');
}

/** Right or wrong by held-out set and sample, for the policy before the first round or after the second. */
function outcomes(directory: string, round: number, phase: 'before' | 'after'): Map<string, Map<string, number>> {
  const sets = new Map<string, Map<string, number>>();
  for (const line of readFileSync(roundFile(directory, round, 'evaluate.jsonl'), 'utf8').split('\n').filter((l) => l !== '')) {
    const entry = evaluateEntrySchema.parse(JSON.parse(line));
    if (entry.phase !== phase) continue;
    const set = sets.get(entry.set) ?? new Map<string, number>();
    set.set(entry.sampleId, entry.outcome === 'MATCH' || entry.outcome === 'MATCH_UNVERIFIED' ? 1 : 0);
    sets.set(entry.set, set);
  }
  return sets;
}

function pairs(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Pair[] {
  return [...before].map(([id, value]) => ({ before: value, after: after.get(id) ?? 0 }));
}

const percent = (x: number): string => (100 * x).toFixed(1);
const points = ({ value, low, high }: Interval): string => `${percent(value)} [${percent(low)}, ${percent(high)}]`;
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);

/** Share of right labels among the rows of a round's training set whose right label the truth file knows. */
function rightLabels(directory: string, round: number): { readonly known: number; readonly wrong: number } {
  const prefix = size === 'smoke' ? 'smoke-' : '';
  const truth = new Map(readFileSync(join(directory, `data/${prefix}truth.jsonl`), 'utf8').split('\n').filter((l) => l !== '').map((l) => {
    const row = truthRowSchema.parse(JSON.parse(l));
    return [row.id, labelHash(row.label)] as const;
  }));
  const rows = readFileSync(roundFile(directory, round, 'train.jsonl'), 'utf8').split('\n').filter((l) => l !== '').map((l) => JSON.parse(l) as { id: string; labelHash: string });
  const known = rows.filter((r) => truth.has(r.id));
  return { known: known.length, wrong: known.filter((r) => truth.get(r.id) !== r.labelHash).length };
}

const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
const directoryOf = (seed: number, arm: string): string => join(out, `seed-${seed}`, arm);
for (const seed of seeds) {
  const loop = directoryOf(seed, 'loop');
  makeProject(loop, seed);
  say(`seed ${seed}: loop`);
  runLoop(loop);
  for (const [arm, run] of [['control', runControl], ['paper', runPaper]] as const) {
    const directory = directoryOf(seed, arm);
    if (!arms.includes(arm) || existsSync(join(directory, 'done'))) continue;
    say(`seed ${seed}: ${arm}`);
    run(`${loop}-after-1`, directory);
    writeFileSync(join(directory, 'done'), '');
  }
}

const rng = (...labels: string[]): Rng => new Rng('experiment', ...labels);
const lines: string[] = ['| held-out set | arm | start | after two rounds | difference, points [95 %] | by seed |', '|---|---|---|---|---|---|'];
const results: Record<string, unknown> = {};
const sets = [...outcomes(directoryOf(1, 'loop'), 1, 'before').keys()];
for (const set of sets) {
  for (const arm of ['loop', ...arms.filter((a) => a !== 'loop')]) {
    const runs = seeds.map((seed) => pairs(outcomes(directoryOf(seed, 'loop'), 1, 'before').get(set) ?? new Map(), outcomes(directoryOf(seed, arm), 2, 'after').get(set) ?? new Map()));
    const difference = pairedBootstrap(runs, { rng: rng(set, arm), items: 'own', resamples: 10_000 });
    const bySeed = runs.map((run) => mean(run.map((p) => p.after - p.before)));
    const [before, after] = [mean(runs.map((r) => mean(r.map((p) => p.before)))), mean(runs.map((r) => mean(r.map((p) => p.after))))];
    lines.push(`| ${set} | ${arm} | ${percent(before)} % | ${percent(after)} % | ${points(difference)} | ${bySeed.map(percent).join(', ')} |`);
    results[`${set} ${arm}`] = { before, after, difference, bySeed, samples: runs[0]?.length };
  }
  for (const arm of arms.filter((a) => a !== 'loop')) {
    const runs = seeds.map((seed) => pairs(outcomes(directoryOf(seed, arm), 2, 'after').get(set) ?? new Map(), outcomes(directoryOf(seed, 'loop'), 2, 'after').get(set) ?? new Map()));
    lines.push(`| ${set} | loop minus ${arm} | | | ${points(pairedBootstrap(runs, { rng: rng(set, 'minus', arm), items: 'own', resamples: 10_000 }))} | ${runs.map((run) => percent(mean(run.map((p) => p.after - p.before)))).join(', ')} |`);
  }
}
lines.push('', '| set of the seed corpus in | rows with a known right label | wrong labels | share wrong |', '|---|---|---|---|');
for (const round of [1, 2, 3]) {
  const all = seeds.map((seed) => rightLabels(directoryOf(seed, 'loop'), round));
  lines.push(`| round ${round} | ${mean(all.map((a) => a.known)).toFixed(0)} | ${mean(all.map((a) => a.wrong)).toFixed(0)} | ${percent(mean(all.map((a) => a.wrong / a.known)))} % |`);
  results[`labels round ${round}`] = all;
}
console.log(lines.join('\n'));
writeFileSync(join(out, 'results.json'), JSON.stringify(results, null, 2));
writeFileSync(join(out, 'results.md'), `${lines.join('\n')}\n`);
