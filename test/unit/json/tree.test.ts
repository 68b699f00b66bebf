import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/core/json/parse.ts';
import { StringMap } from '../../../src/core/json/stringMap.ts';
import { nodeAtPath, nodeValue, parseTree, type JsonNode } from '../../../src/core/json/tree.ts';

function treeOf(text: string, offset?: number): JsonNode {
  const parsed = parseTree(text, offset === undefined ? {} : { offset });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.node;
}

function everyNode(node: JsonNode): readonly JsonNode[] {
  if (node.kind === 'array') return [node, ...node.items.flatMap(everyNode)];
  if (node.kind === 'object') return [node, ...node.members.flatMap((member) => [member.key, ...everyNode(member.value)])];
  return [node];
}

describe('parseTree', () => {
  it('gives each node the exact range of its own text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (compact, indent) => {
        const text = JSON.stringify(JSON.parse(compact), null, indent);
        for (const node of everyNode(treeOf(text))) expect(parseJson(text.slice(node.start, node.end))).toMatchObject({ ok: true, value: nodeValue(node) });
      }),
    );
  });

  it('reads one value at an offset and does not look at what follows', () => {
    const node = treeOf('see {"a": [1, 2]}</tool_call> NaN', 4);
    expect([node.start, node.end]).toEqual([4, 17]);
    expect(nodeAtPath(node, ['a', 1])).toMatchObject({ kind: 'number', raw: '2', start: 14, end: 15 });
  });

  it('finds no node behind a path that does not exist, and the last of doubled keys', () => {
    const node = treeOf('{"a":{"b":1},"a":{"c":2}}');
    expect(nodeAtPath(node, ['a', 'b'])).toBeUndefined();
    expect(nodeAtPath(node, ['a', 'c', 0])).toBeUndefined();
    expect(nodeAtPath(node, ['a', 'c'])).toMatchObject({ raw: '2' });
  });
});

/** A text put `levels` times into a JSON string, each time behind a prefix, some characters escaped as \u. */
function nest(inner: string, levels: number, ascii: boolean): { readonly source: string; readonly map: StringMap } {
  const literals: { text: string; start: number; end: number }[] = [];
  let text = inner;
  for (let level = 0; level < levels; level++) {
    const quoted = JSON.stringify(text);
    const literal = ascii ? quoted.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted;
    text = `{"é": ${literal}}`;
    literals.push({ text, start: 6, end: 6 + literal.length });
  }
  let map: StringMap | undefined;
  for (const literal of literals.reverse()) map = new StringMap(literal.text, literal, map);
  if (map === undefined) throw new Error('at least one level');
  return { source: text, map };
}

const texts = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'é', '\ud83d\ude00', '/', '\u0001', 'x'), maxLength: 12 });

describe('StringMap', () => {
  it('leads from each decoded offset to the source and back, through any nesting', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 4 }), fc.boolean(), (inner, levels, ascii) => {
        const { map } = nest(inner, levels, ascii);
        for (let offset = 0; offset <= inner.length; offset++) expect(map.toDecoded(map.toSource(offset))).toBe(offset);
      }),
    );
  });

  it('replaces a decoded range in the source so that it decodes to the new text', () => {
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 4 }), fc.boolean(), fc.nat(12), fc.nat(12), (inner, replacement, levels, ascii, a, b) => {
        const [start, end] = [Math.min(a, b, inner.length), Math.min(Math.max(a, b), inner.length)];
        const { source, map } = nest(inner, levels, ascii);
        const span = map.spanToSource({ start, end });
        let edited = source.slice(0, span.start) + map.encode(replacement) + source.slice(span.end);
        for (let level = 0; level < levels; level++) edited = (JSON.parse(edited) as { é: string }).é;
        expect(edited).toBe(inner.slice(0, start) + replacement + inner.slice(end));
      }),
    );
  });

  it('leads from inside an escape sequence to the character that it stands for', () => {
    const map = new StringMap('"a\\u00e9b"', { start: 0, end: 10 });
    expect([1, 2, 3, 7, 8].map((offset) => map.toDecoded(offset))).toEqual([0, 1, 1, 1, 2]);
  });

  it('escapes non-ASCII characters where the literal does', () => {
    expect(new StringMap('"\\u00e9"', { start: 0, end: 8 }).encode('ü"')).toBe('\\u00fc\\"');
    expect(new StringMap('"é"', { start: 0, end: 3 }).encode('ü"')).toBe('ü\\"');
  });
});
