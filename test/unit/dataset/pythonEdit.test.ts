import { describe, expect, it, vi } from 'vitest';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { locate } from '../../../src/core/dataset/locate.ts';
import { pathAt } from '../../../src/core/dataset/pathAt.ts';
import type { StructureEdit } from '../../../src/core/dataset/structureEdit.ts';
import { structureEdits } from '../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import type { JsonNode, MemberNode, StringNode } from '../../../src/core/json/tree.ts';

type Call = { readonly node: JsonNode; readonly name: JsonNode; readonly arguments: JsonNode; readonly syntax: 'python' | 'xml' };

/**
 * The extraction's part is played by a reader of one call `f(a='x', b=[True, None], c={'k': 'v'}, d=bare)` with flat values,
 * or of `<function=f><parameter=a>text</parameter></function>`.
 */
vi.mock('../../../src/core/dataset/callsInText.ts', () => ({ callsInText: (text: string) => readTags(text) ?? readCall(text) }));

function readTags(text: string): readonly Call[] | undefined {
  const head = /<function=(\w+)>/.exec(text);
  if (head === null) return undefined;
  const start = head.index + head[0].length;
  const members = [...text.matchAll(/<parameter=(\w+)>\n?([^]*?)\n?<\/parameter>/g)].map((match): MemberNode => ({ key: stringNode(match.index + '<parameter='.length, match[1] ?? ''), value: stringNode(text.indexOf(match[2] ?? '', match.index + match[0].indexOf('>')), match[2] ?? '') }));
  const args: JsonNode = { kind: 'object', start, end: text.indexOf('</function>'), members };
  return [callOf(head.index, text.length, stringNode(head.index + '<function='.length, head[1] ?? ''), args, 'xml')];
}

function callOf(start: number, end: number, name: StringNode, args: JsonNode, syntax: Call['syntax']): Call {
  const part = (key: string, value: JsonNode): MemberNode => ({ key: { kind: 'string', start: value.start, end: value.start, value: key }, value });
  return { node: { kind: 'object', start, end, members: [part('name', name), part('arguments', args)] }, name, arguments: args, syntax };
}

function readCall(text: string): readonly Call[] {
  const head = /([\w.]+)\(/.exec(text);
  if (head === null) return [];
  const open = head.index + head[0].length - 1;
  const end = text.lastIndexOf(')') + 1;
  const members: MemberNode[] = [];
  const argument = /(\w+)=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|\([^)]*\)|[\w.]+)/g;
  argument.lastIndex = open;
  for (let match = argument.exec(text); match !== null && match.index < end; match = argument.exec(text)) {
    const [, key = '', literal = ''] = match;
    const start = match.index + key.length + 1;
    members.push({ key: stringNode(match.index, key), value: readLiteral(literal, start) });
  }
  const args: JsonNode = { kind: 'object', start: open, end, members };
  const name = stringNode(head.index, head[1] ?? '');
  return [callOf(head.index, end, name, args, 'python')];
}

function stringNode(start: number, value: string): StringNode {
  return { kind: 'string', start, end: start + value.length, value };
}

function readLiteral(literal: string, start: number): JsonNode {
  const end = start + literal.length;
  const first = literal.charAt(0);
  if (first === "'" || first === '"') return { kind: 'string', start, end, value: unquoted(literal) };
  if (first === '[' || first === '(') return { kind: 'array', start, end, items: [...literal.matchAll(/[^\s,[\]()]+/g)].map((match) => readLiteral(match[0], start + match.index)) };
  if (first === '{') {
    return { kind: 'object', start, end, members: [...literal.matchAll(/('[^']*'): ([^,}]+)/g)].map((match) => ({ key: { kind: 'string', start: start + match.index, end: start + match.index + (match[1] ?? '').length, value: unquoted(match[1] ?? '') }, value: readLiteral(match[2] ?? '', start + match.index + (match[1] ?? '').length + 2) })) };
  }
  if (literal === 'True' || literal === 'False') return { kind: 'boolean', start, end, value: literal === 'True' };
  if (literal === 'None') return { kind: 'null', start, end };
  return /^\d/.test(literal) ? { kind: 'number', start, end, raw: literal } : { kind: 'string', start, end, value: literal };
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replaceAll(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)/g, (_, escape: string) => (escape.length > 1 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : escape === 'n' ? '\n' : escape));
}

const row = (answer: string): string => JSON.stringify({ value: answer });
const path = (...rest: SourcePath): SourcePath => ['value', { call: 0 }, ...rest];

function answerAfter(answer: string, ...edits: readonly StructureEdit[]): unknown {
  const text = row(answer);
  const made = structureEdits(text, 0, edits);
  const parsed = made && parseJson(applyEdits(text, made));
  return parsed?.ok === true ? (parsed.value as { value: string }).value : parsed;
}

describe('places in calls of Python syntax', () => {
  const text = row(`[f.g(a='it\\'s\\n{"x": 1}', b=[True, None], c={'k': 'v'})]`);

  it('lead to values, keys and names, and back', () => {
    const source = (...rest: SourcePath): string => {
      const span = locate(text, 0, path(...rest))?.span;
      return JSON.parse(`"${text.slice(span?.start, span?.end)}"`) as string;
    };
    expect(source('name')).toBe('f.g');
    expect(source('arguments')).toBe(`(a='it\\'s\\n{"x": 1}', b=[True, None], c={'k': 'v'})`);
    expect(source('arguments', 'b', 1)).toBe('None');
    expect(source('arguments', { key: 'c' })).toBe('c');
    expect(source('arguments', 'a', { from: 2, to: 3 })).toBe("\\'");
    expect(source('arguments', 'a', { json: 5 }, 'x')).toBe('1');
    expect(pathAt(text, 0, text.indexOf('1}'))).toEqual(path('arguments', 'a', { json: 5 }, 'x'));
    expect(pathAt(text, 0, text.indexOf('c={'))).toEqual(path('arguments', { key: 'c' }));
    expect(pathAt(text, 0, text.indexOf('f.g'))).toEqual(path('name'));
    expect(locate(text, 0, path('arguments', 'a'))?.syntax).toBe('python');
    expect(locate(text, 0, path('arguments', 'a', { json: 5 }))?.syntax).toBe('json');
  });
});

describe('structureEdits of calls of Python syntax', () => {
  it.each<[string, StructureEdit, string]>([
    [`[f(a='x', b=1)]`, { kind: 'set', path: path('arguments', 'a'), value: "it's" }, `[f(a='it\\'s', b=1)]`],
    [`[f(a="x", b=1)]`, { kind: 'set', path: path('arguments', 'b'), value: "it's" }, `[f(a="x", b="it's")]`],
    [`[f(a='x', b=1)]`, { kind: 'set', path: path('arguments', 'b'), value: { k: [true, null, 'v'] } }, `[f(a='x', b={'k': [True, None, 'v']})]`],
    [`[f(a='x', b=1)]`, { kind: 'set', path: path('arguments', 'c'), value: false }, `[f(a='x', b=1, c=False)]`],
    [`[f()]`, { kind: 'set', path: path('arguments', 'c'), value: 'x' }, `[f(c='x')]`],
    [`[f(a='x', b=1)]`, { kind: 'remove', path: path('arguments', 'a') }, `[f(b=1)]`],
    [`[f(a='x', b=1)]`, { kind: 'rename', path: path('arguments', 'a'), key: 'city name' }, `[f(city name='x', b=1)]`],
    [`[f(c={'k': 'v'})]`, { kind: 'rename', path: path('arguments', 'c', 'k'), key: 'K' }, `[f(c={'K': 'v'})]`],
    [`[f(c={'k': 'v'})]`, { kind: 'set', path: path('arguments', 'c', 'l'), value: null }, `[f(c={'k': 'v', 'l': None})]`],
    [`[f(a=bare)]`, { kind: 'set', path: path('arguments', 'a'), value: 'x' }, `[f(a='x')]`],
    [`[f(a=1)]`, { kind: 'set', path: path(), value: { name: 'g.h', arguments: { a: 2, b: 'y' } } }, `[g.h(a=2, b='y')]`],
    [`[f(a='\\xe9t\\xe9')]`, { kind: 'text', path: path('arguments', 'a'), text: 'été ü' }, `[f(a='\\xe9t\\xe9 \\xfc')]`],
    [`[f(t=(1, 2, 3))]`, { kind: 'remove', path: path('arguments', 't', 1) }, `[f(t=(1, 3))]`],
  ])('%s by %j', (answer, edit, expected) => {
    expect(answerAfter(answer, edit)).toBe(expected);
  });

  it.each<[string, StructureEdit]>([
    ['a name that could not be read', { kind: 'set', path: path('name'), value: 'g(' }],
    ['an argument name that could not be read', { kind: 'rename', path: path('arguments', 't'), key: 'a=b' }],
    ['a tuple of one, which would be its item', { kind: 'remove', path: path('arguments', 't', 0) }],
    ['a call without its arguments', { kind: 'remove', path: path('arguments') }],
  ])('are not made of %s', (_, edit) => {
    expect(answerAfter('[f(t=(1, 2))]', edit)).toBeUndefined();
  });
});

describe('arguments in tags', () => {
  const answer = '<function=f>\n<parameter=a>\nsay "x" é\n</parameter>\n<parameter=b>see {"k": [1]}</parameter>\n</function>';

  it('have places, in JSON inside of them too', () => {
    const text = row(answer);
    const span = locate(text, 0, path('arguments', 'b', { json: 4 }, 'k', 0))?.span;
    expect(text.slice(span?.start, span?.end)).toBe('1');
    expect(pathAt(text, 0, span?.start ?? 0)).toEqual(path('arguments', 'b', { json: 4 }, 'k', 0));
    expect(pathAt(text, 0, text.indexOf('say'))).toEqual(path('arguments', 'a'));
  });

  it.each<[StructureEdit, string]>([
    [{ kind: 'set', path: path('arguments', 'a'), value: 'it\'s "y"' }, answer.replace('say "x" é', 'it\'s "y"')],
    [{ kind: 'set', path: path('arguments', 'a'), value: [1, true] }, answer.replace('say "x" é', '[1,true]')],
    [{ kind: 'text', path: path('arguments', 'a', { from: 4, to: 7 }), text: 'z' }, answer.replace('"x"', 'z')],
    [{ kind: 'set', path: path('arguments', 'b', { json: 4 }, 'l'), value: 'v' }, answer.replace('[1]', '[1], "l": "v"')],
    [{ kind: 'rename', path: path('arguments', 'a'), key: 'A' }, answer.replace('=a>', '=A>')],
  ])('are edited as text by %j', (edit, expected) => {
    expect(answerAfter(answer, edit)).toBe(expected);
  });

  it.each<[string, StructureEdit]>([
    ['text that would end them', { kind: 'set', path: path('arguments', 'a'), value: 'x</parameter>' }],
    ['a further one', { kind: 'set', path: path('arguments', 'c'), value: 1 }],
    ['one less', { kind: 'remove', path: path('arguments', 'a') }],
  ])('are not edited for %s', (_, edit) => {
    expect(answerAfter(answer, edit)).toBeUndefined();
  });
});
