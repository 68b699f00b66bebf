import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNatively } from '../../../src/core/json/fastParse.ts';
import { parseByScanner, parseJson } from '../../../src/core/json/parse.ts';
import { JsonNumber, type JsonValue } from '../../../src/core/json/value.ts';

/** A value with what `toEqual` does not look at: the order of keys, the kind of number. */
function exactly(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return { literal: value.raw };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(exactly);
  return { members: Object.entries(value as { [key: string]: JsonValue }).map(([key, member]) => [key, exactly(member)]) };
}

function result(parsed: ReturnType<typeof parseJson>): unknown {
  return parsed.ok ? { ...parsed, value: exactly(parsed.value) } : parsed;
}

const numbers = fc.constantFrom('5', '5.0', '0.5', '0.50', '1e3', '-0', '-1', '0', '9007199254740991', '9007199254740993', '123456789012345', '1234567890123456', '1E400', '-1.5e-7');
const strings = fc.constantFrom('"a"', '"b"', '"\\u0061"', '"1"', '"07"', '"__proto__"', '"constructor"', '"\\"a\\": 5.0"', '"a\\\\"', '": 1"', '":"', '", \\"a\\":1.0"', '"é"', '"\ud83d\ude00"', '"[1.0, 2"', '""');
const blanks = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t');
const { value: json } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    strings,
    numbers,
    fc.constantFrom('true', 'false', 'null'),
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), blanks, blanks).map(([items, a, b]) => `[${a}${items.join(`${b},${a}`)}${b}]`),
    fc.tuple(fc.array(fc.tuple(strings, tie('value')), { maxLength: 5 }), blanks, blanks).map(([members, a, b]) => `{${a}${members.map(([key, value]) => `${key}${b}:${a}${value}`).join(`${a},${b}`)}${b}}`),
  ),
}));

describe('parseJson', () => {
  it('gives what the scanner gives: values, order of keys, literals, warnings', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(result(parseJson(text))).toEqual(result(parseByScanner(text)));
      }),
      { numRuns: 5000 },
    );
  });

  it('gives what the scanner gives for texts that are almost JSON', () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.constantFrom('', ',', '"', '\\', '}', ':', '0', '\u0001'), (text, place, piece) => {
        const at = place % (text.length + 1);
        const broken = text.slice(0, at) + piece + text.slice(at + 1);
        expect(result(parseJson(broken))).toEqual(result(parseByScanner(broken)));
      }),
      { numRuns: 5000 },
    );
  });

  it.each(['{"a": "x: 1.0", "b": [true, {"c": "\\"d\\": 1.50"}]}', '\ufeff{"a": 1, "b": 2.5}', '{"a": 5.0, "b": [1, 2.50]}', '["a", [[]], {}]', '"a"'])('does not need the scanner for %s', (text) => {
    expect(parseNatively(text, 512)).toBeDefined();
  });

  it('keeps the literals of a text beside their right neighbours', () => {
    const parsed = parseJson('{"a": [1, 2.0, {"__proto__": 3e0, "x": "4.0"}, 5], "b": 6.10}');
    expect(result(parsed)).toEqual(result(parseByScanner('{"a": [1, 2.0, {"__proto__": 3e0, "x": "4.0"}, 5], "b": 6.10}')));
    expect(parsed.ok && JSON.stringify(exactly(parsed.value))).toContain('"literal":"6.10"');
  });

  it('counts levels as the scanner does', () => {
    for (const depth of [3, 4, 5]) {
      const text = `${'{"a":['.repeat(depth / 2)}${depth % 2 === 1 ? '[]' : ''}${']}'.repeat(depth / 2)}`;
      expect(result(parseJson(text, { maxDepth: 4 }))).toEqual(result(parseByScanner(text, { maxDepth: 4 })));
    }
  });
});
