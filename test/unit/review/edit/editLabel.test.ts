import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelDocumentText, readLabelDocument } from '../../../../src/core/dataset/labelDocument.ts';
import type { ToolDefinition } from '../../../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../../../src/core/json/stringify.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../../../../src/core/json/value.ts';
import { toolArguments } from '../../../../src/core/schema/argumentFacts.ts';
import { checkCalls } from '../../../../src/core/schema/checkCalls.ts';
import { valueAtPath, withAccepted, withCall, withCallAdded, withCallMoved, withKeyRenamed, withoutCall, withoutValueAt, withValueAt, type CallsLabel } from '../../../../src/core/review/edit/editLabel.ts';
import { asType, fieldKind, fieldText, readField, startCall, startValue } from '../../../../src/core/review/edit/fieldValue.ts';
import { suggestAt } from '../../../../src/core/review/edit/suggestAt.ts';
import { callArbitrary } from '../answer/answers.ts';

const tool: ToolDefinition = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', default: 7 }, units: { type: 'string', enum: ['metric', 'imperial'] }, loud: { type: 'boolean' }, place: { type: 'object', properties: { lat: { type: 'number' }, lon: { type: 'number' } }, required: ['lat'] } }, required: ['city', 'place'] },
};
const label: CallsLabel = { kind: 'calls', calls: [{ name: 'f', arguments: { a: 1, b: { c: [1, 2, 3] } } }, { name: 'g', arguments: {} }] };

function paths(value: JsonValue, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner = Array.isArray(value) ? (value as readonly JsonValue[]).flatMap((item, i) => paths(item, [...path, i])) : isJsonObject(value) ? Object.keys(value).flatMap((key) => paths(value[key] ?? null, [...path, key])) : [];
  return path.length === 0 ? inner : [path, ...inner];
}

describe('editing a label', () => {
  it('is the same label when every field is opened and stored unchanged', () => {
    fc.assert(fc.property(callArbitrary, (call) => {
      let args: JsonValue = call.arguments;
      for (const path of paths(call.arguments)) {
        const value = valueAtPath(args, path) ?? null;
        const kind = fieldKind(value, undefined, path.length);
        const read = readField(fieldText(value, kind), kind);
        expect(read.ok).toBe(true);
        if (read.ok) args = withValueAt(args, path, read.value);
      }
      expect(stringifyJson(args)).toBe(stringifyJson(call.arguments));
    }), { numRuns: 200 });
  });

  it('is the same label when it is opened as JSON and stored unchanged', () => {
    fc.assert(fc.property(fc.array(callArbitrary, { minLength: 1, maxLength: 3 }), fc.array(fc.array(callArbitrary, { maxLength: 2 }), { maxLength: 2 }), (calls, alternatives) => {
      const before: CallsLabel = { kind: 'calls', calls, ...(alternatives.length > 0 ? { alternatives } : {}) };
      const read = readLabelDocument(labelDocumentText(before));
      expect(read.ok && labelDocumentText(read.label)).toBe(labelDocumentText(before));
    }), { numRuns: 300 });
  });

  it('changes a part and nothing beside it', () => {
    fc.assert(fc.property(callArbitrary, fc.nat(), (call, seed) => {
      const all = paths(call.arguments);
      const path = all[seed % Math.max(1, all.length)];
      if (path === undefined) return;
      const changed = withValueAt(call.arguments, path, 'new');
      expect(valueAtPath(changed, path)).toBe('new');
      expect(stringifyJson(withValueAt(changed, path, valueAtPath(call.arguments, path) ?? null))).toBe(stringifyJson(call.arguments));
      const gone = withoutValueAt(call.arguments, path);
      if (typeof path.at(-1) === 'string') expect(valueAtPath(gone, path)).toBeUndefined();
    }), { numRuns: 300 });
  });

  it('renames a key in its place, and never over another one', () => {
    expect(Object.keys(withKeyRenamed({ a: 1, b: 2 }, [], 'a', 'z') ?? {})).toEqual(['z', 'b']);
    expect(withKeyRenamed({ a: 1, b: 2 }, [], 'a', 'b')).toEqual({ a: 1, b: 2 });
  });

  it('adds, removes and moves calls', () => {
    expect(withCallAdded(label, 'own', 1, { name: 'h', arguments: {} }).calls.map(({ name }) => name)).toEqual(['f', 'h', 'g']);
    expect(withoutCall(label, 'own', 0).calls.map(({ name }) => name)).toEqual(['g']);
    expect(withCallMoved(label, 'own', 0, 1).calls.map(({ name }) => name)).toEqual(['g', 'f']);
    expect(withCallMoved(label, 'own', 0, 2)).toEqual(label);
    const alternative: CallsLabel = { ...label, alternatives: [[{ name: 'x', arguments: {} }]] };
    expect(withCall(alternative, 0, 0, { name: 'y', arguments: {} })).toMatchObject({ calls: label.calls, alternatives: [[{ name: 'y' }]] });
  });

  it('keeps possible answers beside the calls', () => {
    const possible: CallsLabel = { kind: 'calls', calls: [{ name: 'f', arguments: { a: 1 } }], possible: [{ name: 'f', arguments: { a: [1, 2], b: [3, ''] } }] };
    expect(withCall(possible, 'own', 0, { name: 'f', arguments: { a: 5 } }).possible).toMatchObject([{ arguments: { a: [5], b: [3, ''] } }]);
    expect(withCall(possible, 'own', 0, { name: 'f', arguments: { a: 1, n: { k: 1 } } }).possible).toMatchObject([{ arguments: { a: [1, 2], b: [3, ''], n: [{ k: [1] }] } }]);
    expect(withAccepted(possible, 0, 'a', [7, 8])).toMatchObject({ calls: [{ arguments: { a: 7 } }], possible: [{ arguments: { a: [7, 8] } }] });
    expect(withCallAdded(possible, 'own', 1, { name: 'g', arguments: { x: 1 } }).possible?.[1]).toMatchObject({ name: 'g', arguments: { x: [1] } });
  });

  it('begins calls and values that fit the schema', () => {
    expect(startCall(tool)).toMatchObject({ name: 'get_weather', arguments: { city: '', place: { lat: 0 } } });
    expect(checkCalls([startCall(tool)], [tool])).toEqual([]);
    const facts = toolArguments(tool);
    expect(startValue(facts.get('days'))).toBe(7);
    expect(startValue(facts.get('units'))).toBe('metric');
    expect(startValue(facts.get('loud'))).toBe(false);
  });

  it('takes over as much of a value as another type can hold', () => {
    expect(asType('5.0', 'number')).toEqual(new JsonNumber('5.0'));
    expect(asType('x', 'number')).toBe(0);
    expect(asType(5, 'string')).toBe('5');
    expect(asType('true', 'boolean')).toBe(true);
    expect(asType('[1]', 'array')).toEqual([1]);
    expect(asType(1, 'array')).toEqual([1]);
    expect(asType('{"a":1}', 'object')).toEqual({ a: 1 });
  });

  it.each(['5', '5.0', '-0', '1e3', '12345678901234567890'])('keeps the number %s as it is written', (text) => {
    const read = readField(text, 'number');
    expect(read.ok && fieldText(read.value, 'number')).toBe(text === '-0' ? '-0' : text);
  });

  it.each(['', '5,0', '0x1', '05', 'NaN', '1.'])('takes %s for no number', (text) => {
    expect(readField(text, 'number').ok).toBe(false);
  });
});

describe('suggestAt', () => {
  const at = (text: string): { readonly labels: readonly string[]; readonly result: string } => {
    const offset = text.indexOf('|');
    const whole = text.replace('|', '');
    const found = suggestAt(whole, offset, [tool]);
    const first = found?.items[0];
    return { labels: found?.items.map(({ label: own }) => own) ?? [], result: found === undefined || first === undefined ? whole : whole.slice(0, found.from) + first.insert + whole.slice(found.to) };
  };

  it.each<[string, readonly string[]]>([
    ['{|', ['kind', 'calls', 'alternatives', 'text', 'textKind']],
    ['{"kind": |', ['calls', 'text', 'noCall', 'anyCall']],
    ['{"kind": "calls", "calls": [{"na|', ['name']],
    ['{"kind": "calls", "calls": [{"name": "|', ['get_weather']],
    ['{"kind": "calls", "calls": [{"name": "get_weather", "arguments": {|', ['city', 'place', 'days', 'units', 'loud']],
    ['{"calls": [{"name": "get_weather", "arguments": {"city": "a", |', ['place', 'days', 'units', 'loud']],
    ['{"calls": [{"name": "get_weather", "arguments": {"place": {"l|', ['lat', 'lon']],
    ['{"calls": [{"name": "get_weather", "arguments": {"units": |', ['metric', 'imperial']],
    ['{"calls": [{"name": "get_weather", "arguments": {"units": "im|"}}]}', ['imperial']],
    ['{"calls": [{"name": "get_weather", "arguments": {"days": |', ['7']],
    ['{"calls": [{"name": "get_weather", "arguments": {"loud": t|', ['true']],
    ['{"calls": [], "alternatives": [[{"name": "get_weather", "arguments": {"c|', ['city', 'place']],
    ['{"calls": [{"name": "other", "arguments": {|', []],
    ['{"calls": [{"name": "get_weather"|', []],
    ['"text|', []],
  ])('at %s', (text, expected) => {
    expect(at(text).labels.slice(0, 5)).toEqual(expected);
  });

  it('replaces what is there, quotes and all', () => {
    expect(at('{"calls": [{"name": "get_weather", "arguments": {"units": "im|p"}}]}').result).toBe('{"calls": [{"name": "get_weather", "arguments": {"units": "imperial"}}]}');
    expect(at('{"calls": [{"name": "get_weather", "arguments": {"ci|": 1}}]}').result).toBe('{"calls": [{"name": "get_weather", "arguments": {"city": 1}}]}');
    expect(at('{"calls": [{"name": "get_weather", "arguments": {ci|').result).toBe('{"calls": [{"name": "get_weather", "arguments": {"city": ');
  });

  it('never fails, wherever the caret stands in whatever text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), callArbitrary.map((call) => labelDocumentText({ kind: 'calls', calls: [call] }))), fc.nat(), (text, seed) => {
      suggestAt(text, seed % (text.length + 1), [tool]);
    }));
  });
});
