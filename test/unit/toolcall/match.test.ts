import { describe, expect, test } from 'vitest';
import { matchPrediction } from '../../../src/core/toolcall/match.ts';
import { extractPrediction } from '../../../src/core/toolcall/extract.ts';
import { compileTextKinds, noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import type { Label } from '../../../src/core/dataset/sample.ts';
import { isLoopToolError } from '../../../src/core/errors.ts';

const kinds = compileTextKinds({ ask: ['which (?<argument>[\\w ]+?)\\?', 'tell me more'], decline: ['^I cannot'] });
const call = (city: string): string => `<tool_call>{"name":"weather","arguments":{"city":"${city}"}}</tool_call>`;
const callLabel = (city: string): Label => ({ kind: 'calls', calls: [{ name: 'weather', arguments: { city } }] });
const outcome = (label: Label, answer: string, textKinds = kinds, accepted: Label[] = []): string =>
  matchPrediction(label, extractPrediction(answer, { textKinds }), textKinds, accepted).outcome;

describe('the match', () => {
  test('of calls asks the comparer', () => {
    expect(outcome(callLabel('Paris'), call('Paris'))).toBe('MATCH');
    expect(outcome(callLabel('Paris'), `Let me see. ${call('Paris')}`)).toBe('MATCH');
    expect(outcome(callLabel('Paris'), call('Rome'))).toBe('MISMATCH');
  });

  test('accepts the alternatives of a label and further labels, and explains a mismatch by the label itself', () => {
    const label: Label = { kind: 'calls', calls: [{ name: 'weather', arguments: { city: 'Paris' } }], alternatives: [[{ name: 'weather', arguments: { city: 'Paris, France' } }]] };
    expect(outcome(label, call('Paris, France'))).toBe('MATCH');
    expect(outcome(label, call('Lutetia'), kinds, [callLabel('Lutetia')])).toBe('MATCH');
    const match = matchPrediction(label, extractPrediction(call('Rome')), kinds, [callLabel('Lutetia')]);
    expect(match.comparison?.differences).toMatchObject([{ kind: 'value', expected: 'Paris', got: 'Rome' }]);
  });

  test('of a call label with a text answer, and the other way round, is a mismatch of kind', () => {
    const textForCall = matchPrediction(callLabel('Paris'), extractPrediction('Fine.'), kinds);
    expect(textForCall).toMatchObject({ outcome: 'MISMATCH', comparison: { pairs: [-1], differences: [{ kind: 'kind' }] } });
    expect(outcome({ kind: 'text', text: 'Fine.' }, call('Paris'))).toBe('MISMATCH');
    expect(outcome({ kind: 'text', text: 'Fine.' }, `Fine. ${call('Paris')}`)).toBe('MISMATCH');
  });

  test.each([
    ['', 'EMPTY'],
    ['<think>so', 'TRUNCATED'],
    ['<tool_call>{"name"', 'INVALID'],
  ])('never takes %j for right, whatever the label', (answer, expected) => {
    for (const label of [callLabel('Paris'), { kind: 'text', text: 'Fine.' }, { kind: 'noCall' }, { kind: 'anyCall' }] as const) expect(outcome(label, answer)).toBe(expected);
  });

  test('of texts is by kind and argument where the label has them', () => {
    const ask: Label = { kind: 'text', text: 'x', textKind: { kind: 'ask', argument: 'departure_city' } };
    expect(outcome(ask, 'And which Departure city?')).toBe('MATCH');
    expect(outcome(ask, 'And which day?')).toBe('MISMATCH');
    expect(outcome(ask, 'Please tell me more')).toBe('MISMATCH');
    expect(outcome(ask, 'I cannot help.')).toBe('MISMATCH');
    expect(outcome({ kind: 'text', text: 'tell me more' }, 'which day?')).toBe('MATCH');
    expect(outcome({ kind: 'text', text: 'I cannot.' }, 'I cannot, sorry.')).toBe('MATCH');
    expect(outcome({ kind: 'text', text: 'I cannot.' }, 'It is sunny.')).toBe('MISMATCH');
  });

  test('of texts stays unverified where nothing tells their kind', () => {
    expect(outcome({ kind: 'text', text: 'It is 5.' }, 'It is five.')).toBe('MATCH_UNVERIFIED');
    expect(outcome({ kind: 'text', text: 'x', textKind: { kind: 'answer' } }, 'It is five.')).toBe('MATCH_UNVERIFIED');
    expect(outcome({ kind: 'text', text: 'x', textKind: { kind: 'answer' } }, 'I cannot.')).toBe('MISMATCH');
    expect(outcome({ kind: 'text', text: 'x', textKind: { kind: 'decline' } }, 'No.', noTextKinds)).toBe('MATCH_UNVERIFIED');
  });

  test('prefers a verified match among accepted labels to an unverified one', () => {
    expect(outcome({ kind: 'text', text: 'It is 5.' }, 'I cannot.', kinds, [{ kind: 'text', text: 'I cannot.' }])).toBe('MATCH');
    expect(outcome(callLabel('Paris'), 'Fine.', kinds, [{ kind: 'text', text: 'Good.' }])).toBe('MATCH_UNVERIFIED');
  });

  test('of labels that say only whether to call', () => {
    expect(outcome({ kind: 'noCall' }, 'Fine.')).toBe('MATCH');
    expect(outcome({ kind: 'noCall' }, call('Paris'))).toBe('MISMATCH');
    expect(outcome({ kind: 'anyCall' }, call('Paris'))).toBe('MATCH');
    expect(outcome({ kind: 'anyCall' }, 'Fine.')).toBe('MISMATCH');
  });

  test('of a label that cannot be read, or holds a trace, is never right', () => {
    expect(outcome({ kind: 'invalid', raw: call('Paris'), reason: 'broken' }, call('Paris'))).toBe('MISMATCH');
    expect(outcome({ kind: 'trace', trace: [] }, call('Paris'))).toBe('MISMATCH');
  });
});

test('a pattern that is no regular expression is refused with its text', () => {
  let error: unknown;
  try {
    compileTextKinds({ ask: ['('], decline: [] });
  } catch (caught) {
    error = caught;
  }
  expect(isLoopToolError(error, 'config-invalid') && error.userMessage).toMatch(/textKinds\.ask.*"\("/);
});
