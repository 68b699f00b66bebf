import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { RecordLocator } from '../../../src/core/dataset/locate.ts';
import type { StructureEdit } from '../../../src/core/dataset/structureEdit.ts';
import { structureEdits } from '../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { PathStep, SourcePath } from '../../../src/core/json/path.ts';
import { nodeValue } from '../../../src/core/json/tree.ts';
import { JsonNumber, type JsonValue } from '../../../src/core/json/value.ts';
import { invertEdits } from '../../../src/core/text/invertEdits.ts';
import { layout, nested, nestedObject, partsOf, plainText, plainValue, writeNested, type Nested } from '../../builders/nestedRecord.ts';

type Wish = { readonly place: number; readonly kind: 'set' | 'remove' | 'rename' | 'text' | 'add'; readonly value: Nested; readonly text: string };

const wish: fc.Arbitrary<Wish> = fc.record({ place: fc.nat(), kind: fc.constantFrom('set', 'remove', 'rename', 'text', 'add'), value: nested, text: plainText });

function isArray(value: Nested): value is readonly Nested[] {
  return Array.isArray(value);
}

function membersOf(value: Nested | undefined): readonly (readonly [string, Nested])[] | undefined {
  return typeof value === 'object' && value !== null && 'members' in value ? value.members : undefined;
}

/** A wish as an edit of one of the record's parts; undefined where the part is not made for it. */
function editFor(record: Nested, { place, kind, value, text }: Wish, index: number): StructureEdit | undefined {
  const parts = partsOf(record);
  const part = parts[place % parts.length];
  const last = part?.path.at(-1);
  if (part === undefined || part.path.length === 0 || (typeof last === 'object' && 'key' in last)) return undefined;
  const { path } = part;
  const isChild = typeof last === 'string' || typeof last === 'number';
  const newKey = `new${index}${text}`;
  if (kind === 'set') return { kind, path, value: plainValue(value) };
  if (kind === 'remove') return isChild ? { kind, path } : undefined;
  if (kind === 'rename') return typeof last === 'string' ? { kind, path, key: newKey } : undefined;
  if (kind === 'text') return typeof plainValue(part.value) === 'string' ? { kind, path, text } : undefined;
  if (membersOf(part.value) !== undefined) return { kind: 'set', path: [...path, newKey], value: plainValue(value) };
  return isArray(part.value) ? { kind: 'set', path: [...path, part.value.length], value: plainValue(value) } : undefined;
}

function toNested(value: JsonValue): Nested {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(toNested);
  if (value instanceof JsonNumber) return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return { members: Object.entries(value as { [key: string]: JsonValue }).map(([key, member]) => [key, toNested(member)]) };
}

/** Objects without text of JSON inside. */
const plainObject = nestedObject.map((value) => toNested(plainValue(value)));

/** The record with all edits made at once. */
function edited(value: Nested, path: readonly PathStep[], edits: readonly StructureEdit[]): Nested | undefined {
  const here = edits.find((edit) => JSON.stringify(edit.path) === JSON.stringify(path));
  if (here?.kind === 'set') return toNested(here.value);
  if (here?.kind === 'text') return here.text;
  if (here?.kind === 'remove') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  const child = (inner: Nested, step: PathStep): Nested | undefined => edited(inner, [...path, step], edits);
  if ('embedded' in value) return { ...value, embedded: child(value.embedded, { json: value.before.length }) ?? null };
  const added = edits.filter((edit) => edit.kind === 'set' && JSON.stringify(edit.path.slice(0, -1)) === JSON.stringify(path));
  if (isArray(value)) {
    const items = value.map((item, index) => child(item, index)).filter((item) => item !== undefined);
    return [...items, ...added.flatMap((edit) => (edit.kind === 'set' && typeof edit.path.at(-1) === 'number' && Number(edit.path.at(-1)) >= value.length ? [toNested(edit.value)] : []))];
  }
  const known = new Set(value.members.map(([key]) => key));
  const members = value.members.flatMap(([key, member]): (readonly [string, Nested])[] => {
    const after = child(member, key);
    const renaming = edits.find((edit) => edit.kind === 'rename' && JSON.stringify(edit.path) === JSON.stringify([...path, key]));
    return after === undefined ? [] : [[renaming?.kind === 'rename' ? renaming.key : key, after]];
  });
  for (const edit of added) {
    const key = edit.path.at(-1);
    if (edit.kind === 'set' && typeof key === 'string' && !known.has(key)) members.push([key, toNested(edit.value)]);
  }
  return { members };
}

/** Compares what the text holds with the model, inside of strings too. */
function expectHolds(locator: RecordLocator, path: SourcePath, model: Nested): void {
  const node = locator.locate(path)?.node;
  if (typeof model === 'object' && model !== null && 'embedded' in model) {
    const text = node?.kind === 'string' ? node.value : '';
    const inner: SourcePath = [...path, { json: model.before.length }];
    expect(text.slice(0, model.before.length) + text.slice(locator.locate(inner)?.node?.end)).toBe(model.before + model.after);
    expectHolds(locator, inner, model.embedded);
  } else if (typeof model === 'object' && model !== null && !isArray(model)) {
    expect(node?.kind === 'object' && node.members.map((member) => member.key.value)).toEqual(model.members.map(([key]) => key));
    for (const [key, member] of model.members) expectHolds(locator, [...path, key], member);
  } else if (isArray(model)) {
    expect(node?.kind === 'array' && node.items.length).toBe(model.length);
    for (const [index, item] of model.entries()) expectHolds(locator, [...path, index], item);
  } else expect(node && nodeValue(node)).toEqual(model);
}

function hasPrefix(path: SourcePath, prefix: SourcePath): boolean {
  return JSON.stringify(path.slice(0, prefix.length)) === JSON.stringify(prefix);
}

/** No edit lies within another's place, and only adding goes beside others in one container's end. */
function apart(edits: readonly StructureEdit[]): boolean {
  return edits.every((edit, i) => edits.every((other, j) => i === j || !hasPrefix(other.path, edit.path)));
}

function madeBy(text: string, edits: readonly StructureEdit[]): string | undefined {
  const made = structureEdits(text, 0, edits);
  return made && applyEdits(text, made);
}

describe('structureEdits', () => {
  it('make the changes and no others, at any depth of strings, and can be undone', () => {
    let made = 0;
    fc.assert(
      fc.property(nestedObject, layout, fc.array(wish, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '{"x": [1]}\n', '[\r\n  '), (record, style, wishes, before) => {
        const edits = wishes.flatMap((one, index) => editFor(record, one, index) ?? []);
        if (edits.length === 0 || !apart(edits)) return;
        const recordText = writeNested(record, style);
        const text = `${before}${recordText}\n{"after": "é"}`;
        const changes = structureEdits(text, before.length, edits);
        expect(changes).toBeDefined();
        const after = applyEdits(text, changes ?? []);
        expect(after.startsWith(before) && after.endsWith('\n{"after": "é"}')).toBe(true);
        const model = edited(record, [], edits);
        expectHolds(new RecordLocator(after, before.length), [], model ?? null);
        expect(applyEdits(after, invertEdits(text, changes ?? []))).toBe(text);
        made += edits.length;
      }),
      { numRuns: 1500 },
    );
    expect(made).toBeGreaterThan(300);
  });

  it('touch nothing outside of the value that is set, the key that is renamed, the container of what comes or goes', () => {
    fc.assert(
      fc.property(nestedObject, layout, wish, (record, style, one) => {
        const edit = editFor(record, one, 0);
        if (edit === undefined) return;
        const text = writeNested(record, style);
        const locator = new RecordLocator(text, 0);
        const last = edit.path.at(-1);
        const place = edit.kind === 'rename' && typeof last === 'string' ? locator.locate([...edit.path.slice(0, -1), { key: last }]) : edit.kind === 'remove' ? undefined : locator.locate(edit.path);
        const span = (place ?? locator.locate(edit.path.slice(0, -1)))?.span;
        for (const change of structureEdits(text, 0, [edit]) ?? []) {
          expect(change.start).toBeGreaterThanOrEqual(span?.start ?? Infinity);
          expect(change.end).toBeLessThanOrEqual(span?.end ?? -1);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('leave a text as its writer would have written it, in every layout', () => {
    fc.assert(
      fc.property(plainObject, layout, fc.array(wish, { minLength: 1, maxLength: 3 }), (object, style, wishes) => {
        const record: Nested = { members: [['evidence', ['é', 1, { members: [['x', 1], ['y', 2]] }]], ...(membersOf(object) ?? [])] };
        const edits = wishes.flatMap((one, index) => editFor(record, { ...one, value: toNested(plainValue(one.value)) }, index) ?? []);
        if (edits.length === 0 || !apart(edits) || edits.some((edit) => edit.path[0] === 'evidence')) return;
        expect(madeBy(writeNested(record, style), edits)).toBe(writeNested(edited(record, [], edits) ?? null, style));
      }),
      { numRuns: 1500 },
    );
  });

  it('touch nothing where nothing differs', () => {
    fc.assert(
      fc.property(nestedObject, layout, (record, style) => {
        const text = writeNested(record, style);
        expect(structureEdits(text, 0, partsOf(record).flatMap(({ path, value }): StructureEdit[] => (typeof path.at(-1) === 'object' && 'key' in (path.at(-1) as object) ? [] : [{ kind: 'set', path, value: plainValue(value) }])))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, StructureEdit, string]>([
    ['{"a": 5.0, "b": 6}', { kind: 'set', path: ['a'], value: 6 }, '{"a": 6, "b": 6}'],
    ['{"a": 5.0, "b": 6}', { kind: 'set', path: ['a'], value: new JsonNumber('6.0') }, '{"a": 6.0, "b": 6}'],
    ['{"a": [1, {"b": 5.0, "c": 1}], "d": 2.50}', { kind: 'set', path: [], value: { a: [1, { b: new JsonNumber('5.0'), c: 2 }], d: new JsonNumber('2.50') } }, '{"a": [1, {"b": 5.0, "c": 2}], "d": 2.50}'],
    ['{"a": {"x": 1, "y": 2}}', { kind: 'set', path: ['a'], value: { y: 3, z: [] } }, '{"a": {"y": 3, "z": []}}'],
    ['{"a": {"x": 1, "y": 2}}', { kind: 'set', path: ['a'], value: { y: 2, x: 1 } }, '{"a": {"y": 2, "x": 1}}'],
    ['{"a": "{}"}', { kind: 'set', path: ['a', { json: 0 }, 'x'], value: 'y' }, '{"a": "{\\"x\\": \\"y\\"}"}'],
    ['{"a":"{}"}', { kind: 'set', path: ['a', { json: 0 }, 'x'], value: 'y' }, '{"a":"{\\"x\\":\\"y\\"}"}'],
    ['{"a": 1, "a": 2, "b": 3}', { kind: 'remove', path: ['a'] }, '{"b": 3}'],
    ['{"a": "Troms\\u00f8"}', { kind: 'set', path: ['b'], value: 'ü' }, '{"a": "Troms\\u00f8", "b": "\\u00fc"}'],
    ['{"a": "{\\"x\\": \\"Troms\\\\u00f8\\", \\"y\\": \\"Oslo\\"}"}', { kind: 'set', path: ['a', { json: 0 }, 'y'], value: 'Ålesund' }, '{"a": "{\\"x\\": \\"Troms\\\\u00f8\\", \\"y\\": \\"\\\\u00c5lesund\\"}"}'],
    ['{"a": "x\\/y one z"}', { kind: 'text', path: ['a', { from: 4, to: 7 }], text: '"1"' }, '{"a": "x\\/y \\"1\\" z"}'],
    ['{"a": "é", "b": "\\ud800"}', { kind: 'set', path: ['b'], value: 'ü' }, '{"a": "é", "b": "ü"}'],
    ['{"a": "x\\/y one z"}', { kind: 'text', path: ['a'], text: 'x/y two z' }, '{"a": "x\\/y two z"}'],
  ])('of %s by %j', (text, edit, expected) => {
    expect(madeBy(text, [edit])).toBe(expected);
  });

  it('do not split a character of two code units', () => {
    const text = '{"a": "\ud83d\ude00"}';
    const [edit] = structureEdits(text, 0, [{ kind: 'text', path: ['a', { from: 1, to: 2 }], text: '\ude01' }]) ?? [];
    expect(edit).toEqual({ start: 7, end: 9, newText: '\ud83d\ude01' });
  });

  it.each<[string, readonly StructureEdit[]]>([
    ['a place that does not exist', [{ kind: 'remove', path: ['b'] }]],
    ['a member of a member that does not exist', [{ kind: 'set', path: ['b', 'c'], value: 1 }]],
    ['an item far behind the last', [{ kind: 'set', path: ['list', 5], value: 1 }]],
    ['a key that is there already', [{ kind: 'rename', path: ['a'], key: 'list' }]],
    ['a change of what another takes out', [{ kind: 'remove', path: ['o'] }, { kind: 'set', path: ['o', 'x'], value: 2 }]],
    ['two values for one place', [{ kind: 'set', path: ['a'], value: 2 }, { kind: 'set', path: ['a'], value: 3 }]],
    ['two members of one new key', [{ kind: 'set', path: ['n'], value: 2 }, { kind: 'set', path: ['n'], value: 3 }]],
    ['text of what is no string', [{ kind: 'text', path: ['a'], text: 'x' }]],
    ['a record that is not JSON', [{ kind: 'set', path: [0], value: 1 }]],
  ])('are not made of %s', (_, edits) => {
    expect(structureEdits('{"a": 1, "list": [1], "o": {"x": 1}}', 0, edits)).toBeUndefined();
  });
});

describe('structureEdits of calls', () => {
  const row = (answer: string): string => JSON.stringify({ id: 1, messages: [{ role: 'assistant', content: answer }] });
  const path = (...rest: SourcePath): SourcePath => ['messages', 0, 'content', { call: 0 }, ...rest];
  const answerOf = (text: string | undefined): unknown => {
    const parsed = parseJson(text ?? '');
    return parsed.ok ? (parsed.value as { messages: { content: string }[] }).messages[0]?.content : parsed;
  };

  it.each<[string, StructureEdit, string]>([
    ['{"name": "f", "arguments": {"x": 1}}', { kind: 'set', path: path('arguments', 'x'), value: 'a"b' }, '{"name": "f", "arguments": {"x": "a\\"b"}}'],
    ['{"name":"f","arguments":{"x":1}}', { kind: 'set', path: path('arguments', 'y'), value: { z: 1 } }, '{"name":"f","arguments":{"x":1,"y":{"z":1}}}'],
    ['{"name": "f", "arguments": "{\\"x\\": 1}"}', { kind: 'set', path: path('arguments', 'x'), value: 'q"' }, '{"name": "f", "arguments": "{\\"x\\": \\"q\\\\\\"\\"}"}'],
    ['{"name": "f", "arguments": "{\\"x\\": 1}"}', { kind: 'set', path: path('arguments'), value: { x: 2 } }, '{"name": "f", "arguments": "{\\"x\\": 2}"}'],
    ['{"name": "f", "arguments": "{\\"x\\": 1}"}', { kind: 'set', path: path('arguments'), value: null }, '{"name": "f", "arguments": null}'],
    ['{"name": "f", "arguments": "none"}', { kind: 'set', path: path('arguments'), value: { x: 2 } }, '{"name": "f", "arguments": "{\\"x\\": 2}"}'],
    ['{"function": {"name": "f", "parameters": {"x": 1}}}', { kind: 'set', path: path(), value: { name: 'g', arguments: { y: 1 } } }, '{"function": {"name": "g", "parameters": {"y": 1}}}'],
    ['{"function": {"name": "f", "parameters": {"x": 1}}}', { kind: 'remove', path: path('arguments') }, '{"function": {"name": "f"}}'],
    ['{"function": {"name": "f"}}', { kind: 'set', path: path('arguments'), value: {} }, '{"function": {"name": "f", "arguments": {}}}'],
    ['{"name": "f", "arguments": {"x": 1}}', { kind: 'rename', path: path('arguments', 'x'), key: 'é"' }, '{"name": "f", "arguments": {"é\\"": 1}}'],
  ])('%s by %j', (call, edit, expected) => {
    const text = row(`Sure.\n<tool_call>\n${call}\n</tool_call>`);
    const after = madeBy(text, [edit]);
    expect(answerOf(after)).toBe(`Sure.\n<tool_call>\n${expected}\n</tool_call>`);
  });
});

