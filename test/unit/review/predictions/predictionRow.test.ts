import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { writeRow } from '../../../../src/core/dataset/registry.ts';
import { loopToolStage } from '../../../../src/core/dataset/reading/loopToolStage.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/json/value.ts';
import { bfclCategory, questionNames, withToolNames } from '../../../../src/core/review/predictions/bfclResult.ts';
import { readPredictionRow, recogniseFormat } from '../../../../src/core/review/predictions/predictionRow.ts';
import { storedJudgement } from '../../../../src/core/review/predictions/storedJudgement.ts';
import { weatherSample } from '../../../builders/builtProject.ts';

const row = (dialect: string): JsonObject => JSON.parse(writeRow(dialect, weatherSample(1))) as JsonObject;

describe('the form of a file of predictions', () => {
  test.each<[string, readonly JsonValue[], object | undefined]>([
    ['LoopTool rows with an answer', [{ ...row('looptool'), response: 'x' }], { kind: 'looptool' }],
    ['LoopTool rows without one', [row('looptool')], undefined],
    ['LoopTool rows with an answer under a plain key', [{ ...row('looptool'), prediction: 'x' }], { kind: 'beside', key: 'prediction', dialect: 'looptool' }],
    ['BFCL results', [{ id: 'simple_1', result: '[f()]' }], { kind: 'bfcl' }],
    ['sample ids', [{ sampleId: 'smp_1', prediction: 'x' }], { kind: 'joined', key: 'prediction' }],
    ['sample ids in snake case', [{ sample_id: 'smp_1', model_output: 'x' }], { kind: 'joined', key: 'model_output' }],
    ['ids of somebody else', [{ sample_id: '17', prediction: 'x' }], undefined],
    ['chats with an answer', [{ ...row('openai-chat'), response: 'x' }], { kind: 'beside', key: 'response', dialect: 'openai-chat' }],
    ['chats', [row('openai-chat')], undefined],
    ['the plainer of two keys', [{ ...row('openai-chat'), response: 'x', prediction: 'y' }], { kind: 'beside', key: 'prediction' }],
    ['one odd row among others', [{ sampleId: 'smp_1', prediction: 'x' }, { sampleId: 'smp_1', prediction: 'x' }, { a: 1 }, 3], { kind: 'joined' }],
    ['nothing', [], undefined],
    ['no objects', ['x', 1, null], undefined],
  ])('is seen from %s', (_name, values, expected) => {
    const format = recogniseFormat(values);
    if (expected === undefined) expect(format).toBeUndefined();
    else expect(format).toMatchObject(expected);
  });

  it('never throws, nor does the reading of a row', () => {
    const key = fc.constantFrom('id', 'result', 'prediction', 'response', 'output', 'instruction', 'input', 'messages', 'tools', 'sampleId', 'status', 'judge_details', 'question', 'function', 'step');
    const rows = fc.array(fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })), { maxLength: 4 });
    fc.assert(
      fc.property(rows, (values) => {
        const found = recogniseFormat(values as JsonValue[]);
        for (const format of [found, { kind: 'looptool' }, { kind: 'bfcl' }, { kind: 'joined', key: 'prediction' }, { kind: 'beside', key: 'output', dialect: 'looptool' }] as const) {
          if (format !== undefined) for (const value of values) readPredictionRow(value as JsonValue, format);
        }
      }),
    );
  });
});

describe('a judgement of the published code', () => {
  const judged = (more: JsonObject): ReturnType<typeof storedJudgement> => storedJudgement(loopToolStage({ response: 'x', ...more }) ?? (undefined as never));

  test.each([['both_correct', 'BOTH_CORRECT'], ['model_incorrect', 'PRED_WRONG'], ['original_incorrect', 'LABEL_WRONG'], ['both_incorrect', 'BOTH_WRONG'], ['llm_judge_failed', 'NO_CONSENSUS']])('%s is %s', (status, verdict) => {
    expect(judged({ status, judge_details: {} })).toEqual({ verdict, votes: [], agreeing: 0, simulated: false, replaced: false });
  });

  test.each(['not_function_call', 'evaluation_error', 'thread_error', 'new'])('%s says nothing of either side', (status) => {
    expect(judged({ status })).toBeUndefined();
  });

  it('has the votes in our words, and its one reason with the first vote for the verdict', () => {
    const details = { vote_results: ['BOTH_CORRECT', 'RESPONSE2_INCORRECT', 'what', 'RESPONSE2_INCORRECT'], consensus_achieved: true };
    expect(judged({ status: 'model_incorrect', error_message: 'Error Analysis: wrong city.\nCorrect Approach: ask.', judge_details: details })).toMatchObject({
      agreeing: 2,
      votes: [{ verdict: 'BOTH_CORRECT', analysis: '' }, { verdict: 'PRED_WRONG', analysis: 'wrong city.', approach: 'ask.', order: 'LP' }, { verdict: 'UNPARSED' }, { verdict: 'PRED_WRONG', analysis: '' }],
    });
  });

  it('is no verdict where the votes did not agree', () => {
    expect(judged({ status: 'model_incorrect', error_message: 'whatever', judge_details: { vote_results: ['RESPONSE2_INCORRECT', 'BOTH_CORRECT'], consensus_achieved: false } })).toMatchObject({ verdict: 'NO_CONSENSUS', agreeing: 0, votes: [{ analysis: 'whatever' }, {}] });
  });

  it('has its reason alone where it names no votes', () => {
    expect(judged({ status: 'both_incorrect', error_message: 'Correct Approach: do.' })?.votes).toEqual([expect.objectContaining({ order: 'none', analysis: '', approach: 'do.' })]);
  });
});

describe('BFCL results', () => {
  test.each([['simple_0', 'simple'], ['live_simple_12-3-0', 'live_simple'], ['simple_python_18', 'simple_python'], ['multi_turn_base_100', 'multi_turn_base'], ['x', undefined]])('%s is of the category %s', (id, category) => {
    expect(bfclCategory(id)).toBe(category);
  });

  it('look for questions of their own version first', () => {
    expect(questionNames('simple', 'BFCL_v3_simple_result.json')[0]).toBe('BFCL_v3_simple.json');
    expect(questionNames('simple', 'mine.json')[0]).toBe('BFCL_v4_simple.json');
  });

  it('get the names of tools back, where it is plain which one was meant', () => {
    const tools = [{ name: 'math.hypot' }, { name: 'a.b' }, { name: 'a_b' }, { name: 'c.d' }, { name: 'c d' }];
    const calls = ['math_hypot', 'a_b', 'c_d', 'other'].map((name) => ({ name, arguments: {} }));
    expect(withToolNames({ kind: 'CALL', calls, text: '', warnings: [] }, tools).calls.map(({ name }) => name)).toEqual(['math.hypot', 'a_b', 'c_d', 'other']);
  });
});
