import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/core/json/parse.ts';
import { canonicalJson, stringifyJson, stringifySpaced } from '../../../src/core/json/stringify.ts';
import { JsonNumber, type JsonValue } from '../../../src/core/json/value.ts';

function valueOf(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`${parsed.message} at ${parsed.offset}`);
  return parsed.value;
}

describe('parseJson', () => {
  it('agrees with JSON.parse on every JSON value, however it is laid out', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (compact, indent) => {
        const text = JSON.stringify(JSON.parse(compact), null, indent);
        expect(JSON.parse(stringifyJson(valueOf(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts and refuses the same texts as JSON.parse', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"\\u00e9"', '"\\x"', '1', '-', '01', '1.', '.5', '1e5', 'true', 'tru', 'null', ' ', '\n', '"', '\\', '\u0007', '\u00a0');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        let expected = true;
        try {
          JSON.parse(text);
        } catch {
          expected = false;
        }
        const parsed = parseJson(text);
        expect(parsed.ok, text).toBe(expected);
        if (!parsed.ok) expect(parsed.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['5.0', '1e3', '9007199254740993', '-0', '1E400', '0.10', '123456789012345678901234567890'])('keeps the literal %s through reading and writing', (raw) => {
    expect(valueOf(raw)).toBeInstanceOf(JsonNumber);
    expect(stringifyJson(valueOf(`{"n":[${raw}]}`))).toBe(`{"n":[${raw}]}`);
  });

  it('gives plain numbers where nothing is lost', () => {
    expect(valueOf('[5,-1,0.5,9007199254740991]')).toEqual([5, -1, 0.5, 9007199254740991]);
  });

  it('lets the last of doubled keys win and says so', () => {
    const parsed = parseJson('{"a":1,"b":2,"a":3}');
    expect(parsed).toMatchObject({ ok: true, warnings: ['the key "a" stands twice; the last one counts'] });
    expect(stringifyJson(valueOf('{"a":1,"b":2,"a":3}'))).toBe('{"a":3,"b":2}');
  });

  it('treats __proto__, constructor and toString as ordinary keys', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":1,"toString":null}';
    expect(stringifyJson(valueOf(text))).toBe(text);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['NaN', 'NaN is not JSON', 0],
    ['{"a": -Infinity}', '-Infinity is not JSON', 6],
    ['{"a": None}', 'None is not JSON', 6],
    ['{"a" 1}', `expected ':', found "1"`, 5],
    ['[1,]', `expected a value, found "]"`, 3],
    ["{'a': 1}", `expected a key in double quotes, found "'"`, 1],
    ['{"a": 1', `the text ends where ',' or '}' is expected`, 7],
    ['"abc', 'a string has no closing quote', 0],
    ['"a\nb"', 'a string holds an unescaped control character', 2],
    ['"\\x"', 'an escape sequence is not valid', 1],
    ['1 2', 'expected the end of the text, found "2"', 2],
    ['', 'the text ends where a value is expected', 0],
  ])('says what is wrong with %s and where', (text, message, offset) => {
    expect(parseJson(text)).toEqual({ ok: false, message, offset });
  });

  it('reads lone surrogates and writes them as escapes', () => {
    expect(stringifyJson(valueOf('"\\ud800x\\udc00"'))).toBe('"\\ud800x\\udc00"');
    expect(stringifyJson(valueOf('"\ud83d\ude00"'))).toBe('"\ud83d\ude00"');
  });

  it('refuses 100,000 levels of nesting without overflowing the stack', () => {
    for (const open of ['[', '{"a":']) {
      expect(parseJson(open.repeat(100_000))).toMatchObject({ ok: false, message: 'nested deeper than 512 levels' });
      expect(parseJson(open.repeat(100_000), { maxDepth: 1e9 })).toMatchObject({ ok: false, message: 'nested deeper than 2000 levels' });
    }
    expect(parseJson('['.repeat(512) + ']'.repeat(512)).ok).toBe(true);
  });

  it('skips a byte order mark', () => {
    expect(valueOf('\ufeff[1]')).toEqual([1]);
  });
});

describe('stringifyJson', () => {
  it('lays out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 2), (text, indent) => {
        const plain: unknown = JSON.parse(text);
        // What JSON.parse gives is JSON; -0 is the one number whose literal JSON.stringify changes.
        expect(stringifyJson(plain as JsonValue, indent)).toBe(JSON.stringify(plain, null, indent));
      }),
    );
  });

  it('writes with blanks as json.dumps does', () => {
    expect(stringifySpaced({ a: [1, { b: 'x, y: z' }], c: {}, d: [] })).toBe('{"a": [1, {"b": "x, y: z"}], "c": {}, "d": []}');
  });

  it('leaves out members that are undefined and refuses numbers that are not finite', () => {
    const optional = { a: 1, b: undefined } as unknown as JsonValue;
    expect(stringifyJson(optional)).toBe('{"a":1}');
    expect(() => stringifyJson(NaN)).toThrow('only finite numbers');
  });
});

describe('canonicalJson', () => {
  it('sorts keys by code unit at every level', () => {
    expect(canonicalJson(valueOf('{"b":1,"a":{"é":1,"z":2,"Z":3}}'))).toBe('{"a":{"Z":3,"z":2,"é":1},"b":1}');
  });

  it.each([
    ['5', '5'],
    ['-0', '0'],
    ['9007199254740993', '9007199254740993'],
    ['5.0', '5e0'],
    ['5e0', '5e0'],
    ['0.50', '5e-1'],
    ['-12.340', '-1234e-2'],
    ['1000.0', '1e3'],
    ['1E3', '1e3'],
    ['0.0', '0e0'],
    ['-0.0', '0e0'],
    ['1e-400', '1e-400'],
    ['1e99999999999999999999', '1e99999999999999999999'],
  ])('writes %s as %s', (raw, canonical) => {
    expect(canonicalJson(valueOf(raw))).toBe(canonical);
  });
});
