import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { projectConfigSchema } from '../../src/core/config/projectConfig.ts';
import { writeRow } from '../../src/core/dataset/registry.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, Sample, TrainRow } from '../../src/core/dataset/sample.ts';
import { stageNames, type RoundManifest, type StageName } from '../../src/core/rounds/manifest.ts';
import { compareCalls } from '../../src/core/toolcall/compare.ts';
import type { JobFile } from '../../src/protocol/jobFile.ts';

/** A project on disk with one round, as a job would have left it: for everything that reads rounds. */
export type BuiltProject = { readonly directory: string; readonly datasetFile: string; readonly samples: readonly Sample[] };

export type ProjectShape = {
  /** Samples of the set; the first `mismatched` of them are answered with another city. */
  readonly samples?: number;
  readonly mismatched?: number;
  readonly dialect?: 'looptool' | 'openai-chat';
};

const at = '2026-01-01T00:00:00.000Z';
const entry = (sample: Sample) => ({ v: 1, sampleId: sample.id, labelHash: sample.labelHash, requestKey: 'none', attempt: 1, startedAt: at, elapsedMs: 5, reply: 'raw reply' });

export function weatherSample(n: number): Sample {
  const tools = [{ name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] } }];
  return makeSample({ tools, messages: [{ role: 'user', content: `How is the weather in Paris for ${n} days?` }], label: cityLabel('Paris', n) });
}

export function cityLabel(city: string, days: number): Extract<Label, { kind: 'calls' }> {
  return { kind: 'calls', calls: [{ name: 'get_weather', arguments: { city, days } }] };
}

/** Makes looptool.json, data/train.jsonl, data/heldout.jsonl and round 1 with train, probe, verify and expand done. */
export function buildProject(directory: string, shape: ProjectShape = {}): BuiltProject {
  const { samples: count = 6, mismatched = 3, dialect = 'looptool' } = shape;
  const samples = Array.from({ length: count }, (_, i) => weatherSample(i + 1));
  const heldOut = [501, 502, 503].map(weatherSample);
  const round = join(directory, '.looptool/rounds/0001');
  mkdirSync(join(directory, 'data'), { recursive: true });
  mkdirSync(round, { recursive: true });
  const config = { version: 1, name: 'weather', datasets: { seed: [{ path: 'data/train.jsonl' }], heldOut: [{ name: 'templates', path: 'data/heldout.jsonl' }] }, endpoints: { policy: openai, judge: { kind: 'simulated', model: 'simulated-judge' }, generator: { kind: 'simulated', model: 'simulated-generator' } }, verify: { relabel: 'always' } };
  const datasetFile = join(directory, 'data/train.jsonl');
  writeFileSync(join(directory, 'looptool.json'), JSON.stringify(config, undefined, 2));
  writeLines(datasetFile, samples.map((s) => writeRow(dialect, s)));
  writeLines(join(directory, 'data/heldout.jsonl'), heldOut.map((s) => writeRow(dialect, s)));
  writeLines(join(round, 'train.jsonl'), samples.map((s, i) => JSON.stringify(trainRow(s, i))));
  writeLines(join(round, 'probe.jsonl'), samples.map((s, i) => JSON.stringify(probe(s, i + 1, i < mismatched))));
  writeLines(join(round, 'verify.jsonl'), samples.slice(0, mismatched).flatMap((s, i) => votes(s, i).map((v) => JSON.stringify(v))));
  writeLines(join(round, 'expand.jsonl'), samples.slice(0, 1).flatMap((s) => expansions(s).map((e) => JSON.stringify(e))));
  writeLines(join(round, 'evaluate.jsonl'), heldOut.flatMap((s, i) => evaluations(s, i).map((e) => JSON.stringify(e))));
  writeFileSync(join(round, 'round.json'), JSON.stringify(manifest(config, count, mismatched)));
  return { directory, datasetFile, samples };
}

/** Writes a job file; what is not given is a job of this process that runs now. */
export function writeJob(directory: string, job: Partial<JobFile> = {}): JobFile {
  const now = new Date().toISOString();
  const full: JobFile = { v: 1, id: 'job-1', pid: process.pid, host: hostname(), command: 'run', startedAt: now, heartbeatAt: now, status: 'running', ...job };
  mkdirSync(join(directory, '.looptool/jobs'), { recursive: true });
  writeFileSync(join(directory, '.looptool/jobs', `${full.id}.json`), JSON.stringify(full));
  return full;
}

/** Appends a decision to take another label for a sample. */
export function decide(directory: string, sample: Sample, label: Label, overrides: { readonly labelHash?: string; readonly id?: string } = {}): void {
  const operation = { v: 1, op: 'decide', id: overrides.id ?? `d-${sample.id}`, at, by: 'tester', sampleId: sample.id, labelHash: overrides.labelHash ?? sample.labelHash, round: 1, ruling: 'takePrediction', label };
  mkdirSync(join(directory, '.looptool'), { recursive: true });
  appendFileSync(join(directory, '.looptool/decisions.jsonl'), `${JSON.stringify(operation)}\n`);
}

const openai = { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'tiny' };

function writeLines(file: string, lines: readonly string[]): void {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

function trainRow(sample: Sample, record: number): TrainRow {
  return { ...sample, v: 1, origin: 'seed', parents: [], since: 1, occurrence: { file: 'data/train.jsonl', record, step: 0 } };
}

function probe(sample: Sample, days: number, wrong: boolean): object {
  const { calls } = cityLabel(wrong ? 'Lyon' : 'Paris', days);
  const expected = sample.label.kind === 'calls' ? sample.label.calls : [];
  return { ...entry(sample), type: 'probe', outcome: wrong ? 'MISMATCH' : 'MATCH', prediction: { kind: 'CALL', calls, text: '', warnings: [] }, comparison: compareCalls(expected, calls), ppl: 1.5 };
}

/** The first mismatch has a wrong label, the others a wrong prediction. */
function votes(sample: Sample, i: number): readonly object[] {
  const vote = { ...entry(sample), type: 'vote', judge: 'simulated-judge', simulated: true, promptVersion: '1', verdict: i === 0 ? 'LABEL_WRONG' : 'PRED_WRONG', analysis: 'The request names the city.', approach: 'Use that city.' };
  return [{ ...vote, order: 'LP' }, { ...vote, order: 'PL' }];
}

/** One accepted, one refused by the schema gate, one duplicate (a candidate that was never judged). */
function expansions(seed: Sample): readonly object[] {
  const candidate = (k: number): Sample => weatherSample(1000 + k);
  const generation = (k: number, status: string): object => ({ ...entry(seed), type: 'generation', k, variation: 'values', generator: 'simulated-generator', simulated: true, promptVersion: '1', status, reason: status === 'schema' ? 'days: not an integer' : '', ...(status === 'candidate' ? { sample: candidate(k) } : {}) });
  const critique = { ...entry(candidate(0)), type: 'critique', seedId: seed.id, k: 0, judge: 'simulated-judge', simulated: true, promptVersion: '1', verdict: 'CORRECT', analysis: 'fits' };
  return [generation(0, 'candidate'), generation(1, 'schema'), generation(2, 'candidate'), critique];
}

/** The first sample is fixed, the second broken, the third wrong both times. */
function evaluations(sample: Sample, i: number): readonly object[] {
  const outcome = (phase: string): string => ((phase === 'after' && i === 0) || (phase === 'before' && i === 1) ? 'MATCH' : 'MISMATCH');
  return ['before', 'after'].map((phase) => ({ ...entry(sample), type: 'evaluation', set: 'templates', phase, outcome: outcome(phase) }));
}

function manifest(config: object, samples: number, mismatched: number): RoundManifest {
  const done: Readonly<Partial<Record<StageName, Record<string, number>>>> = {
    train: { rows: samples, steps: 4 },
    probe: { samples, MATCH: samples - mismatched, MISMATCH: mismatched },
    verify: { LABEL_WRONG: 1, PRED_WRONG: mismatched - 1 },
    expand: { asked: 3, accepted: 1 },
  };
  const stages = Object.fromEntries(stageNames.map((stage) => [stage, { status: done[stage] ? 'done' : 'pending', counts: done[stage] ?? {}, notes: stage === 'verify' ? ['The judge is simulated.'] : [] }]));
  // fromEntries forgets the keys; they are all stage names.
  return { v: 1, round: 1, createdAt: at, seed: 1, config: projectConfigSchema.parse(config), models: { policy: 'tiny', judge: 'simulated-judge', generator: 'simulated-generator' }, datasets: [], stages: stages as RoundManifest['stages'] };
}
