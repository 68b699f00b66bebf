import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { nodeValue } from '../../../src/core/json/tree.ts';
import { JsonNumber, type JsonValue } from '../../../src/core/json/value.ts';
import { pythonParseParity } from '../../../src/core/toolcall/bfclCalls.ts';
import { parsePythonCalls } from '../../../src/core/toolcall/pythonCalls.ts';
import { parsePythonLiteral } from '../../../src/core/toolcall/python/pythonLiteral.ts';
import { readPythonCalls } from '../../../src/core/toolcall/python/pythonCallText.ts';
import { stringRepr } from '../../../src/core/toolcall/python/pythonRepr.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Calls as pairs of name and arguments; undefined where the text is none. */
function calls(text: string, mode: 'bfcl' | 'lenient'): unknown {
  const parsed = parsePythonCalls(text, { mode });
  return parsed.ok ? plain(parsed.calls.map((call) => [call.name, call.arguments])) : undefined;
}

type Row = [what: string, text: string, calls: [string, Record<string, unknown>][] | undefined];

const lenient: Row[] = [
  ['names with blanks, dots, hyphens and slashes', '[Market Trends API(a=1), x.y-z/w(b=2), 天気(c=3)]', [['Market Trends API', { a: 1 }], ['x.y-z/w', { b: 2 }], ['天気', { c: 3 }]]],
  ['names of arguments that Python refuses', '[f(class=1, max-n=2, $x=3, from=4)]', [['f', { class: 1, 'max-n': 2, $x: 3, from: 4 }]]],
  ['nested values and constants of both languages', "[f(a={'b': [1, (2, 3), {}], \"c\": None}, d=true, e=False, g=null)]", [['f', { a: { b: [1, [2, 3], {}], c: null }, d: true, e: false, g: null }]]],
  ['JSON in a string', '[f(a=\'{"x": [1, "b, c)"], "y": "]"}\', b="t")]', [['f', { a: '{"x": [1, "b, c)"], "y": "]"}', b: 't' }]]],
  ['escapes, prefixes, triple quotes, joined strings', `[f(a='it\\'s\\n', b=r"\\d", c='''x"y''', d="u" 'v', e=f'{x}')]`, [['f', { a: "it's\n", b: '\\d', c: 'x"y', d: 'uv', e: '{x}' }]]],
  ['numbers', '[f(a=-5, b=-2.5, c=1e3, d=0x10, e=.5, g=+7)]', [['f', { a: -5, b: -2.5, c: 1000, d: 16, e: 0.5, g: 7 }]]],
  ['trailing commas and line breaks', '[\n  f(a=1,),\n  g(),\n]', [['f', { a: 1 }], ['g', {}]]],
  ['one call without brackets', 'f(a=1)', [['f', { a: 1 }]]],
  ['several calls without brackets', 'f(a=1), g(b=2)', [['f', { a: 1 }], ['g', { b: 2 }]]],
  ['a dict unpacked', "[f(**{'a': 1})]", [['f', { a: 1 }]]],
  ['bare words and expressions as their text', '[f(a=user_id, b=2024-01-05, c=g(x=1, y=[2]), d=[a, b])]', [['f', { a: 'user_id', b: '2024-01-05', c: 'g(x=1, y=[2])', d: ['a', 'b'] }]]],
  ['an argument without a name', '[f(1, a=2)]', undefined],
  ['a string that is closed too early', '[f(a="say "x" now")]', undefined],
  ['a missing bracket', '[f(a=1)', undefined],
  ['words behind the calls', '[f(a=1)] and so on', undefined],
  ['no call at all', '[f, g]', undefined],
];

const bfcl: Row[] = [
  ['a list', "[f(a=1), b.c(d='x')]", [['f', { a: 1 }], ['b.c', { d: 'x' }]]],
  ['no brackets, a fence, blanks', '```\nf(a=1), g()\n```', [['f', { a: 1 }], ['g', {}]]],
  ['arguments without names dropped', "[f('x', *y, a=1)]", [['f', { a: 1 }]]],
  ['names as their text', '[f(a=true, b=user)]', [['f', { a: 'true', b: 'user' }]]],
  ['sums calculated', "[f(a=2*3, b=1/4, c='x'+'y', d=[0]*2, e=7//-2, g=-7%3, h=2**-1)]", [['f', { a: 6, b: 0.25, c: 'xy', d: [0, 0], e: -4, g: 2, h: 0.5 }]]],
  ['every unary operator negates', '[f(a=-5, b=+5, c=~5, d=not True)]', [['f', { a: -5, b: -5, c: -5, d: -1 }]]],
  ['calls with and without keywords', '[f(a=g(x=1), b=h(1,[2]), c=k())]', [['f', { a: { g: { x: 1 } }, b: 'h(1, [2])', c: 'k()' }]]],
  ['subscripts as their text', "[f(a=x[0], b=y['k'][1:2], c=z[1,2])]", [['f', { a: 'x[0]', b: "y['k'][1:2]", c: 'z[(1, 2)]' }]]],
  ['expressions written anew', '[f(a=g((lambda x,*y: x if not(x) else -1)(2), [i for i in (j) if i]))]', [['f', { a: 'g((lambda x, *y: x if not x else -1)(2), [i for i in j if i])' }]]],
  ['parentheses only where they count', '[f(a=g((a+b)*c, (a*b)+c, 2**(-1), (a<b)<c, (a or b) and c))]', [['f', { a: 'g((a + b) * c, a * b + c, 2 ** (-1), (a < b) < c, (a or b) and c)' }]]],
  ['ellipsis, bytes, unpacking, keys', "[f(a=..., b=b'x', **{1: 2, None: 3})]", [['f', { a: '...', b: "b'x'", None: { 1: 2, None: 3 } }]]],
  ['an argument twice', '[f(a=1, a=2)]', [['f', { a: 2 }]]],
  ['a comment', '[f(a=1)] # yes', [['f', { a: 1 }]]],
  ['nothing', ' ', []],
  ['an attribute', '[f(a=x.y)]', undefined],
  ['a set, an f-string, a lambda, a condition', '[f(a={1})]', undefined],
  ['an f-string', "[f(a=f'x')]", undefined],
  ['a keyword as a name', '[f(class=1)]', undefined],
  ['an argument without a name behind one with', '[f(a=1, 2)]', undefined],
  ['leading zeros', '[f(a=2024-01-05)]', undefined],
  ['names in a sum', '[f(a=b+1)]', undefined],
  ['division by zero', '[f(a=1/0)]', undefined],
  ['a line break in a string', "[f(a='x\ny')]", undefined],
  ['a number that never ends', '[f(a=10**9999999)]', undefined],
  ['too many brackets', `[f(a=${'['.repeat(200)}${']'.repeat(200)})]`, undefined],
  ['a chain without end', `[f(a=1${'+1'.repeat(50_000)})]`, undefined],
  ['a list of something else', '["f(a=1)"]', undefined],
];

describe('Python calls', () => {
  test.each(lenient)('lenient: %s', (_what, text, expected) => {
    expect(calls(text, 'lenient')).toEqual(expected);
  });

  test.each(bfcl)('as BFCL: %s', (_what, text, expected) => {
    expect(calls(text, 'bfcl')).toEqual(expected);
  });

  test('tells integers and fractions apart, and keeps all digits', () => {
    const row = (value: JsonValue) => ({ text: '[f(a=5.0, b=12345678901234567890)]', parsed_ok: true, calls: [{ f: { a: value, b: new JsonNumber('12345678901234567890') } }] });
    expect(pythonParseParity(row(new JsonNumber('5.0')))).toBe(true);
    expect(pythonParseParity(row(5))).toBe(false);
    expect(pythonParseParity({ ...row(5), parsed_ok: false })).toBe(false);
  });

  test('say where name, keys and values stand', () => {
    const text = "Now: [my tool(first arg = 'x', n=-1.50)]";
    const read = readPythonCalls(text, 5);
    const node = read.ok ? read.calls[0]?.node : undefined;
    const at = (span: { start: number; end: number } | undefined): string => (span === undefined ? '' : text.slice(span.start, span.end));
    expect(at(node)).toBe("my tool(first arg = 'x', n=-1.50)");
    const args = node?.members[1]?.value;
    expect(at(node?.members[0]?.value)).toBe('my tool');
    expect(at(args)).toBe("(first arg = 'x', n=-1.50)");
    expect(args?.kind === 'object' ? args.members.map((member) => [at(member.key), at(member.value)]) : []).toEqual([['first arg', "'x'"], ['n', '-1.50']]);
  });
});

/** How Python prints a JSON value. */
function repr(value: JsonValue, random: () => boolean): string {
  if (value === null) return random() ? 'None' : 'null';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return random() ? stringRepr(value) : JSON.stringify(value);
  if (typeof value === 'number' || value instanceof JsonNumber) return String(value);
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => repr(item, random));
    return random() ? `[${items.join(', ')}]` : `(${items.join(' ,\n')}${items.length === 1 ? ',' : ''})`;
  }
  return `{${Object.entries(value).map(([key, item]) => `${stringRepr(key)}: ${repr(item, random)}`).join(', ')}}`;
}

const wellFormed = fc.string({ unit: 'grapheme' });
const { value: jsonValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.boolean(), wellFormed, fc.integer(), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(wellFormed.filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 4 })),
}));

describe('Python literals', () => {
  test('are read back as they were printed, with their places', () => {
    fc.assert(fc.property(jsonValue, fc.infiniteStream(fc.boolean()), fc.constantFrom('', ' x', '}'), (value, stream, after) => {
      const text = repr(value, () => stream.next().value === true);
      const read = parsePythonLiteral(`  ${text}${after}`);
      expect(read.ok ? plain(nodeValue(read.node)) : read).toEqual(plain(value));
      if (read.ok) expect([read.node.start, read.node.end]).toEqual([2, 2 + text.length]);
    }));
  });

  test.each([
    ['5.0', '5.0'], ['-0x1F', '-31'], ['1_000', '1000'], ['.5', '0.5'], ['1.', '1.0'], ['1E5', '1E5'], ['123456789012345678901234567890', '123456789012345678901234567890'], ['00', '0'], ['007', undefined], ['1j', undefined], ['nan', undefined], ['12abc', undefined],
  ])('reads the number %s', (text, raw) => {
    const read = parsePythonLiteral(text);
    expect(read.ok && read.node.kind === 'number' ? read.node.raw : undefined).toBe(raw);
  });

  test('never throw, and end inside of the text', () => {
    const soup = fc.array(fc.constantFrom('[', ']', '{', '}', '(', ')', ',', ':', "'", '"', "'''", '\\', '\\x4', 'None', 'a', '1', '-', '.', 'e', '#', '\n', ' ', '=', '**', 'r', 'f', 'lambda', 'for', 'in', 'if', 'else', '😀'), { maxLength: 30 });
    fc.assert(fc.property(soup, (parts) => {
      const text = parts.join('');
      const read = parsePythonLiteral(text);
      expect(read.ok ? read.node.end : read.offset).toBeLessThanOrEqual(text.length);
      for (const mode of ['bfcl', 'lenient'] as const) expect(typeof parsePythonCalls(text, { mode }).ok).toBe('boolean');
    }));
  });

  test('give up on nesting without end', () => {
    for (const text of ['['.repeat(100_000), '{1:'.repeat(100_000), '('.repeat(100_000), '-'.repeat(100_000)]) {
      expect(parsePythonLiteral(text).ok).toBe(false);
      expect(parsePythonCalls(`[f(a=${text})]`, { mode: 'bfcl' }).ok).toBe(false);
      expect(parsePythonCalls(`[f(a=${text})]`, { mode: 'lenient' }).ok).toBe(text.startsWith('-'));
    }
  });
});
