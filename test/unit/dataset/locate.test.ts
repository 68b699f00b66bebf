import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate, RecordLocator } from '../../../src/core/dataset/locate.ts';
import { pathAt, pathIn } from '../../../src/core/dataset/pathAt.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import { LineIndex } from '../../../src/core/jsonl/lineIndex.ts';
import { decodedSource, layout, nestedObject, partsOf, plainValue, writeNested } from '../../builders/nestedRecord.ts';

function valueOf(text: string): unknown {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`${parsed.message}: ${text}`);
  return parsed.value;
}

function source(text: string, path: SourcePath): string | undefined {
  const span = locate(text, 0, path)?.span;
  return span && text.slice(span.start, span.end);
}

const call = { name: 'f', arguments: { city: 'Oslo "x"', list: [1, 2] } };
const rowWith = (answer: string): string => JSON.stringify({ messages: [{ role: 'assistant', content: answer }] });

describe('a place', () => {
  it('is where each part of a record stands, through JSON in strings in JSON in strings', () => {
    fc.assert(
      fc.property(nestedObject, layout, fc.constantFrom('', '[1,\n', '\ufeff'), (record, style, before) => {
        const text = `${before}${writeNested(record, style)}\n`;
        const locator = new RecordLocator(text, before.length);
        for (const part of partsOf(record)) {
          const span = locator.locate(part.path)?.span;
          expect(valueOf(decodedSource(text.slice(span?.start, span?.end), part.strings)), JSON.stringify(part.path)).toEqual(plainValue(part.value));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is led back to from its first character', () => {
    fc.assert(
      fc.property(nestedObject, layout, (record, style) => {
        const text = writeNested(record, style);
        const locator = new RecordLocator(text, 0);
        for (const { path } of partsOf(record)) {
          const span = locator.locate(path)?.span;
          expect(pathIn(locator, span?.start ?? -1)).toEqual(path);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('of a range of a string decodes to the range', () => {
    fc.assert(
      fc.property(nestedObject, layout, fc.nat(20), fc.nat(20), (record, style, a, b) => {
        const text = writeNested(record, style);
        const locator = new RecordLocator(text, 0);
        for (const part of partsOf(record)) {
          const value = plainValue(part.value);
          if (typeof value !== 'string' || typeof part.path.at(-1) === 'object') continue;
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const span = locator.locate([...part.path, { from, to }])?.span;
          if (to > value.length) expect(span).toBeUndefined();
          else expect(decodedSource(text.slice(span?.start, span?.end), part.strings + 1)).toBe(value.slice(from, to));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('in a text with characters outside of the basic plane has UTF-16 columns', () => {
    const text = '{"a": 1}\n{"\ud83d\ude00": "\ud83d\ude00\\ud83d\\ude00 {\\"x\\": 5}"}\n';
    const span = locate(text, 9, ['\ud83d\ude00', { json: 5 }, 'x'])?.span;
    expect(new LineIndex(text).positionAt(span?.start ?? 0)).toEqual({ line: 1, column: 31 });
    expect(text.slice(span?.start, span?.end)).toBe('5');
  });

  it('of a part of a call leads through the tags of an answer', () => {
    const text = rowWith(`so\n<tool_call>\n${JSON.stringify(call)}\n</tool_call>`);
    const path: SourcePath = ['messages', 0, 'content', { call: 0 }];
    expect(source(text, [...path, 'name'])).toBe('\\"f\\"');
    expect(source(text, [...path, 'arguments', 'list', 1])).toBe('2');
    expect(pathAt(text, 0, text.indexOf('2]'))).toEqual([...path, 'arguments', 'list', 1]);
    expect(pathAt(text, 0, text.indexOf('list'))).toEqual([...path, 'arguments', { key: 'list' }]);
    expect(pathAt(text, 0, text.indexOf('so'))).toEqual(['messages', 0, 'content']);
  });

  it.each([
    { function: { name: 'f', arguments: JSON.stringify(call.arguments) } },
    { name: 'f', parameters: call.arguments },
    { name: 'f', arguments: ` ${JSON.stringify(call.arguments)}\n` },
  ])('of the arguments of %j is the object, also where it is text', (written) => {
    const text = rowWith(`<tool_call>${JSON.stringify(written)}</tool_call>`);
    const path: SourcePath = ['messages', 0, 'content', { call: 0 }, 'arguments'];
    const place = locate(text, 0, path);
    expect(place?.node?.kind).toBe('object');
    expect(source(text, [...path, 'list', 0])).toBe('1');
    expect(pathAt(text, 0, text.lastIndexOf('Oslo'))).toEqual([...path, 'city']);
    expect(pathAt(text, 0, place?.span.start ?? 0)).toEqual(path);
  });

  it('of arguments that are other text is the text', () => {
    const text = rowWith('<tool_call>{"name": "f", "arguments": "none"}</tool_call>');
    expect(source(text, ['messages', 0, 'content', { call: 0 }, 'arguments'])).toBe('\\"none\\"');
    expect(locate(text, 0, ['messages', 0, 'content', { call: 0 }, 'arguments', 'x'])).toBeUndefined();
  });

  it('in a file of lines is found by the line first', () => {
    const text = '\ufeff{"role": "user"}\r\n\r\n{"role": "API", "input": {"a": 1}}\r\n';
    const starts = [0, 21];
    expect(text.slice(...Object.values(locate(text, starts, [1, 'input', 'a'])?.span ?? {}))).toBe('1');
    expect(pathAt(text, starts, text.indexOf('1'))).toEqual([1, 'input', 'a']);
    expect(pathAt(text, starts, 3)).toEqual([0, { key: 'role' }]);
    expect(locate(text, starts, [])?.span).toEqual({ start: 1, end: text.length });
    expect(locate(text, starts, [2])).toBeUndefined();
  });

  it('that does not exist is not found, and its deepest part is', () => {
    const text = '{"a": {"b": "{\\"c\\": [1]}"}}';
    const locator = new RecordLocator(text, 0);
    for (const path of [['x'], ['a', 'b', 'c'], ['a', 'b', { json: 2 }], ['a', 0], ['a', 'b', { json: 0 }, 'c', 1], ['a', 'b', { call: 0 }], ['a', { key: 'c' }], ['a', { key: 'b' }, 'x'], ['constructor']] satisfies SourcePath[]) expect(locator.locate(path)).toBeUndefined();
    expect(locator.deepest(['a', 'b', { json: 0 }, 'c', 7])?.span).toEqual(locator.locate(['a', 'b', { json: 0 }, 'c'])?.span);
    expect(locator.deepest(['x', 'y'])?.span).toEqual({ start: 0, end: text.length });
    expect(new RecordLocator('{"a": ', 0).deepest([])).toBeUndefined();
  });
});

describe('pathAt', () => {
  it('leads from every offset to a place that holds it', () => {
    fc.assert(
      fc.property(nestedObject, layout, (record, style) => {
        const text = writeNested(record, style);
        const locator = new RecordLocator(text, 0);
        for (let offset = 0; offset < text.length; offset++) {
          const span = locator.locate(pathIn(locator, offset))?.span;
          expect(span?.start).toBeLessThanOrEqual(offset);
          expect(span?.end).toBeGreaterThan(offset);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives up on texts that open more than they close, in time that grows with their length only', () => {
    const text = JSON.stringify({ a: '{"'.repeat(50_000) });
    expect(pathAt(text, 0, text.length - 10)).toEqual(['a']);
  });

  it('leads to the object where a key that does not count stands', () => {
    expect(pathAt('{"a": {"x": 1, "x": 2}}', 0, 12)).toEqual(['a']);
    expect(pathAt('{"a": {"x": 1, "x": 2}}', 0, 20)).toEqual(['a', 'x']);
  });
});
