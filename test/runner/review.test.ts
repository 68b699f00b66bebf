import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { labelHash } from '../../src/core/dataset/identity.ts';
import { writeRow } from '../../src/core/dataset/registry.ts';
import type { Sample } from '../../src/core/dataset/sample.ts';
import { answeredSamples, answersFile, appendDecision, bfclQuestion, writeAnswersProject } from '../builders/answersProject.ts';
import { buildProject, cityLabel, weatherSample } from '../builders/builtProject.ts';
import { eventsOf, runCli, startCli, temporaryFolder } from './support/cli.ts';

const cleanUps: (() => void)[] = [];
afterAll(() => cleanUps.forEach((work) => work()));
const newFolder = (): string => temporaryFolder((work) => cleanUps.push(work));

function resultOf(stdout: string): Record<string, unknown> {
  const event = eventsOf(stdout).find(({ type }) => type === 'result');
  if (event?.type !== 'result') throw new Error(`no result: ${stdout}`);
  return event.data as Record<string, unknown>;
}

test('a review without an editor: list, decide, undo, redo, apply, revert, stats, export', async () => {
  const { directory, datasetFile, samples } = buildProject(newFolder());
  const review = (args: readonly string[], input?: string) => runCli(['review', ...args, '--project', directory, '--by', 'ann'], input === undefined ? {} : { input });
  const [first, second, third] = samples as readonly [Sample, Sample, Sample];
  const before = readFileSync(datasetFile, 'utf8');

  const listed = resultOf((await review(['list', '--verdict', 'LABEL_WRONG', '--undecided', '--json'])).stdout);
  expect(listed).toMatchObject({ title: 'Round 1', sourceTotal: 3, total: 1, undecided: 1, pairs: [{ sampleId: first.id, verdict: 'LABEL_WRONG', kinds: ['value'], tools: ['get_weather'] }] });
  const unknown = await review(['list', '--verdict', 'MAYBE']);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain('--verdict');

  expect((await review(['decide', first.id, 'takePrediction', '--label-hash', 'lbl_other'])).code).toBe(1);
  expect((await review(['decide', first.id, 'takePrediction', '--label-hash', first.labelHash, '--note', 'the `request` says so'])).code).toBe(0);
  const wrong = '[{"name": "get_weather", "arguments": {"city": 5}}]';
  expect(await review(['decide', second.id, 'edit', '--label', wrong])).toMatchObject({ code: 1, stdout: expect.stringContaining('--confirm') as string });
  // The last one is among no pairs: it stands in the dataset.
  const batch = [{ sampleId: second.id, ruling: 'edit', label: cityLabel('Nice', 2) }, { sampleId: third.id, ruling: 'keepLabel' }, { sampleId: samples[5]?.id, ruling: 'drop' }, { sampleId: 'smp_none', ruling: 'drop' }];
  const decided = await review(['decide', '-', '--json'], batch.map((one) => JSON.stringify(one)).join('\n'));
  expect(decided.code).toBe(1);
  expect(resultOf(decided.stdout)).toMatchObject({ decided: [{ sampleId: second.id }, { sampleId: third.id }, { ruling: 'drop' }], refused: [{ sampleId: 'smp_none' }] });
  const cut = await review(['decide', '-'], `${JSON.stringify(batch[1])}\n{"sampleId": "smp_`);
  expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('Line 2') as string });

  expect((await review(['decide', '--undo'])).stdout.trim().split('\n')).toHaveLength(3);
  expect(resultOf((await review(['stats', '--json'])).stdout)).toMatchObject({ decisions: 1, byRuling: [{ name: 'takePrediction', count: 1 }], byPerson: [{ name: 'ann', count: 1 }], measurement: { classes: [] } });
  expect((await review(['decide', '--redo'])).stdout.trim().split('\n')).toHaveLength(3);

  const written = resultOf((await review(['apply', '--write', '--drop', '--json'])).stdout);
  expect(written).toMatchObject({ refused: [], written: true, files: [{ path: 'data/train.jsonl', edits: [{ sampleId: first.id }, { sampleId: second.id }], removed: [{ record: 5 }] }] });
  const now = readDataset(readFileSync(datasetFile, 'utf8'), { file: 'f', steps: 'all' }).samples.map(({ sample }) => sample.labelHash);
  expect(now).toEqual([labelHash(cityLabel('Lyon', 1)), labelHash(cityLabel('Nice', 2)), ...samples.slice(2, 5).map((sample) => sample.labelHash)]);

  const issue = (await review(['export', first.id])).stdout;
  expect(issue).toContain(first.id);
  expect(issue).toContain('the \\`request\\` says so');
  const reverted = await review(['revert', '--person', 'ann', '--write', '--json']);
  expect(reverted.code).toBe(0);
  expect(readFileSync(datasetFile, 'utf8')).toBe(before);
  expect((await review(['export', first.id])).stdout).toMatch(/### Change of the record\n\n`{3,}diff\n--- a\/data\/train\.jsonl/);
  expect((await review(['revert'])).code).toBe(2);
}, 240_000);

test('kill -9 while labels are written: the file is whole, the audit says the truth, and the same command goes on', async () => {
  const { directory, datasetFile } = buildProject(newFolder());
  const samples = Array.from({ length: 1000 }, (_, n) => weatherSample(n + 1));
  const rows = samples.map((sample) => `${writeRow('looptool', sample)}\n`);
  writeFileSync(datasetFile, rows.join(''));
  const decisions = samples.filter((_sample, n) => n % 2 === 0).map((sample, n) => JSON.stringify({ v: 1, op: 'decide', id: `d${n}`, at: '2026-01-01T00:00:00Z', by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, ruling: 'edit', label: { kind: 'text', text: `no ${n}` } }));
  mkdirSync(join(directory, '.looptool'), { recursive: true });
  appendFileSync(join(directory, '.looptool/decisions.jsonl'), `${decisions.join('\n')}\n`);
  const before = readFileSync(datasetFile, 'utf8');
  const audit = join(directory, '.looptool/applied.jsonl');
  for (const pause of [0, 20]) {
    const run = startCli(['review', 'apply', '--write', '--project', directory]);
    const from = existsSync(audit) ? readFileSync(audit).length : 0;
    for (let waited = 0; waited < 2000 && run.child.exitCode === null && (existsSync(audit) ? readFileSync(audit).length : 0) <= from; waited += 1) await delay(5);
    await delay(pause);
    run.child.kill('SIGKILL');
    await run.exit;
    const now = readFileSync(datasetFile, 'utf8');
    const lines = now.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(1000);
    // All or nothing.
    expect(new Set([0, 500]).has(lines.filter((line, n) => `${line}\n` !== rows[n]).length)).toBe(true);
  }
  const last = await runCli(['review', 'apply', '--write', '--project', directory]);
  expect(last.code).toBe(0);
  expect((await runCli(['review', 'apply', '--project', directory])).stdout).toContain('0 labels would be changed, 500 stand already');
  const back = await runCli(['review', 'revert', '--person', 'ann', '--write', '--project', directory]);
  // Two of them stand in the held-out set as well.
  expect(back.stdout).toContain('502 labels put back, 500 decisions written');
  expect(readFileSync(datasetFile, 'utf8')).toBe(before);
  expect(readdirSync(join(directory, 'data')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}, 240_000);

test('labels in a file of possible answers are written there, and back', async () => {
  const directory = newFolder();
  const answers = '{"id": "simple_0", "ground_truth": [{"trips.book": {"city": ["Oslo", "oslo"], "nights": [3, 5.0]}}]}\n{"id": "simple_1", "ground_truth": [{"trips.cancel": {"id": [7]}}]}\n';
  writeAnswersProject(directory, ['simple_0', 'simple_1'].map((id) => bfclQuestion(id)).join('\n'), answers);
  const text = (): string => readFileSync(join(directory, answersFile), 'utf8');
  for (const sample of (await answeredSamples(directory)).slice(0, 1)) appendDecision(directory, sample, { label: { kind: 'calls', calls: [{ name: 'trips.book', arguments: { city: 'oslo', nights: 4 } }] } });
  const shown = await runCli(['review', 'apply', '--project', directory]);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(`--- ${answersFile}`) as string });
  expect(text()).toBe(answers);
  const written = await runCli(['review', 'apply', '--write', '--project', directory, '--json']);
  expect(resultOf(written.stdout)).toMatchObject({ refused: [], written: true, files: [{ path: answersFile }] });
  expect(text()).toBe(answers.replace('[3, 5.0]', '[4]'));
  expect((await runCli(['review', 'revert', '--person', 'ann', '--write', '--project', directory])).code).toBe(0);
  expect(text()).toBe(answers);
}, 120_000);
