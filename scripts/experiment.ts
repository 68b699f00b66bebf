import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { evaluateEntrySchema } from '../src/core/rounds/journalEntries.ts';
import { roundManifestSchema } from '../src/core/rounds/manifest.ts';
import { trainRowSchema } from '../src/core/dataset/sample.ts';
import { answeredRight } from '../src/demo/accuracy.ts';
import { makeDemoData, sampleDataSettings } from '../src/demo/datasets.ts';
import { armConfig, armResultSchema, arms, experimentTables, hasRightLabel, type Arm, type ArmResult } from '../src/demo/experiment.ts';
import { continuedSettings, pretrain } from '../src/demo/pretrain.ts';
import { configText, sampleConfig, sampleDataFiles } from '../src/demo/sampleProject.ts';
import { loadCheckpoint } from '../src/embedded/gguf/checkpoint.ts';
import { Team } from '../src/embedded/team.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    arms: { type: 'string', default: arms.join(',') },
    out: { type: 'string', default: '.cache/experiment' },
    cli: { type: 'string', default: 'dist/cli.js' },
    /** Puts the tables between the markers of docs/experiment.md. */
    write: { type: 'boolean', default: false },
  },
});

const checkpoint = 'media/sample/initial.gguf';
const document = 'docs/experiment.md';
const [opening, closing] = ['<!-- results -->', '<!-- end of results -->'];
const wanted = arms.filter((arm) => values.arms.split(',').includes(arm));
const run = promisify(execFile);

function lines<T>(path: string, parse: (value: unknown) => T): readonly T[] {
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => parse(JSON.parse(line)));
}

async function runThroughApp(arm: Exclude<Arm, 'pretraining'>, seed: number, folder: string): Promise<ArmResult> {
  const { config, rounds } = armConfig(arm, sampleConfig('full', seed));
  for (const [path, text] of sampleDataFiles('full', seed)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  cpSync(checkpoint, join(folder, 'initial.gguf'));
  writeFileSync(join(folder, 'looptool.json'), configText(config));
  const { stdout } = await run(process.execPath, [resolve(values.cli), 'run', '--rounds', String(rounds), '--project', folder], { maxBuffer: 1 << 28 });
  writeFileSync(join(folder, 'run.log'), stdout);
  const result = collect(arm, seed, folder, rounds);
  // Checkpoints and exports of every epoch of every run would fill a disk.
  for (let round = 1; round <= rounds; round++) for (const name of ['train', 'export']) rmSync(join(folder, '.looptool/rounds', `000${round}`, name), { recursive: true, force: true });
  return result;
}

function collect(arm: Arm, seed: number, folder: string, rounds: number): ArmResult {
  const at = (round: number, name: string): string => join(folder, '.looptool/rounds', `000${round}`, name);
  const outcomes = (round: number, phase: 'before' | 'after'): Map<string, Map<string, number>> => {
    const sets = new Map<string, Map<string, number>>();
    for (const entry of lines(at(round, 'evaluate.jsonl'), (value) => evaluateEntrySchema.parse(value))) {
      if (entry.phase !== phase || entry.outcome === 'ERROR') continue;
      const set = sets.get(entry.set) ?? new Map<string, number>();
      sets.set(entry.set, set.set(entry.sampleId, entry.outcome === 'MATCH' ? 1 : 0));
    }
    return sets;
  };
  const [before, after] = [outcomes(1, 'before'), outcomes(rounds, 'after')];
  const heldOut = [...before].map(([set, right]) => {
    const ids = [...right.keys()].sort();
    return [set, { before: ids.map((id) => right.get(id) ?? 0), after: ids.map((id) => after.get(set)?.get(id) ?? 0) }] as const;
  });
  const manifests = Array.from({ length: rounds }, (_, i) => roundManifestSchema.parse(JSON.parse(readFileSync(at(i + 1, 'round.json'), 'utf8'))));
  const trained = manifests.map(({ stages }) => (Date.parse(stages.train?.endedAt ?? '') - Date.parse(stages.train?.startedAt ?? '')) / 1000);
  const replaced = Array.from({ length: rounds }, (_, i) => at(i + 2, 'train.jsonl')).filter(existsSync)
    .flatMap((path, i) => lines(path, (value) => trainRowSchema.parse(value)).filter((row) => row.replaced?.round === i + 1));
  return {
    arm, seed, heldOut: Object.fromEntries(heldOut), trainSeconds: trained.reduce((a, b) => a + b, 0),
    sets: Array.from({ length: rounds + 1 }, (_, i) => at(i + 1, 'train.jsonl')).filter(existsSync).map((path) => {
      const rows = lines(path, (value) => trainRowSchema.parse(value));
      return { rows: rows.length, right: rows.filter(hasRightLabel).length };
    }),
    labels: { replaced: replaced.length, rightly: replaced.filter(hasRightLabel).length },
  };
}

async function runPretraining(seed: number): Promise<ArmResult> {
  const initial = await loadCheckpoint(checkpoint);
  const data = makeDemoData({ ...sampleDataSettings, seed });
  const sets = { 'held-out values': data.heldOutValues, 'held-out templates': data.heldOutTemplates };
  const team = await Team.start(initial.config, { assetsDirectory: import.meta.dirname, threads: 2 });
  try {
    const measure = async (): Promise<readonly (readonly number[])[]> => {
      const all: (readonly number[])[] = [];
      for (const samples of Object.values(sets)) all.push((await answeredRight(team, initial.tokenizer, samples)).map(Number));
      return all;
    };
    await team.load(initial.weights);
    const before = await measure();
    const started = performance.now();
    await pretrain(team, initial.tokenizer, continuedSettings(seed), () => undefined, new AbortController().signal);
    const trainSeconds = (performance.now() - started) / 1000;
    const after = await measure();
    const heldOut = Object.fromEntries(Object.keys(sets).map((set, i) => [set, { before: [...(before[i] ?? [])], after: [...(after[i] ?? [])] }]));
    return { arm: 'pretraining', seed, heldOut, sets: [], trainSeconds };
  } finally {
    await team.close();
  }
}

const results: ArmResult[] = [];
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  for (const arm of wanted) {
    const folder = join(values.out, `seed-${seed}`, arm);
    const file = join(folder, 'result.json');
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true });
      console.log(`seed ${seed}, ${arm} ...`);
      const result = arm === 'pretraining' ? await runPretraining(seed) : await runThroughApp(arm, seed, folder);
      writeFileSync(file, `${JSON.stringify(result)}\n`);
    }
    const result = armResultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    results.push(result);
    const shown = Object.entries(result.heldOut).map(([set, { before, after }]) => `${set} ${rate(before)} -> ${rate(after)}`);
    console.log(`seed ${seed}, ${arm}: ${shown.join(', ')}; trained ${result.trainSeconds.toFixed(0)} s`);
  }
}
const tables = experimentTables(results);
console.log(`\n${tables}`);
if (values.write) {
  const text = readFileSync(document, 'utf8');
  const [head, rest] = text.split(opening);
  const tail = rest?.split(closing)[1];
  if (head === undefined || tail === undefined) throw new Error(`${document} has no place for the results`);
  writeFileSync(document, `${head}${opening}\n\n${tables}\n\n${closing}${tail}`);
}

function rate(right: readonly number[]): string {
  return `${((100 * right.reduce((a, b) => a + b, 0)) / Math.max(1, right.length)).toFixed(1)} %`;
}
