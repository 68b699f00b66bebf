import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SampleHistory } from '../../../src/app/history/sampleHistory.ts';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import { buildProject, cityLabel, decide, type BuiltProject } from '../../builders/builtProject.ts';

let directory: string;
let project: BuiltProject;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-history-'));
  project = buildProject(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const sampleAt = (n: number): Sample => {
  const sample = project.samples[n];
  if (sample === undefined) throw new Error(`no sample ${n}`);
  return sample;
};
const journal = (round: number, stage: string): string => join(directory, `.looptool/rounds/000${round}/${stage}.jsonl`);
const scratch = (name: string): string => join(directory, `.looptool/scratch/${name}.jsonl`);
const firstLine = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '') as Record<string, unknown>;
function append(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(value)}\n`);
}
async function history(): Promise<SampleHistory> {
  const made = new SampleHistory(directory);
  await made.refresh();
  return made;
}

describe('what the journals of a project know of a sample', () => {
  it('is the last probe with its whole answer, the verdict with its reason, and the rounds', async () => {
    const known = (await history()).get(sampleAt(0).id);
    expect(known).toMatchObject({ round: 1, rounds: [1] });
    expect(known?.probe).toMatchObject({ outcome: 'MISMATCH', ppl: 1.5, labelHash: sampleAt(0).labelHash, reply: 'raw reply' });
    expect(known?.probe?.prediction?.calls).toEqual([{ name: 'get_weather', arguments: { city: 'Lyon', days: 1 } }]);
    expect(known?.judgement).toMatchObject({ verdict: 'LABEL_WRONG', votes: 2, agreeing: 2, simulated: true, by: 'judge', analysis: 'The request names the city.' });
    expect(known?.judgement?.relabel).toEqual(cityLabel('Lyon', 1));
  });

  it('has no verdict on a match, and nothing on a sample that it never saw', async () => {
    const made = await history();
    expect(made.get(sampleAt(5).id)).toMatchObject({ probe: { outcome: 'MATCH' }, judgement: undefined });
    expect(made.get('smp_unknown')).toBeUndefined();
  });

  it('takes in what is added, and says so once', async () => {
    const made = await history();
    expect(await made.refresh()).toBe(false);
    append(journal(1, 'probe'), { ...firstLine(journal(1, 'probe')), outcome: 'MATCH', ppl: 1.25 });
    expect(await made.refresh()).toBe(true);
    expect(made.get(sampleAt(0).id)).toMatchObject({ probe: { outcome: 'MATCH', ppl: 1.25 }, judgement: undefined });
    expect(await made.refresh()).toBe(false);
  });

  it('takes in what was written while an earlier look was under way', async () => {
    const made = new SampleHistory(directory);
    const first = made.refresh();
    append(scratch('probe'), { ...firstLine(journal(1, 'probe')), startedAt: '2026-02-01T00:00:00.000Z', ppl: 7 });
    await Promise.all([first, made.refresh()]);
    expect(made.get(sampleAt(0).id)?.probe?.ppl).toBe(7);
  });

  it('keeps an answer that a failed request came after', async () => {
    const made = await history();
    append(journal(1, 'probe'), { ...firstLine(journal(1, 'probe')), outcome: 'ERROR', ppl: null, error: 'gone' });
    await made.refresh();
    expect(made.get(sampleAt(0).id)?.probe?.outcome).toBe('MISMATCH');
  });

  it('prefers the newest round that probed the sample', async () => {
    const made = await history();
    cpSync(join(directory, '.looptool/rounds/0001'), join(directory, '.looptool/rounds/0002'), { recursive: true });
    writeFileSync(journal(2, 'probe'), `${JSON.stringify({ ...firstLine(journal(1, 'probe')), outcome: 'MATCH' })}\n`);
    await made.refresh();
    expect(made.get(sampleAt(0).id)).toMatchObject({ round: 2, rounds: [1, 2], probe: { outcome: 'MATCH' }, judgement: undefined });
    expect(made.get(sampleAt(1).id)).toMatchObject({ round: 1, rounds: [1, 2], probe: { outcome: 'MISMATCH' } });
  });

  it('forgets a round that was removed', async () => {
    const made = await history();
    rmSync(join(directory, '.looptool/rounds/0001'), { recursive: true });
    expect(await made.refresh()).toBe(true);
    expect(made.get(sampleAt(0).id)).toBeUndefined();
  });

  it('reads a journal anew that was replaced', async () => {
    const made = await history();
    writeFileSync(journal(1, 'probe'), `${JSON.stringify({ ...firstLine(journal(1, 'probe')), outcome: 'EMPTY' })}\n`);
    await made.refresh();
    expect(made.get(sampleAt(0).id)?.probe?.outcome).toBe('EMPTY');
    expect(made.get(sampleAt(1).id)).toMatchObject({ probe: undefined, rounds: [1] });
  });

  it('takes a later answer from outside of the rounds, with the votes that came after it', async () => {
    const made = await history();
    const sample = sampleAt(0);
    append(scratch('samples'), sample);
    append(scratch('probe'), { ...firstLine(journal(1, 'probe')), startedAt: '2026-02-01T00:00:00.000Z', outcome: 'MISMATCH', ppl: 3 });
    const vote = { ...firstLine(journal(1, 'verify')), verdict: 'PRED_WRONG' };
    for (const order of ['LP', 'PL']) append(scratch('verify'), { ...vote, order, startedAt: '2026-01-31T00:00:00.000Z' });
    await made.refresh();
    expect(made.get(sample.id)).toMatchObject({ round: undefined, rounds: [1], probe: { ppl: 3 }, judgement: undefined, reviewRound: 1 });
    for (const order of ['LP', 'PL']) append(scratch('verify'), { ...vote, order, startedAt: '2026-02-01T00:00:01.000Z' });
    await made.refresh();
    expect(made.get(sample.id)?.judgement).toMatchObject({ verdict: 'PRED_WRONG', votes: 2 });
  });

  it('keeps the round that answered after the scratch journal', async () => {
    append(scratch('probe'), { ...firstLine(journal(1, 'probe')), startedAt: '2025-12-01T00:00:00.000Z', ppl: 9 });
    expect((await history()).get(sampleAt(0).id)).toMatchObject({ round: 1, probe: { ppl: 1.5 } });
  });

  it('lets a person overrule the judge, until that is taken back', async () => {
    const made = await history();
    decide(directory, sampleAt(1), cityLabel('Nice', 2), { id: 'd-1' });
    await made.refresh();
    expect(made.get(sampleAt(1).id)?.judgement).toMatchObject({ verdict: 'LABEL_WRONG', by: 'person', relabel: cityLabel('Nice', 2) });
    appendFileSync(join(directory, '.looptool/decisions.jsonl'), `${JSON.stringify({ v: 1, op: 'undo', id: 'u-1', at: '2026-01-02T00:00:00.000Z', by: 'tester', target: 'd-1' })}\n`);
    await made.refresh();
    expect(made.get(sampleAt(1).id)?.judgement).toMatchObject({ verdict: 'PRED_WRONG', by: 'judge' });
  });

  it('passes over lines that are no entries', async () => {
    appendFileSync(journal(1, 'probe'), 'not JSON\n{"type":"probe"}\n{"sampleId":"smp_');
    expect((await history()).get(sampleAt(0).id)?.probe?.outcome).toBe('MISMATCH');
  });

  it('answers for a journal that vanished, without the parts that it cannot read any more', async () => {
    const made = await history();
    rmSync(journal(1, 'probe'));
    const probe = made.get(sampleAt(5).id)?.probe;
    expect(probe?.outcome).toBe('MATCH');
    expect(probe?.prediction).toBeUndefined();
  });
});
