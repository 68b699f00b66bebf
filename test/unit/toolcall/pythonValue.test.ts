import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { JsonNumber, type JsonValue } from '../../../src/core/json/value.ts';
import { pythonRepr } from '../../../src/core/toolcall/pythonModel/pythonRepr.ts';
import { inner, strip } from '../../../src/core/toolcall/pythonModel/pythonText.ts';
import { parsePythonFloat, parsePythonInt, pythonEquals, pythonType } from '../../../src/core/toolcall/pythonModel/pythonValue.ts';

const number = (raw: string): JsonNumber => new JsonNumber(raw);

test.each<[JsonValue, string]>([
  [5, 'int'], [-0, 'int'], [5.5, 'float'], [1e20, 'int'], [1e21, 'float'], [NaN, 'float'], [Infinity, 'float'], [number('5.0'), 'float'], [number('1e3'), 'float'],
  [number('9007199254740993'), 'int'], [true, 'bool'], [null, 'NoneType'], ['', 'str'], [[], 'list'], [{}, 'dict'],
])('the type of %j is %s', (value, type) => {
  expect(pythonType(value)).toBe(type);
});

test.each<[JsonValue, JsonValue, boolean]>([
  [1, true, true],
  [number('0.0'), false, true],
  [1, number('1.0'), true],
  ['1', 1, false],
  [null, false, false],
  [NaN, NaN, false],
  [number('9007199254740993'), number('9007199254740992.0'), false],
  [number('9007199254740993'), 9007199254740992, false],
  [1e22, number('10000000000000000000000'), true],
  [[1, true], [true, 1], true],
  [[], {}, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1 }, [], false],
])('%j == %j is %s, either way round', (a, b, equal) => {
  expect(pythonEquals(a, b)).toBe(equal);
  expect(pythonEquals(b, a)).toBe(equal);
});

describe('numbers from text', () => {
  test.each([['5', 5], [' +5\n', 5], ['-0', 0], ['1_000', 1000], ['٥٦', 56], ['５', 5], ['𝟓', 5]])('int(%j) is %s', (text, value) => {
    expect(Number(parsePythonInt(text))).toBe(value);
  });

  test.each(['', '5.0', '1__0', '_1', '1_', '0x10', '1e3', '+', '²', '1'.repeat(4302)])('int(%j) fails', (text) => {
    expect(parsePythonInt(text)).toBeUndefined();
  });

  test.each([['5', 5], ['.5', 0.5], ['5.', 5], [' 1_0.5e-1 ', 1.05], ['-Infinity', -Infinity], ['nan', NaN], ['1e400', Infinity]])('float(%j) is %s', (text, value) => {
    const read = parsePythonFloat(text);
    expect(Number(read)).toBe(value);
    expect(pythonType(read ?? null)).toBe('float');
  });

  test.each(['', '.', 'e5', '1e', '0x1p3', '1f', 'infinit'])('float(%j) fails', (text) => {
    expect(parsePythonFloat(text)).toBeUndefined();
  });

  test('what JavaScript writes, Python reads', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => {
      expect(Number(parsePythonFloat(String(value)))).toBe(value === 0 ? 0 : value);
    }));
  });
});

test.each<[JsonValue, string]>([
  [null, 'None'], [true, 'True'], ['a', "'a'"], ["it's", `"it's"`], [`'"`, `'\\'"'`], ['a\n\u0001\\', "'a\\n\\x01\\\\'"], [5, '5'], [number('5.0'), '5.0'], [1e21, '1e+21'], [1e-7, '1e-07'],
  [number('1e16'), '1e+16'], [0.0001, '0.0001'], [number('-0.0'), '-0.0'], [number('123456789012345678901'), '123456789012345678901'], [[1, 'x', { a: null }], "[1, 'x', {'a': None}]"],
])('repr of %j is %s', (value, text) => {
  expect(pythonRepr(value)).toBe(text);
});

test('texts are stripped of what Python holds for blank, and cut by code points', () => {
  expect(strip('\u001c\u0085\u3000a\ufeff ')).toBe('a\ufeff');
  expect(inner('"a"')).toBe('a');
  expect(inner('𝔘a𝔘')).toBe('a');
  expect([inner(''), inner('"'), inner('𝔘'), inner('""')]).toEqual(['', '', '', '']);
});
