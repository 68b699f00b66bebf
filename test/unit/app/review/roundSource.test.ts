import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReviewSource } from '../../../../src/app/review/reviewSource.ts';
import { openRoundSource } from '../../../../src/app/review/roundSource.ts';
import { RoundMismatches } from '../../../../src/app/roundMismatches.ts';
import { buildProject, decide, weatherSample, type BuiltProject } from '../../../builders/builtProject.ts';

let directory: string;
let project: BuiltProject;
let source: ReviewSource;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-source-'));
  project = buildProject(directory);
  source = openRoundSource(directory, 1, { patience: Infinity });
});
afterEach(() => {
  source.dispose();
  rmSync(directory, { recursive: true, force: true });
});

const idAt = (n: number): string => project.samples[n]?.id ?? '';
const file = (name: string): string => join(directory, '.looptool/rounds/0001', name);
const lines = (name: string): readonly Record<string, unknown>[] =>
  readFileSync(file(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const append = (name: string, value: object): void => appendFileSync(file(name), `${JSON.stringify(value)}\n`);
const probeOf = (n: number): Record<string, unknown> => lines('probe.jsonl')[n] ?? {};
const ids = async (): Promise<readonly string[]> => (await source.items()).map(({ sampleId }) => sampleId);

describe('the mismatches of a round', () => {
  it('are described for the queue, and read whole on demand', async () => {
    const items = await source.items();
    expect(items.map(({ sampleId }) => sampleId)).toEqual([idAt(0), idAt(1), idAt(2)]);
    expect(items[0]).toMatchObject({ labelHash: project.samples[0]?.labelHash, origin: 'seed', file: 'data/train.jsonl', record: 0, outcome: 'MISMATCH', ppl: 1.5, tools: ['get_weather'], kinds: ['value'], verdict: 'LABEL_WRONG', votes: 2, agreeing: 2, rules: ['ungrounded-text'] });
    expect(items[0]?.text).toContain('how is the weather in paris for 1 days?');
    expect(items[0]?.predictionHash).toMatch(/^lbl_/);
    const pair = await source.pair(idAt(0));
    expect(pair).toMatchObject({ sample: { id: idAt(0) }, origin: 'seed', parents: [], reply: 'raw reply', outcome: 'MISMATCH', judgement: { verdict: 'LABEL_WRONG', replaced: true, agreeing: 2, votes: [{ order: 'LP', verdict: 'LABEL_WRONG' }, { order: 'PL' }] } });
    expect(pair?.raw.split('\n')).toHaveLength(4);
    expect(await source.pair(idAt(5))).toBeUndefined();
    expect(source.warnings).toEqual([]);
  });

  it('are what the fold of the journals says', async () => {
    const { rows, probes, judgements } = await new RoundMismatches(directory, 1).load();
    const items = await source.items();
    expect(items.map(({ sampleId }) => sampleId).sort()).toEqual([...rows.keys()].sort());
    for (const { sampleId, outcome } of probes) expect(items.find((item) => item.sampleId === sampleId)).toMatchObject({ outcome, verdict: judgements.get(sampleId)?.verdict });
  });

  it('are the same array until something changes', async () => {
    const first = await source.items();
    expect(await source.items()).toBe(first);
    append('probe.jsonl', { ...probeOf(5), outcome: 'MISMATCH', prediction: { kind: 'TEXT_ANSWER', calls: [], text: 'sunny', warnings: [] }, comparison: undefined });
    expect(await ids()).toEqual([idAt(0), idAt(1), idAt(2), idAt(5)]);
    append('probe.jsonl', { ...probeOf(0), outcome: 'MATCH' });
    append('probe.jsonl', { ...probeOf(1), outcome: 'ERROR' });
    expect(await ids()).toEqual([idAt(1), idAt(2), idAt(5)]);
    expect((await source.items()).at(-1)).toMatchObject({ verdict: undefined, judge: undefined, votes: 0 });
  });

  it('come in parts where there are many, and all of them in the end', async () => {
    source = openRoundSource(directory, 1, { patience: 0 });
    expect(await ids()).toHaveLength(1);
    expect(source.unread).toBe(2);
    await source.settled?.();
    expect(await ids()).toHaveLength(3);
    expect(source.unread).toBe(0);
  });

  it('leave out answers to another label, and know nothing of decisions', async () => {
    append('probe.jsonl', { ...probeOf(0), labelHash: 'lbl_old' });
    decide(directory, weatherSample(2), weatherSample(9).label);
    expect(await ids()).toEqual([idAt(1), idAt(2)]);
    expect((await source.pair(idAt(1)))?.judgement?.votes).toHaveLength(2);
  });

  it('wait for the end of a torn line, and name a line that cannot be read', async () => {
    await source.items();
    const line = JSON.stringify({ ...probeOf(4), outcome: 'EMPTY' });
    appendFileSync(file('probe.jsonl'), `{"v":1,"typ\n${line.slice(0, 40)}`);
    expect(await ids()).toHaveLength(3);
    expect(source.warnings).toEqual([expect.stringContaining('probe.jsonl:7: the line cannot be read')]);
    appendFileSync(file('probe.jsonl'), `${line.slice(40)}\n`);
    expect(await ids()).toContain(idAt(4));
  });

  it('are read anew where a file was replaced', async () => {
    await source.items();
    rmSync(file('probe.jsonl'));
    expect(await ids()).toEqual([]);
    writeFileSync(file('probe.jsonl'), '');
    append('probe.jsonl', { type: 'probe', outcome: 'EMPTY', ...lines('train.jsonl').map(({ id, labelHash }) => ({ sampleId: id, labelHash }))[3], v: 1, requestKey: 'r', attempt: 1, startedAt: '', elapsedMs: 1, ppl: null });
    const [item] = await source.items();
    expect(item).toMatchObject({ sampleId: idAt(3), outcome: 'EMPTY', kinds: ['empty'], predictionHash: undefined, ppl: undefined });
  });

  it('come from the cache as they were, with what was added since', async () => {
    const open = (): ReturnType<typeof openRoundSource> => openRoundSource(directory, 1, { patience: Infinity, worthKeeping: 3 });
    const cache = join(directory, '.looptool/cache/review-0001.jsonl');
    const first = open();
    const before = await first.items();
    await first.settled();
    const cached = readFileSync(cache, 'utf8');
    append('probe.jsonl', { ...probeOf(4), outcome: 'EMPTY' });
    // What the cache says is taken at its word: the pairs are not read again.
    writeFileSync(cache, cached.replace('"how is the weather in paris for 1 days?', '"this is from the cache'));
    const again = open();
    const items = await again.items();
    expect(items.map(({ sampleId }) => sampleId)).toEqual([idAt(0), idAt(1), idAt(2), idAt(4)]);
    expect(items[0]?.text).toMatch(/^this is from the cache/);
    expect(items.slice(1, 3)).toEqual(before.slice(1));
    expect(await again.pair(idAt(4))).toMatchObject({ outcome: 'EMPTY' });
    expect(items[0]?.weight).toBe(before[0]?.weight);
    // Another beginning of a file makes the cache void, and so does a torn one.
    writeFileSync(cache, cached);
    writeFileSync(file('train.jsonl'), readFileSync(file('train.jsonl'), 'utf8').replace('Paris for 1 days', 'Paris for 7 days'));
    expect((await open().items())[0]?.text).toMatch(/^how is the weather in paris for 7 days/);
    writeFileSync(cache, cached.slice(0, -100));
    expect(await open().items()).toHaveLength(4);
  });

  it('weigh as much as the next set has rows that stem from them', async () => {
    const weights = async (): Promise<readonly number[]> => (await source.items()).map(({ weight }) => weight);
    rmSync(file('expand.jsonl'));
    expect(await weights()).toEqual([1, 1, 1]);
    const critique = { ...probeOf(0), type: 'critique', seedId: idAt(1), k: 0, judge: 'j', simulated: false, promptVersion: 'p', verdict: 'CORRECT', analysis: '' };
    append('expand.jsonl', critique);
    append('expand.jsonl', critique);
    append('expand.jsonl', { ...critique, sampleId: 'smp_other', verdict: 'INCORRECT' });
    expect(await weights()).toEqual([1, 2, 1]);
    const next = join(directory, '.looptool/rounds/0002');
    mkdirSync(next);
    const [row] = lines('train.jsonl');
    const child = { ...row, id: 'smp_child', parents: [idAt(0)] };
    writeFileSync(join(next, 'train.jsonl'), [row, child, { ...row, id: 'smp_grandchild', parents: ['smp_child'] }].map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect(await weights()).toEqual([3, 1, 1]);
  });
});
