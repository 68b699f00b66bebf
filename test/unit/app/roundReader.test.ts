import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDecisions } from '../../../src/app/decisionsFile.ts';
import { readProjectView, runnableStages } from '../../../src/app/projectView.ts';
import { RoundReader } from '../../../src/app/roundReader.ts';
import { buildProject, cityLabel, decide, writeJob } from '../../builders/builtProject.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'looptool-view-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const now = Date.now();
const counts = (buckets: readonly { readonly id: string; readonly count: number }[]): Record<string, number> => Object.fromEntries(buckets.map((b) => [b.id, b.count]));

describe('a project as the tree shows it', () => {
  it('has its rounds with the state of each stage', async () => {
    buildProject(directory);
    const view = await readProjectView(directory, now);
    expect(view.name).toBe('weather');
    expect(view.rounds[0]?.stages.map((s) => `${s.stage} ${s.status}`)).toEqual(['train done', 'probe done', 'verify done', 'expand done', 'compose pending', 'evaluate pending']);
    expect(view.rounds[0]?.simulated).toEqual(['judge', 'generator']);
  });

  it('offers exactly the stages whose needs are met', async () => {
    buildProject(directory);
    const stages = (await readProjectView(directory, now)).rounds[0]?.stages ?? [];
    expect(stages.filter((s) => s.runnable).map((s) => s.stage)).toEqual(['compose', 'evaluate']);
  });

  it('offers for the first round what needs nothing, and with no trainer what only waits for the training', async () => {
    buildProject(directory);
    rmSync(join(directory, '.looptool'), { recursive: true });
    const file = join(directory, 'looptool.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, trainer: { kind: 'command', command: ['train'] } }));
    expect(runnableStages(await readProjectView(directory, now))).toEqual(['train']);
    writeFileSync(file, JSON.stringify({ ...config, trainer: { kind: 'none' } }));
    expect(runnableStages(await readProjectView(directory, now))).toEqual(['train', 'probe', 'evaluate']);
  });

  it('offers no stage while a job runs, and shows its progress at the stage that it works on', async () => {
    buildProject(directory);
    writeJob(directory, { round: 1, stage: 'compose', done: 3, total: 9 });
    const stages = (await readProjectView(directory, Date.now())).rounds[0]?.stages ?? [];
    expect(stages.some((s) => s.runnable)).toBe(false);
    expect(stages.find((s) => s.stage === 'compose')).toMatchObject({ status: 'running', progress: { done: 3, total: 9 } });
  });

  it('says why a project file cannot be used instead of failing', async () => {
    writeFileSync(join(directory, 'looptool.json'), '{"version": 2}');
    const view = await readProjectView(directory, now);
    expect(view.config).toBeUndefined();
    expect(view.problem).toContain('version');
    expect(view.mistakes.find((m) => m.path === 'version')).toMatchObject({ line: 1, column: 13 });
  });

  it('names a round whose manifest is damaged and shows the rest', async () => {
    buildProject(directory);
    writeFileSync(join(directory, '.looptool/rounds/0001/round.json'), '{');
    const view = await readProjectView(directory, now);
    expect(view.rounds).toEqual([]);
    expect(view.unreadable).toHaveLength(1);
  });

  it('calls a job whose process is gone interrupted, and one with a fresh heartbeat running', async () => {
    buildProject(directory);
    writeJob(directory, { id: 'a', pid: 2 ** 22 + 1 });
    expect((await readProjectView(directory, Date.now())).jobs.map((j) => j.state)).toEqual(['interrupted']);
    writeJob(directory, { id: 'b', startedAt: '2999-01-01T00:00:00.000Z' });
    expect((await readProjectView(directory, Date.now())).jobs.map((j) => `${j.job.id} ${j.state}`)).toEqual(['b running', 'a interrupted']);
    writeJob(directory, { id: 'b', startedAt: '2999-01-01T00:00:00.000Z', heartbeatAt: new Date(Date.now() - 60_000).toISOString() });
    expect((await readProjectView(directory, Date.now())).jobs[0]?.state).toBe('interrupted');
  });
});

describe('the buckets of a round', () => {
  it('group the set by origin, the probe by outcome and the verification by verdict', async () => {
    buildProject(directory);
    const reader = new RoundReader(directory, 1);
    expect(counts(await reader.buckets('train'))).toEqual({ seed: 6 });
    expect(counts(await reader.buckets('probe'))).toEqual({ MISMATCH: 3, MATCH: 3 });
    expect(counts(await reader.buckets('verify'))).toEqual({ LABEL_WRONG: 1, PRED_WRONG: 2 });
    expect(await reader.buckets('compose')).toEqual([]);
  });

  it('tell accepted expansions from those that a gate refused, duplicates too', async () => {
    buildProject(directory);
    expect(counts(await new RoundReader(directory, 1).buckets('expand'))).toEqual({ accepted: 1, duplicate: 1, schema: 1 });
  });

  it('say which reason a gate gave most often', async () => {
    buildProject(directory);
    const buckets = await new RoundReader(directory, 1).buckets('expand');
    expect(Object.fromEntries(buckets.map(({ key, detail }) => [key, detail]))).toEqual({ accepted: undefined, schema: 'days: not an integer', duplicate: undefined });
  });

  it('tell samples that are right sometimes from those that never and always are, where repeats were asked for', async () => {
    const { samples } = buildProject(directory);
    const repeat = (n: number, k: number, outcome: string): string => JSON.stringify({ v: 1, type: 'repeat', pass: 'sampled', k, sampleId: samples[n]?.id, labelHash: samples[n]?.labelHash, requestKey: `r${k}`, attempt: 1, startedAt: '', elapsedMs: 1, outcome });
    const answers = [repeat(0, 0, 'MATCH'), repeat(0, 1, 'MISMATCH'), repeat(1, 0, 'MISMATCH'), repeat(1, 1, 'TRUNCATED'), repeat(2, 0, 'MATCH'), repeat(2, 1, 'ERROR')];
    writeFileSync(join(directory, '.looptool/rounds/0001/repeat.jsonl'), `${answers.join('\n')}\n`);
    const reader = new RoundReader(directory, 1);
    const repeated = (await reader.buckets('probe')).find(({ key }) => key === 'repeated');
    expect([repeated?.count, counts(repeated?.children ?? [])]).toEqual([3, { 'repeated/flaky': 1, 'repeated/neverRight': 1, 'repeated/alwaysRight': 1 }]);
    const { samples: flaky } = await reader.page('probe', 'repeated/flaky', 0, 10);
    expect(flaky[0]).toMatchObject({ sampleId: samples[0]?.id, detail: '1/2 \u00b7 MISMATCH', reviewable: true });
  });

  it('pair the answers to held-out samples before and after', async () => {
    buildProject(directory);
    const [set] = await new RoundReader(directory, 1).buckets('evaluate');
    expect(set).toMatchObject({ id: 'templates', count: 3 });
    expect(counts(set?.children ?? [])).toEqual({ 'templates/broken': 1, 'templates/fixed': 1, 'templates/stillWrong': 1 });
  });

  it('show held-out samples with their text and place, from the files that the round measured', async () => {
    buildProject(directory);
    const reader = new RoundReader(directory, 1);
    const { samples } = await reader.page('evaluate', 'templates/broken', 0, 10);
    expect(samples[0]).toMatchObject({ title: 'How is the weather in Paris for 502 days?', occurrence: { file: 'data/heldout.jsonl', record: 1 } });
    const { row } = await reader.texts(samples[0]!);
    expect(JSON.parse(row ?? '')).toMatchObject({ id: samples[0]?.sampleId, label: { kind: 'calls' } });
  });

  it('show held-out samples by their id when the file is gone', async () => {
    buildProject(directory);
    const reader = new RoundReader(directory, 1);
    await reader.page('evaluate', 'templates', 0, 10);
    rmSync(join(directory, 'data/heldout.jsonl'));
    const { samples, total } = await reader.page('evaluate', 'templates', 0, 10);
    expect([total, samples[0]?.title, samples[0]?.occurrence]).toEqual([3, '', undefined]);
  });

  it('give their samples page by page, with text, difference and place', async () => {
    const { samples } = buildProject(directory, { samples: 30, mismatched: 25 });
    const reader = new RoundReader(directory, 1);
    const first = await reader.page('probe', 'MISMATCH', 0, 10);
    const last = await reader.page('probe', 'MISMATCH', 20, 10);
    expect([first.total, first.samples.length, last.samples.length]).toEqual([25, 10, 5]);
    expect(new Set([...first.samples, ...last.samples].map((s) => s.sampleId)).size).toBe(15);
    const one = first.samples[0];
    const sample = samples.find((s) => s.id === one?.sampleId);
    expect(one).toMatchObject({ title: sample?.messages[0]?.content, reviewable: true, occurrence: { file: 'data/train.jsonl' } });
    expect(one?.detail).toContain('Lyon');
    const { row, entry } = await reader.texts(one ?? first.samples[1]!);
    expect(JSON.parse(row ?? '')).toMatchObject({ id: one?.sampleId });
    expect(JSON.parse(entry ?? '')).toMatchObject({ sampleId: one?.sampleId, reply: 'raw reply' });
  });

  it('take in what a job has added since, without a torn last line', async () => {
    const { samples } = buildProject(directory);
    const reader = new RoundReader(directory, 1);
    await reader.buckets('probe');
    const line = (id: string): string => JSON.stringify({ v: 1, type: 'probe', sampleId: id, labelHash: 'x', requestKey: 'none', attempt: 2, startedAt: '', elapsedMs: 1, outcome: 'EMPTY', ppl: null });
    const journal = join(directory, '.looptool/rounds/0001/probe.jsonl');
    appendFileSync(journal, `${line(samples[0]?.id ?? '')}\n${line('smp_torn').slice(0, 40)}`);
    expect(counts(await reader.buckets('probe'))).toEqual({ MISMATCH: 2, EMPTY: 1, MATCH: 3 });
    appendFileSync(journal, `${line('smp_torn').slice(40)}\n`);
    expect(counts(await reader.buckets('probe'))).toEqual({ MISMATCH: 2, EMPTY: 2, MATCH: 3 });
  });

  it('start anew when a file was replaced', async () => {
    buildProject(directory);
    const reader = new RoundReader(directory, 1);
    await reader.buckets('train');
    writeFileSync(join(directory, '.looptool/rounds/0001/train.jsonl'), '');
    expect(await reader.buckets('train')).toEqual([]);
  });
});

describe('the mismatches of a round', () => {
  it('hold rows, probes and judgements of what did not match, and nothing else', async () => {
    buildProject(directory);
    const { rows, probes, judgements } = await new RoundReader(directory, 1).mismatches.load();
    expect([rows.size, probes.length, judgements.size]).toEqual([3, 3, 3]);
    expect([...judgements.values()].filter((j) => j.relabel).map((j) => j.verdict)).toEqual(['LABEL_WRONG']);
  });

  it('are the same object while nothing changed', async () => {
    buildProject(directory);
    const { mismatches } = new RoundReader(directory, 1);
    expect(await mismatches.load()).toBe(await mismatches.load());
  });
});

it('reads decisions as they stand', async () => {
  const { samples } = buildProject(directory);
  const [sample] = samples;
  if (!sample) throw new Error('no sample');
  decide(directory, sample, cityLabel('Lyon', 1));
  expect([...(await readDecisions(directory)).state.inForce.keys()]).toEqual([sample.id]);
});
