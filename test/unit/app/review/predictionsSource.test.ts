import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPredictionsSource, type PredictionsOptions } from '../../../../src/app/review/predictionsSource.ts';
import type { ReviewSource } from '../../../../src/app/review/reviewSource.ts';
import { parseProjectConfig } from '../../../../src/core/config/parse.ts';
import { writeRow } from '../../../../src/core/dataset/registry.ts';
import type { Sample } from '../../../../src/core/dataset/sample.ts';
import { buildProject, weatherSample } from '../../../builders/builtProject.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-predictions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
function write(name: string, rows: readonly unknown[], form: 'jsonl' | 'array' = 'jsonl'): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), form === 'array' ? JSON.stringify(rows, undefined, 2) : rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
  return at(name);
}
const row = (sample: Sample, dialect = 'looptool'): Record<string, unknown> => JSON.parse(writeRow(dialect, sample)) as Record<string, unknown>;
const call = (city: string, days: number): string => `<tool_call>\n${JSON.stringify({ name: 'get_weather', arguments: { city, days } })}\n</tool_call>`;
const opened = (path: string, options?: PredictionsOptions): Promise<ReviewSource> => openPredictionsSource(path, options);
const [one, two, three] = [weatherSample(1), weatherSample(2), weatherSample(3)] as const;

describe('rows of the published code', () => {
  const judged = {
    ...row(one), response: call('Lyon', 1), think: 'The user wants Lyon.', perplexity: 1.25, status: 'original_incorrect',
    error_message: 'Error Analysis: the label names Paris. Correct Approach: name Lyon.',
    judge_details: { vote_results: ['RESPONSE1_INCORRECT', 'RESPONSE2_INCORRECT', 'RESPONSE1_INCORRECT'], consensus_achieved: true, final_result: 'RESPONSE1_INCORRECT', vote_count: '2/3' },
  };

  it.each(['jsonl', 'array'] as const)('are pairs with verdict and votes (%s)', async (form) => {
    const source = await opened(write('jglv.json', [judged, { ...row(two), response: call('Paris', 2), status: 'both_correct' }, { ...row(three), response: '', think: 'and so on', perplexity: null }], form));
    const [first, second, ...more] = await source.items();
    expect(more).toEqual([]);
    expect(first).toMatchObject({ sampleId: one.id, labelHash: one.labelHash, origin: 'file', record: 0, ppl: 1.25, outcome: 'MISMATCH', kinds: ['value'], verdict: 'LABEL_WRONG', votes: 3, agreeing: 2, judge: undefined, weight: 1 });
    expect(second).toMatchObject({ sampleId: three.id, outcome: 'TRUNCATED', ppl: undefined, verdict: undefined, kinds: ['truncated'] });
    const pair = await source.pair(one.id);
    expect(pair).toMatchObject({ origin: 'file', occurrence: { file: at('jglv.json'), record: 0, step: 0 }, reply: `<think>\nThe user wants Lyon.\n</think>\n${call('Lyon', 1)}` });
    expect(pair?.judgement).toMatchObject({ verdict: 'LABEL_WRONG', agreeing: 2, replaced: false, votes: [{ order: 'LP', verdict: 'LABEL_WRONG', analysis: 'the label names Paris.', approach: 'name Lyon.' }, { verdict: 'PRED_WRONG', analysis: '' }, { verdict: 'LABEL_WRONG' }] });
    expect(JSON.parse(pair?.raw ?? '')).toEqual(judged);
    expect(source.warnings).toEqual(['1 of 3 predictions match their label.']);
    expect(await source.pair(two.id)).toBeUndefined();
    expect(source).toMatchObject({ round: undefined, title: 'jglv.json' });
  });

  it('that cannot be read are named with their line, and the rest goes on', async () => {
    const source = await opened(write('gcp.jsonl', [{ ...row(one), response: call('Lyon', 1) }, '{"instruction": "x', { ...row(two) }, [1], { ...row(three), response: call('Lyon', 3) }]));
    expect((await source.items()).map(({ sampleId }) => sampleId)).toEqual([one.id, three.id]);
    expect(source.warnings).toEqual(['0 of 2 predictions match their label.', expect.stringMatching(/gcp\.jsonl:2: /), expect.stringMatching(/gcp\.jsonl:3: the row has no "response"/), expect.stringMatching(/gcp\.jsonl:4: the row is no JSON object/)]);
  });

  it('are read anew when the file changed, and the last answer to a sample counts', async () => {
    const path = write('gcp.jsonl', [{ ...row(one), response: call('Lyon', 1) }]);
    const source = await opened(path);
    await source.settled?.();
    const before = await source.items();
    expect(await source.items()).toBe(before);
    expect(before[0]?.rules).toEqual(['ungrounded-text']);
    write('gcp.jsonl', [{ ...row(one), response: call('Lyon', 1) }, { ...row(two), response: call('Rome', 2) }, { ...row(one), response: call('Paris', 1) }]);
    expect((await source.items()).map(({ sampleId }) => sampleId)).toEqual([two.id]);
    expect(source.warnings).toContain('1 rows answer a sample that a later row answers too: the last answer of each counts.');
    rmSync(path);
    await expect(source.items()).rejects.toMatchObject({ code: 'dataset-missing' });
  });
});

describe('records with a prediction beside them', () => {
  it.each([
    ['prediction', 'text', call('Lyon', 1)],
    ['response', 'a message', { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lyon","days":1}' } }] }],
    ['completion', 'a reply', { choices: [{ finish_reason: 'tool_calls', message: { content: '', tool_calls: [{ function: { name: 'get_weather', arguments: '{"city":"Lyon","days":1}' } }] } }] }],
    ['output', 'a list of calls', [{ name: 'get_weather', arguments: { city: 'Lyon', days: 1 } }]],
    ['model_output', 'a named call', [{ get_weather: { city: 'Lyon', days: 1 } }]],
    ['predicted', 'blocks', [{ type: 'tool_use', name: 'get_weather', input: { city: 'Lyon', days: 1 } }]],
  ])('under %s, as %s', async (key, _form, answer) => {
    const source = await opened(write('log.jsonl', [{ ...row(one, 'openai-chat'), [key]: answer, ppl: 2 }, { ...row(two, 'openai-chat'), [key]: [{ name: 'get_weather', arguments: { city: 'Paris', days: 2 } }] }]));
    const items = await source.items();
    expect(items).toMatchObject([{ sampleId: one.id, labelHash: one.labelHash, outcome: 'MISMATCH', kinds: ['value'], ppl: 2, record: 0 }]);
    expect((await source.pair(one.id))?.prediction.calls).toEqual([{ name: 'get_weather', arguments: { city: 'Lyon', days: 1 } }]);
    expect(source.warnings[0]).toBe('1 of 2 predictions match their label.');
  });

  it('are told from labels under the same key', async () => {
    const source = await opened(write('log.jsonl', [{ ...row(one), prediction: call('Lyon', 1), finish_reason: 'length' }]));
    expect(await source.items()).toMatchObject([{ outcome: 'TRUNCATED', sampleId: one.id }]);
  });

  it('say why an answer makes no pair', async () => {
    const source = await opened(write('log.jsonl', [{ ...row(one), prediction: 'hello' }, { ...row(two), prediction: null }, { ...row(three), prediction: { what: { is: [] }, this: 1 } }, { ...row(three), predictions: 1 }]));
    expect(await source.items()).toHaveLength(1);
    expect(source.warnings.slice(1)).toEqual([expect.stringMatching(/log\.jsonl:2: it holds no answer/), expect.stringMatching(/log\.jsonl:3: its answer is of no form that is known/), expect.stringMatching(/log\.jsonl:4: the row has no "prediction"/)]);
  });
});

describe('rows that name samples', () => {
  const rows = [{ sampleId: one.id, prediction: call('Lyon', 1) }, { sampleId: two.id, prediction: call('Paris', 2) }, { sampleId: 'smp_gone', prediction: 'x' }];

  it('are joined with the datasets of the project, where the sample stands', async () => {
    buildProject(folder, { dialect: 'openai-chat' });
    const config = parseProjectConfig(readFileSync(at('looptool.json'), 'utf8'));
    if (!config.ok) throw new Error('no config');
    const source = await opened(write('runs/mine.jsonl', rows), { project: { directory: folder, config: config.config } });
    expect(await source.items()).toMatchObject([{ sampleId: one.id, file: 'data/train.jsonl', record: 0 }]);
    expect((await source.pair(one.id))?.occurrence).toEqual({ file: 'data/train.jsonl', record: 0, step: 0 });
    expect(source.predictions).toBe('runs/mine.jsonl');
    expect(source.warnings).toEqual(['1 of 2 predictions match their label.', expect.stringMatching(/mine\.jsonl:3: the sample smp_gone stands in no dataset/)]);
  });

  it('are joined with the dataset that is named', async () => {
    const questions = write('set.jsonl', [row(two), row(one)]);
    const source = await opened(write('mine.json', rows, 'array'), { questions: [questions] });
    expect(await source.items()).toMatchObject([{ sampleId: one.id, file: questions, record: 1 }]);
  });

  it('say what to do where there is no dataset', async () => {
    const source = await opened(write('mine.jsonl', rows));
    expect(await source.items()).toEqual([]);
    expect(source.warnings[0]).toContain('Name the dataset that they belong to.');
  });
});

describe('BFCL result files', () => {
  const question = (id: string, name = 'math.hypot'): unknown => ({ id, question: [[{ role: 'user', content: `Question ${id}: the hypotenuse of 3 and 4` }]], function: [{ name, description: 'Length', parameters: { type: 'dict', properties: { x: { type: 'integer' }, y: { type: 'integer' } }, required: ['x', 'y'] } }] });
  const answer = (id: string): unknown => ({ id, ground_truth: [{ 'math.hypot': { x: [3], y: [4, 4.0] } }] });
  const results = [
    { id: 'simple_0', result: '[math.hypot(x=3, y=4)]', latency: 1 },
    { id: 'simple_1', result: '[math.hypot(x=3, y=5)]' },
    { id: 'simple_2', result: [{ math_hypot: '{"x": 3, "y": 4}' }] },
    { id: 'simple_3', result: [{ math_hypot: '{"x": 3}' }] },
    { id: 'simple_4', result: 'Error during inference: timeout' },
    { id: 'simple_5', result: '[{"math.hypot": {"x": 4, "y": 3}}]' },
    { id: 'simple_99', result: 'x' },
  ];
  const simple = ['simple_0', 'simple_1', 'simple_2', 'simple_3', 'simple_4', 'simple_5'];

  it.each([['data', 'result/model/BFCL_v3_simple_result.json'], ['bfcl_eval/data', 'result/model/non_live/BFCL_v3_simple_result.json']])('are held against the questions in %s', async (data, file) => {
    write(`${data}/BFCL_v3_simple.json`, simple.map((id) => question(id)));
    write(`${data}/possible_answer/BFCL_v3_simple.json`, simple.map(answer));
    const source = await opened(write(file, results));
    const items = await source.items();
    expect(items.map(({ record, kinds }) => [record, ...kinds])).toEqual([[1, 'value'], [3, 'missing-argument'], [5, 'value']]);
    expect(items[0]?.file).toBe(at(`${data}/BFCL_v3_simple.json`));
    expect(source.warnings).toEqual(['2 of 5 predictions match their label.', expect.stringMatching(/:5: the request failed/), expect.stringMatching(/:7: there is no question "simple_99"/)]);
    expect((await source.pair(items[1]?.sampleId ?? ''))?.prediction.calls).toEqual([{ name: 'math.hypot', arguments: { x: 3 } }]);
  });

  it('expect no call in irrelevance, and cannot be shown where there are several turns', async () => {
    write('BFCL_v4_irrelevance.json', ['irrelevance_0', 'irrelevance_1', 'irrelevance_2'].map((id) => question(id)));
    const source = await opened(write('all_result.json', [{ id: 'irrelevance_0', result: 'I cannot.' }, { id: 'irrelevance_1', result: [] }, { id: 'irrelevance_2', result: '[math.hypot(x=1, y=2)]' }, { id: 'multi_turn_base_1', result: [['[a()]'], ['[b()]']] }]));
    expect(await source.items()).toMatchObject([{ record: 2, outcome: 'MISMATCH' }]);
    expect(source.warnings).toEqual(['2 of 3 predictions match their label.', expect.stringMatching(/:4: its answer is one of several turns/)]);
  });

  it('take the questions that are named, a file or a folder', async () => {
    const file = write('elsewhere/BFCL_v3_simple.json', simple.map((id) => question(id)));
    write('elsewhere/possible_answer/BFCL_v3_simple.json', simple.map(answer));
    const path = write('here/BFCL_v4_simple_result.json', results);
    const other = write('here/BFCL_v4_nothing_result.json', [{ id: 'nothing_0', result: 'x' }]);
    expect((await opened(other)).warnings[0]).toContain('there is no file with the questions of nothing');
    for (const questions of [file, at('elsewhere')]) expect(await (await opened(path, { questions: [questions] })).items()).toHaveLength(3);
    expect(await (await opened(path)).items()).toHaveLength(0);
  });
});

describe('other files', () => {
  it.each([['a dataset', [row(one)]], ['numbers', [1, 2]], ['nothing', []], ['objects of nothing', [{ a: 1 }]]])('are refused, with what would be taken: %s', async (_name, rows) => {
    await expect(opened(write('x.jsonl', rows))).rejects.toMatchObject({ code: 'dataset-unreadable', userMessage: expect.stringContaining('docs/predictions.md') as string });
  });

  it('that are not there, or are Parquet, are refused', async () => {
    await expect(opened(at('none.jsonl'))).rejects.toMatchObject({ code: 'dataset-missing' });
    writeFileSync(at('x.parquet'), 'PAR1....PAR1');
    await expect(opened(at('x.parquet'))).rejects.toMatchObject({ code: 'usage' });
  });
});
