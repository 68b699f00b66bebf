import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label, ToolCall, ToolDefinition } from '../../../../src/core/dataset/sample.ts';
import { objectOf, parseJson } from '../../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../../src/core/json/stringify.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../../../src/core/json/value.ts';
import { alignAnswers, type AlignedAnswers } from '../../../../src/core/review/answer/alignAnswers.ts';
import type { AlignedRow } from '../../../../src/core/review/answer/alignedRow.ts';
import { compareCalls } from '../../../../src/core/toolcall/compare.ts';
import { schemaOptions } from '../../../../src/core/toolcall/compareOptions.ts';
import { comparePossible } from '../../../../src/core/toolcall/possible.ts';
import type { Prediction } from '../../../../src/core/toolcall/prediction.ts';
import { answer, callArbitrary, changedCalls } from './answers.ts';

const tool: ToolDefinition = {
  name: 'get_weather', description: 'Weather',
  parameters: { type: 'object', properties: { city: { type: 'string', description: 'Where' }, days: { type: 'integer', default: 7 }, units: { type: 'string', enum: ['metric', 'imperial'] }, place: { type: 'object', properties: { lat: { type: 'number' } } } }, required: ['city'] },
};
const one = (args: JsonObject, name = 'get_weather'): ToolCall => ({ name, arguments: args });
const calls = (...list: ToolCall[]): Label => ({ kind: 'calls', calls: list });
const align = (label: Label, got: readonly ToolCall[], tools: readonly ToolDefinition[] = [tool]): AlignedAnswers => alignAnswers(label, answer(got), undefined, tools);
const rowsOf = (answers: AlignedAnswers): readonly AlignedRow[] => answers.calls.flatMap((call) => call.rows);
const found = (answers: AlignedAnswers, path: string): AlignedRow => {
  const row = rowsOf(answers).find((each) => each.path.join('.') === path && each.cover === undefined);
  if (row === undefined) throw new Error(`no row ${path}`);
  return row;
};

/** Leaves of a value by their paths: scalars and empty containers. */
function leaves(value: JsonValue, path: readonly (string | number)[]): [string, string][] {
  if (Array.isArray(value) && value.length > 0) return (value as readonly JsonValue[]).flatMap((item, i) => leaves(item, [...path, i]));
  if (isJsonObject(value) && Object.keys(value).length > 0) return Object.keys(value).flatMap((key) => leaves(value[key] ?? null, [...path, key]));
  return [[JSON.stringify(path), stringifyJson(value)]];
}

/** What the rows say of one side, as leaves. */
function readBack(rows: readonly AlignedRow[], side: 'label' | 'prediction'): [string, string][] {
  return rows.flatMap((row) => {
    const path = side === 'label' ? row.path : row.predictionPath;
    const value = row[side];
    if (value === undefined) return [];
    if (row.cover?.kind === 'members') return Object.keys(value as JsonObject).flatMap((key) => leaves((value as JsonObject)[key] ?? null, [...path, key]));
    if (row.cover?.kind === 'items') {
      const from = side === 'label' ? row.cover.from : row.cover.predictionFrom;
      return (value as readonly JsonValue[]).flatMap((item, i) => leaves(item, [...path, from + i]));
    }
    return leaves(value, path);
  });
}

/** Arguments without any say nothing, and so need no row. */
const sorted = (list: [string, string][]): string[] => list.map(([path, value]) => `${path} ${value}`).filter((leaf) => leaf !== '[] {}').sort();
const sideLeaves = (call: ToolCall): string[] => sorted(leaves(call.arguments, []));

describe('alignAnswers', () => {
  it('has every part of either side in exactly one row, and is equal where the comparer says so', () => {
    fc.assert(fc.property(changedCalls, ([label, got]) => {
      const comparison = compareCalls(label, got);
      const answers = alignAnswers({ kind: 'calls', calls: label }, answer(got), comparison, []);
      const ofLabel = new Map(answers.calls.flatMap((call) => (call.labelIndex === undefined ? [] : [[call.labelIndex, call] as const])));
      const ofPrediction = new Map(answers.calls.flatMap((call) => (call.predictionIndex === undefined ? [] : [[call.predictionIndex, call] as const])));
      expect(ofLabel.size).toBe(label.length);
      expect(ofPrediction.size).toBe(got.length);
      label.forEach((call, index) => {
        expect(ofLabel.get(index)?.name.label).toBe(call.name);
        expect(sorted(readBack(ofLabel.get(index)?.rows ?? [], 'label'))).toEqual(sideLeaves(call));
        expect(ofLabel.get(index)?.predictionIndex ?? -1).toBe(comparison.pairs[index]);
      });
      got.forEach((call, index) => expect(sorted(readBack(ofPrediction.get(index)?.rows ?? [], 'prediction'))).toEqual(sideLeaves(call)));
      const same = answers.calls.every((call) => call.state === 'same' && call.name.state === 'same' && call.rows.every((row) => row.state === 'same'));
      expect(same).toBe(comparison.equal);
    }), { numRuns: 400 });
  });

  it('agrees with the possible answers: equal exactly where all rows are', () => {
    const value = fc.oneof(fc.constantFrom<JsonValue>('a', 'b', '', 1, 2, true, ['x'], ['y', 'x']), fc.record({ k: fc.array(fc.constantFrom<JsonValue>('a', 1, ''), { minLength: 1, maxLength: 2 }) }) as fc.Arbitrary<JsonValue>);
    const got = fc.oneof(fc.constantFrom<JsonValue>('a', 'b', '', 1, 2, true, ['x'], ['y', 'x']), fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom<JsonValue>('a', 1)) as fc.Arbitrary<JsonValue>);
    const possible = fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.dictionary(fc.constantFrom('p', 'q', 'r'), fc.array(value, { minLength: 1, maxLength: 3 })) });
    const call = fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.dictionary(fc.constantFrom('p', 'q', 'r'), got) });
    fc.assert(fc.property(fc.array(possible, { minLength: 1, maxLength: 3 }), fc.array(call, { minLength: 1, maxLength: 3 }), (list, predicted) => {
      const comparison = comparePossible(list, predicted);
      const answers = alignAnswers({ kind: 'calls', calls: list, possible: list }, answer(predicted), comparison, []);
      const same = answers.calls.every((each) => each.state === 'same' && each.rows.every((row) => row.state === 'same'));
      expect(same).toBe(comparison.equal);
    }), { numRuns: 400 });
  });

  it('knows what is missing, added, changed, of another type, in another order', () => {
    const answers = align(calls(one({ city: 'Paris', days: 5, list: [1, 2, 3], gone: true })), [one({ city: 'Lyon', days: '5', list: [3, 1, 2], more: null })]);
    expect(rowsOf(answers).map((row) => [row.path.join('.'), row.state, row.severity])).toEqual([
      ['city', 'changed', 'error'], ['days', 'type', 'warning'], ['list', 'order', 'warning'], ['gone', 'missing', 'error'], ['more', 'added', 'warning'],
    ]);
    expect(found(answers, 'city').remarks).toEqual(['city is "Lyon", expected "Paris"']);
    expect(found(answers, 'city').parts).toEqual([{ side: 'label', text: 'Paris' }, { side: 'prediction', text: 'Lyon' }]);
  });

  it('opens nested values where they differ and folds what is the same', () => {
    const place = (lat: number): JsonObject => ({ lat, lon: 2, country: 'FR', tags: ['a', 'b', 'c', 'd'] });
    const answers = align(calls(one({ place: { ...place(1), deep: [{ x: 1 }, { x: 2 }] } })), [one({ place: { ...place(9), deep: [{ x: 1 }, { x: 3 }] } })]);
    expect(rowsOf(answers).map((row) => [row.path.join('.'), row.state, row.cover?.kind])).toEqual([
      ['place.lat', 'changed', undefined], ['place.deep.0', 'same', undefined], ['place.deep.1.x', 'changed', undefined], ['place', 'same', 'members'],
    ]);
    expect(rowsOf(answers).at(-1)?.cover).toEqual({ kind: 'members', keys: ['lon', 'country', 'tags'] });
  });

  it('aligns the items of arrays of different lengths', () => {
    const answers = align(calls(one({ list: [1, 2, 3, 4, 5] })), [one({ list: [1, 2, 9, 3, 4, 5] })]);
    expect(rowsOf(answers).map((row) => [row.path.join('.'), row.state, row.label, row.prediction])).toEqual([
      ['list', 'same', [1, 2], [1, 2]], ['list.2', 'added', undefined, 9], ['list', 'same', [3, 4, 5], [3, 4, 5]],
    ]);
    expect(rowsOf(answers)[1]?.remarks[0]).toContain('list is [1,2,9,3,4,5]');
  });

  it('keeps numbers as they are written', () => {
    const big = new JsonNumber('12345678901234567890');
    const answers = align(calls(one({ days: new JsonNumber('5.0'), id: big })), [one({ days: 5, id: new JsonNumber('12345678901234567891') })]);
    expect(found(answers, 'days')).toMatchObject({ state: 'same', label: new JsonNumber('5.0'), prediction: 5 });
    expect(found(answers, 'id').state).toBe('changed');
  });

  it('says what the schema says', () => {
    const answers = align(calls(one({ city: 'a', place: { lat: 1 } })), [one({ town: 'a', place: { lat: 2, alt: 3 } })]);
    expect(found(answers, 'city').schema).toMatchObject({ kind: 'declared', type: 'string', facts: { required: true, description: 'Where' } });
    expect(found(answers, 'town').schema).toEqual({ kind: 'undeclared' });
    expect(found(answers, 'place.lat').schema).toMatchObject({ kind: 'declared', type: 'number' });
    expect(found(answers, 'place.alt').schema).toEqual({ kind: 'undeclared' });
    expect(answers.calls[0]?.unused.map(({ name }) => name)).toEqual(['days', 'units']);
    expect(found(align(calls(one({ a: 1 }, 'other')), [one({ a: 2 }, 'other')]), 'a').schema).toEqual({ kind: 'noTool' });
  });

  it('shows the arguments of two different tools, and their names', () => {
    const answers = align(calls(one({ a: 1 }, 'f')), [one({ b: 2 }, 'g')]);
    expect(answers.calls[0]).toMatchObject({ state: 'changed', name: { label: 'f', prediction: 'g', state: 'changed', remarks: ['calls "g", expected "f"'] } });
    expect(rowsOf(answers).map((row) => [row.path[0], row.state])).toEqual([['a', 'missing'], ['b', 'added']]);
  });

  it('pairs twelve parallel calls as the comparer does, and tells which of them moved', () => {
    const list = Array.from({ length: 12 }, (_, i) => one({ city: `city ${i}`, days: i }));
    const got = [list[11], ...list.slice(0, 5), one({ city: 'city 5', days: 99 }), ...list.slice(6, 11)].flatMap((call) => (call === undefined ? [] : [call]));
    const answers = align(calls(...list), got);
    expect(answers.calls.map((call) => call.predictionIndex)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0]);
    expect(answers.calls.flatMap((call, i) => (call.moved ? [i] : []))).toEqual([11]);
    expect(answers.calls.flatMap((call, i) => (call.state === 'same' ? [] : [i]))).toEqual([5]);
  });

  it('has missing and extra calls on their own', () => {
    const answers = align(calls(one({ city: 'a' }), one({ city: 'b' })), [one({ city: 'b' }), one({ city: 'c' }), one({ city: 'd' })]);
    expect(answers.calls.map((call) => [call.labelIndex, call.predictionIndex, call.state])).toEqual([[0, 1, 'changed'], [1, 0, 'same'], [undefined, 2, 'added']]);
    expect(align(calls(one({ city: 'a' }), one({ city: 'b' })), [one({ city: 'b' })]).calls.map((call) => call.state)).toEqual(['missing', 'same']);
  });

  it('takes what a comparison forgave as forgiven', () => {
    const label = one({ city: 'a', days: 7 });
    const got = one({ city: 'a' });
    const comparison = compareCalls([label], [got], schemaOptions([tool], { defaults: true }));
    const answers = alignAnswers(calls(label), answer([got]), comparison, [tool]);
    expect(answers.calls[0]?.state).toBe('forgiven');
    expect(found(answers, 'days')).toMatchObject({ state: 'forgiven', severity: 'info' });
  });

  it('lists the acceptable values and which is nearest', () => {
    const possible = [one({ city: ['Paris', 'paris, FR'], days: [5, ''] })];
    const answers = alignAnswers({ kind: 'calls', calls: [one({ city: 'Paris', days: 5 })], possible }, answer([one({ city: 'PARIS FR' })]), undefined, [tool]);
    expect(found(answers, 'city')).toMatchObject({ state: 'changed', label: 'paris, FR', severity: 'warning', acceptable: { values: ['Paris', 'paris, FR'], nearest: 1, optional: false } });
    expect(rowsOf(answers)).toHaveLength(1);
  });

  it('holds the prediction against the alternatives too', () => {
    const label: Label = { kind: 'calls', calls: [one({ city: 'a', days: 1 })], alternatives: [[one({ city: 'z', days: 9 })], [one({ city: 'b', days: 1 })]] };
    const answers = align(label, [one({ city: 'b', days: 2 })]);
    expect(answers.alternatives.map((each) => each.differences)).toEqual([2, 1]);
    expect(answers.nearest).toBe(1);
  });

  it.each<[string, Label, Prediction, unknown]>([
    ['texts', { kind: 'text', text: 'Which city?' }, { kind: 'TEXT_ASK', calls: [], text: 'Which town?', argument: 'city', warnings: [] }, { text: { state: 'changed' }, sides: { label: { kind: 'text' }, prediction: { kind: 'text', textKind: { kind: 'ask', argument: 'city' } } } }],
    ['text against calls', { kind: 'text', text: 'no' }, answer([one({ city: 'a' })]), { text: { state: 'missing' }, calls: [{ state: 'added' }], equal: undefined }],
    ['calls against text', calls(one({ city: 'a' })), { kind: 'TEXT_ANSWER', calls: [], text: 'Sunny', warnings: [] }, { text: { state: 'added' }, calls: [{ state: 'missing' }], equal: undefined }],
    ['noCall', { kind: 'noCall' }, { kind: 'TEXT_DECLINE', calls: [], text: 'I cannot', warnings: [] }, { sides: { label: { kind: 'noCall' } }, text: { state: 'added' } }],
    ['anyCall', { kind: 'anyCall' }, answer([one({})]), { sides: { label: { kind: 'anyCall' } }, calls: [{ state: 'added' }] }],
    ['a trace', { kind: 'trace', trace: [{ call: 1 }] }, answer([]), { sides: { label: { kind: 'trace' } }, text: { state: 'missing' } }],
    ['an unreadable label', { kind: 'invalid', raw: '{"', reason: 'broken' }, answer([one({})]), { sides: { label: { kind: 'invalid', reason: 'broken' } }, text: { state: 'missing', label: '{"' } }],
    ['EMPTY', calls(one({})), { kind: 'EMPTY', calls: [], text: '', warnings: [] }, { sides: { prediction: { kind: 'empty' } }, text: undefined }],
    ['TRUNCATED', calls(one({})), { kind: 'TRUNCATED', calls: [], text: 'half', warnings: ['cut'] }, { sides: { prediction: { kind: 'truncated', warnings: ['cut'] } } }],
    ['INVALID', calls(one({})), { kind: 'INVALID', calls: [], text: '{', warnings: ['no JSON'] }, { sides: { prediction: { kind: 'broken' } } }],
  ])('is honest about %s', (_, label, prediction, expected) => {
    expect(alignAnswers(label, prediction, undefined, [tool])).toMatchObject(expected as object);
  });

  it('goes a hundred levels deep and stays short in wide and huge answers', () => {
    const deep = (leaf: JsonValue): JsonObject => Array.from({ length: 100 }).reduce<JsonObject>((inner) => ({ k: inner, same: [1, 2] }), { leaf });
    const answers = align(calls(one(deep(1))), [one(deep(2))]);
    const row = rowsOf(answers).find((each) => each.state !== 'same');
    expect(row?.path).toHaveLength(101);
    const wide = (shift: number): JsonObject => objectOf(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i + shift] as const));
    expect(rowsOf(align(calls(one(wide(0))), [one(wide(1))])).length).toBeLessThan(1000);
    const huge = 'a '.repeat(2_500_000);
    expect(rowsOf(align(calls(one({ city: `${huge}x` })), [one({ city: `${huge}y` })]))[0]?.parts?.map((part) => part.text.length)).toEqual([5_000_000, 1, 1]);
  });

  it('never loses a key like __proto__, nor one that is another one after NFC', () => {
    const args = (text: string): JsonObject => {
      const parsed = parseJson(text);
      return parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
    };
    const answers = align(calls(one(args('{"__proto__": 1, "e\u0301": 1}'))), [one(args('{"__proto__": 2, "\u00e9": 1}'))]);
    expect(rowsOf(answers).map((row) => [row.path[0], row.state, row.label])).toEqual([['__proto__', 'changed', 1], ['e\u0301', 'same', 1]]);
  });

  it('reads any calls', () => {
    fc.assert(fc.property(fc.array(callArbitrary, { maxLength: 3 }), fc.array(callArbitrary, { maxLength: 3 }), (a, b) => {
      alignAnswers(a.length === 0 ? { kind: 'noCall' } : { kind: 'calls', calls: a }, answer(b), undefined, [tool]);
    }));
  });
});
