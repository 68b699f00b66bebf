import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { readDataset, type ReadSample } from '../../../src/core/dataset/dataset.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import type { Dialect } from '../../../src/core/dataset/dialect.ts';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { asJson } from '../../../src/core/dataset/reading/recordExtras.ts';
import { loopToolStage } from '../../../src/core/dataset/reading/loopToolStage.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import type { Label, Sample } from '../../../src/core/dataset/sample.ts';
import type { StructureEdit } from '../../../src/core/dataset/structureEdit.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { isJsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import * as build from '../../builders/samples.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

const rowOf = (dialect: string, what: string): { readonly [key: string]: unknown } => {
  const found = dialectRows.find(([id, name]) => id === dialect && name === what);
  if (found === undefined) throw new Error(`no row ${dialect} ${what}`);
  return found[2];
};

function samplesOf(dialect: string, row: unknown): readonly ReadSample[] {
  return readDataset(JSON.stringify([row]), { file: 'x', steps: 'all', dialect }).samples;
}

function last(dialect: string, what: string): ReadSample {
  const found = samplesOf(dialect, rowOf(dialect, what)).at(-1);
  if (found === undefined) throw new Error('no sample');
  return found;
}

function parsed(row: unknown): JsonValue {
  const read = parseJson(JSON.stringify(row));
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

function readLast(dialect: Dialect, record: JsonValue): Sample | undefined {
  return dialect.read(record, { steps: 'all', companions: noCompanions }).samples.at(-1)?.sample;
}

describe('rows of each dialect', () => {
  it.each(dialectRows)('of %s (%s) are recognised and read without a problem', (dialect, _what, row) => {
    const reading = readDataset(JSON.stringify([row]), { file: 'x', steps: 'all' });
    expect(reading.dialect).toBe(dialect);
    expect(reading.problems).toEqual([]);
    expect(reading.samples.length).toBeGreaterThan(0);
  });

  it.each(dialectRows)('of %s (%s) say where each call of the label stands', (dialect, _what, row) => {
    const text = JSON.stringify([row]);
    const reading = readDataset(text, { file: 'x', steps: 'all', dialect });
    for (const { sample, spans } of reading.samples) {
      if (sample.label.kind !== 'calls') continue;
      expect(spans.calls).toHaveLength(sample.label.calls.length);
      for (const [index, call] of sample.label.calls.entries()) {
        const place = spans.calls[index];
        expect(text.slice(place?.name.start, place?.name.end)).toContain(call.name);
        expect(place?.values.map(({ name }) => name)).toEqual(Object.keys(call.arguments));
      }
    }
  });

  it('hold the label that the row gives apart, in the place of the last message', () => {
    const truth = last('openai-chat', 'a true answer as text');
    expect(truth.sample.label).toEqual({ kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city: 'Oslo' } }] });
    expect(truth.sample.messages).toEqual([{ role: 'user', content: 'Weather in Oslo?' }]);
    expect(truth.unheld).toEqual(['the last message']);
    expect(last('openai-chat', 'a true answer as object'.replace('as object', 'as an object')).sample.id).toBe(truth.sample.id);
    expect(last('openai-chat', 'whether to call').sample.label).toEqual({ kind: 'anyCall' });
    expect(samplesOf('openai-chat', { ...rowOf('openai-chat', 'whether to call'), should_call_tool: false })[0]?.sample.label).toEqual({ kind: 'noCall' });
  });

  it('are one sample for one dialogue, whatever the layout', () => {
    const ids = [last('openai-chat', 'calls'), last('openai-chat', 'the older functions'), last('mistral', 'short ids'), last('trl', 'a preference'), last('llamafactory-v1', 'parts'), last('when2call', 'calls'), last('when2call-sft', 'calls in tags')];
    expect(new Set(ids.map(({ sample }) => `${sample.id} ${sample.labelHash} ${sample.family}`)).size).toBe(1);
    expect(last('verl', 'LoopTool text').sample.id).toBe(last('looptool', 'calls').sample.id);
  });

  it('say what of the row no sample holds', () => {
    expect(last('trl', 'a preference').unheld).toEqual(['rejected']);
    expect(last('llamafactory-v1', 'parts').unheld).toEqual(['reasoning']);
    expect(last('toolset', 'a good answer').unheld).toEqual(['label']);
    expect(last('tau-bench', 'a trajectory').unheld).toEqual(['reward', 'info']);
    expect(last('toolrl', 'several calls in one tag').unheld).toEqual(['reasoning']);
    expect(last('responses', 'calls among the items').unheld).toEqual(['reasoning']);
    expect(last('openai-chat', 'calls').unheld).toBeUndefined();
  });

  it('have kinds of text where the dataset tells them', () => {
    expect(last('when2call', 'asks').sample.label).toEqual({ kind: 'text', text: 'Where?', textKind: { kind: 'ask', argument: 'city' } });
    const row = { ...rowOf('when2call', 'asks'), correct_answer: 'cannot_answer' };
    expect(samplesOf('when2call', row)[0]?.sample.label).toEqual({ kind: 'text', text: 'Sorry.', textKind: { kind: 'decline' } });
    expect(last('hammer', 'ChatML turns').sample.label).toEqual({ kind: 'noCall' });
  });

  it('of ToolRL are read into messages, several calls of one tag into several', () => {
    const { sample } = last('toolrl', 'several calls in one tag');
    expect(sample.tools).toEqual([
      { name: 'get forecast', description: 'Daily', parameters: { city: { type: 'string' } } },
      { name: 'notify', description: 'Send', parameters: {} },
    ]);
    expect(sample.messages).toEqual([
      { role: 'system', content: 'Help.\n\n**Available Tools**\nIn your response, you can use the following tools:\n\n\n**Steps for Each Turn**\n1. **Think:** Recall.' },
      { role: 'user', content: 'Weather in Oslo?' },
      { role: 'assistant', content: '', calls: [{ name: 'get forecast', arguments: { city: 'Oslo' } }] },
      { role: 'tool', content: '[{"name": "get forecast", "results": "4C"}]' },
      { role: 'assistant', content: 'It is 4 degrees.', calls: [] },
      { role: 'user', content: 'Tell Ann and Bo.' },
    ]);
    expect(sample.label).toEqual({ kind: 'calls', calls: [{ name: 'notify', arguments: { to: 'Ann' } }, { name: 'notify', arguments: { to: 'Bo' } }] });
    expect(last('verl', 'ToolRL text').sample.label).toEqual({ kind: 'text', text: 'Done.' });
  });

  it('written in Python are read as what they say', () => {
    expect(last('hermes', 'Python dicts').sample).toMatchObject({
      tools: [{ name: 'get_forecast', description: 'Daily', parameters: { type: 'object', default: null } }],
      messages: [{ role: 'system', content: 'Tools: <tools></tools> Call them.' }, { role: 'user' }],
      label: { kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city: 'Oslo', now: true } }] },
    });
    expect(samplesOf('toolace', rowOf('toolace', 'Python calls'))[0]?.sample.label).toEqual({ kind: 'calls', calls: [{ name: 'Get Forecast', arguments: { city: 'Oslo', days: 2 } }, { name: 'Get Forecast', arguments: { city: 'Bergen' } }] });
    expect(last('toolrl-api-bank', 'Python parameters').sample.tools[0]?.parameters).toEqual({ city: { type: 'str', default: null } });
  });

  it('of the Responses API keep parallel calls together and their results apart', () => {
    expect(last('responses', 'calls among the items').sample.messages.slice(2)).toEqual([
      { role: 'assistant', content: '', calls: [{ name: 'get_forecast', arguments: { city: 'Oslo' } }, { name: 'notify', arguments: {} }] },
      { role: 'tool', content: 'sent', answers: 1 },
      { role: 'tool', content: '4C', answers: 0 },
    ]);
  });

  it.each([
    ['toolset', { ...rowOf('toolset', 'a good answer'), label: false }, 'bad answer'],
    ['trl', { prompt: [{ role: 'user', content: 'x' }] }, 'no answer to learn from'],
    ['xlam', { query: 'x', tools: [] }, 'needs answers'],
    ['sharegpt', { conversations: [{ from: 'human', value: 'x' }, { from: 'function_call', value: '{"name"' }, { from: 'gpt', value: 'y' }], tools: '[]' }, 'cannot be read'],
    ['when2call', { ...rowOf('when2call', 'asks'), correct_answer: 'sing' }, 'no answer of the kind "sing"'],
    ['responses', { responses_create_params: { input: [{ type: 'image' }] } }, '"image" is not known'],
    ['hammer', { instruction: '[BEGIN OF AVAILABLE TOOLS]\n[]', output: '' }, 'no section with tools'],
    ['toolace', { system: 'functions in JSON format that you can invoke:\n[{]', conversations: [] }, 'a tool is not JSON'],
  ])('of %s that cannot be read are a problem: %j', (dialect, row, message) => {
    const reading = readDataset(JSON.stringify([row]), { file: 'x', steps: 'all', dialect });
    expect(reading.problems).toEqual([expect.objectContaining({ message: expect.stringContaining(message) as string })]);
  });
});

describe('hostile records', () => {
  const junk = fc.oneof(build.jsonValue, build.hostileText, fc.constantFrom<JsonValue>([[]], [null], {}, '[', '{"name": "__proto__"}', '[{"name": 1}]', '<tool_call>\n{"name": ', "{'a': ", '[f(', -0));

  /** Replaces, removes or adds one part somewhere in a value. */
  const mutated = (row: JsonValue): fc.Arbitrary<JsonValue> =>
    fc.tuple(fc.nat(), fc.array(fc.nat(), { maxLength: 6 }), junk, fc.constantFrom('set', 'remove', 'cut')).map(([key, path, value, how]) => mutate(row, [key, ...path], value, how));

  it.each(dialectRows)('like those of %s (%s) give problems and never an exception', (_dialect, _what, row) => {
    const start = parsed(row);
    fc.assert(
      fc.property(mutated(start).chain((once) => fc.oneof(fc.constant(once), mutated(once))), (record) => {
        for (const dialect of dialects) {
          const confidence = dialect.detect(record);
          expect(confidence >= 0 && confidence <= 1).toBe(true);
          const { samples, problems } = dialect.read(record, { steps: 'all', companions: noCompanions });
          for (const problem of problems) expect(problem.message).not.toBe('');
          for (const one of samples) {
            expect(one.sample.id).toMatch(/^smp_/);
            const places = one.places();
            expect([places.tools.length, places.messages.length]).toEqual([one.sample.tools.length, one.sample.messages.length]);
            dialect.relabel?.(record, one, { kind: 'text', text: 'x' });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  function mutate(value: JsonValue, [step = 0, ...rest]: readonly number[], junkValue: JsonValue, how: string): JsonValue {
    if (Array.isArray(value)) {
      const list = value as readonly JsonValue[];
      const at = list.length === 0 ? 0 : step % list.length;
      if (rest.length > 0 && list[at] !== undefined) return list.with(at, mutate(list[at], rest, junkValue, how));
      return how === 'remove' ? list.toSpliced(at, 1) : list.toSpliced(at, how === 'set' ? 1 : 0, junkValue);
    }
    if (isJsonObject(value)) {
      const keys = Object.keys(value);
      const key = keys[step % Math.max(keys.length, 1)] ?? 'a';
      const inner = value[key];
      const entries = Object.entries(value).filter(([name]) => name !== key);
      if (rest.length > 0 && inner !== undefined) return Object.fromEntries([...entries, [key, mutate(inner, rest, junkValue, how)]]);
      return how === 'remove' ? Object.fromEntries(entries) : Object.fromEntries([...entries, [key, junkValue]]);
    }
    return typeof value === 'string' && how === 'cut' ? value.slice(0, step % (value.length + 1)) : junkValue;
  }
});

describe('relabel', () => {
  const labels = fc.oneof(build.callsLabel, fc.constantFrom<Label>({ kind: 'text', text: 'Which city?' }, { kind: 'text', text: 'Sorry.', textKind: { kind: 'decline' } }, { kind: 'noCall' }));

  it.each(dialectRows)('of %s (%s) puts another label in the place of the old one and changes nothing else', (id, _what, row) => {
    const dialect = dialectById(id);
    if (dialect?.relabel === undefined) throw new Error(`${id} cannot be corrected`);
    const record = parsed(row);
    let held = 0;
    fc.assert(
      fc.property(labels, (label) => {
        for (const one of dialect.read(record, { steps: 'all', companions: noCompanions }).samples) {
          const edits = dialect.relabel?.(record, one, label);
          if (edits === undefined) continue;
          const edited = edits.reduce(applied, record);
          const back = dialect.read(edited, { steps: 'all', companions: noCompanions }).samples.find(({ step }) => step === one.step)?.sample;
          expect(back?.id).toBe(one.sample.id);
          if (back?.labelHash === labelHash(label)) held++;
          // What the dialect cannot say is said beside the row, for the last step.
          else if (one.sample.id === readLast(dialect, record)?.id) {
            expect(readLast(dialect, applied(edited, { kind: 'set', path: ['looptool'], value: { label: asJson(label) } }))?.labelHash).toBe(labelHash(label));
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(held).toBeGreaterThan(0);
  });

  it('keeps the reasoning before the answer', () => {
    const row = parsed(rowOf('toolrl', 'several calls in one tag'));
    const dialect = dialectById('toolrl');
    const [one] = dialect?.read(row, { steps: 'all', companions: noCompanions }).samples ?? [];
    expect(one && dialect?.relabel?.(row, one, { kind: 'text', text: 'No.' })).toEqual([{ kind: 'text', path: ['output'], text: '<think> Both. </think>\n<response> No. </response>' }]);
  });

  it('keeps the copy that verl rows have of the answer in step', () => {
    const row = parsed(rowOf('verl', 'LoopTool text'));
    const dialect = dialectById('verl');
    const [one] = dialect?.read(row, { steps: 'all', companions: noCompanions }).samples ?? [];
    expect(one && dialect?.relabel?.(row, one, { kind: 'text', text: 'No.' })?.map(({ path }) => path)).toEqual([['reward_model', 'ground_truth'], ['extra_info', 'output']]);
  });

  function applied(value: JsonValue, edit: StructureEdit): JsonValue {
    const [step, ...rest] = edit.path;
    if (typeof step === 'object' || edit.kind === 'rename') throw new Error('edits of whole labels have plain paths');
    if (step === undefined) return edit.kind === 'set' ? edit.value : edit.kind === 'text' ? edit.text : null;
    if (typeof step === 'number') {
      if (!Array.isArray(value)) throw new Error('no list');
      const list = value as readonly JsonValue[];
      return list.with(step, applied(list[step] ?? null, { ...edit, path: rest }));
    }
    if (!isJsonObject(value)) throw new Error('no object');
    if (edit.kind === 'remove' && rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
    return { ...value, [step]: applied(value[step] ?? null, { ...edit, path: rest }) };
  }
});

describe('loopToolStage', () => {
  const row = { instruction: '', input: 'x', output: 'y' };
  const gcp = { ...row, response: '<tool_call>', think: 'hm', avg_log_prob: -0.5, avg_negative_log_likelihood: 0.5, perplexity: 1.5, response_tokens: 7, cumulative_logprob: null };
  const jglv = { ...gcp, status: 'model_incorrect', error_message: 'Wrong city.', consensus_achieved: true, judge_details: { vote_results: ['RESPONSE2_INCORRECT', 'BOTH_CORRECT'], vote_distribution: { RESPONSE2_INCORRECT: 1, BOTH_CORRECT: 1 }, consensus_achieved: true, final_result: 'RESPONSE2_INCORRECT', vote_count: '1/2' } };

  it('tells what each stage left in a row', () => {
    expect(loopToolStage(parsed(row))).toBeUndefined();
    expect(loopToolStage(parsed(gcp))).toMatchObject({ stage: 'gcp', prediction: '<tool_call>', think: 'hm', perplexity: 1.5, averageLogProbability: -0.5, cumulativeLogProbability: undefined, responseTokens: 7, judge: undefined });
    expect(loopToolStage(parsed(jglv))).toMatchObject({ stage: 'jglv', status: 'model_incorrect', errorMessage: 'Wrong city.', judge: { votes: ['RESPONSE2_INCORRECT', 'BOTH_CORRECT'], consensus: true, result: 'RESPONSE2_INCORRECT', count: '1/2' } });
    expect(loopToolStage(parsed({ ...jglv, judge_details: {} }))?.judge).toBeUndefined();
    expect(loopToolStage(parsed({ ...row, original_sample: jglv }))).toMatchObject({ stage: 'edde', originalSample: { status: 'model_incorrect' } });
    expect(loopToolStage(parsed({ ...row, original_sample: jglv, status: 'correct_no_consensus', consensus_info: { vote_results: ['CORRECT'], vote_count: '1/1' } }))).toMatchObject({ stage: 'filter', judge: { votes: ['CORRECT'] } });
  });

  it('changes nothing of the sample', () => {
    expect(samplesOf('looptool', jglv)[0]?.sample).toEqual(samplesOf('looptool', row)[0]?.sample);
  });
});
