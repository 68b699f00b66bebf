import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordParser } from '../../../src/core/dataset/recordParser.ts';
import { parseJson, type ParsedJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';

const long = 'a "quoted" \\ tool '.repeat(20);
const tools = [[{ name: 'a', description: long }], [{ name: 'b', description: long, of: { tools: [1] } }]];

/** Equal by text, so that the order of keys and the literals of numbers count. */
function told(parsed: ParsedJson): unknown {
  return parsed.ok ? { value: stringifyJson(parsed.value), warnings: parsed.warnings } : parsed;
}

function expectSame(texts: readonly string[]): void {
  const parser = new RecordParser();
  for (const text of texts) expect(told(parser.parse(text))).toEqual(told(parseJson(text)));
}

describe('RecordParser', () => {
  it('gives records with equal tools one value of them', () => {
    const parser = new RecordParser();
    const parse = (id: number): unknown => {
      const parsed = parser.parse(JSON.stringify({ id, messages: [{ tools: 'no' }], list: tools[0], strict: true }));
      return parsed.ok ? (parsed.value as { readonly list: unknown }).list : undefined;
    };
    parse(1);
    const second = parse(2);
    expect(second).toEqual(tools[0]);
    expect(parse(3)).toBe(second);
  });

  it('is not misled by keys that look like the shared one', () => {
    const shared = `"tools": ${JSON.stringify(tools[0])}}`;
    expectSame([
      `{"id": 1, ${shared}`, `{"id": 2, ${shared}`,
      `{"id": 3, "a\\${shared}`, `{"a\\"tools": 1, ${shared}`, `{"tools" : 4, ${shared}`, `{"tools" : 4, "a\\${shared}`, `{"id": 5, "in": {${shared}`, `[${shared}`, `{"id": 6 ${shared}`, `{"1": 7, ${shared}`,
      `{"id": 8, "in": {${shared}}`, shared, `{"__proto__": 9, ${shared}`, `{"id": "${shared}`,
    ]);
  });

  it('agrees with parseJson on any records, broken ones among them', () => {
    const key = fc.constantFrom('id', 'tools', 'instruction', 'input', 'strict', '1', '__proto__', 'a"tools');
    const value = fc.oneof(fc.constantFrom(...tools), fc.constantFrom(long, `${long}!`, '"tools":', 1, null, 'x'), fc.record({ tools: fc.constantFrom(...tools) }), fc.integer());
    const member = fc.tuple(key, value, fc.constantFrom(':', ': ', ' : ')).map(([name, held, colon]) => `${JSON.stringify(name)}${colon}${JSON.stringify(held)}`);
    const whole = fc.array(member, { maxLength: 5 }).map((members) => `{${members.join(', ')}}`);
    const shared = fc.tuple(fc.integer(), fc.constantFrom(...tools), fc.constantFrom('', ', "strict": 5.0')).map(([id, list, more]) => `{"instruction": ${JSON.stringify(long)}, "id": ${id}, "tools": ${JSON.stringify(list)}${more}}`);
    const cut = fc.tuple(shared, fc.nat(), fc.constantFrom('', '"', '\\', '}', ',')).map(([text, at, put]) => `${text.slice(0, at % text.length)}${put}${text.slice(at % text.length)}`);
    fc.assert(fc.property(fc.array(fc.oneof(whole, shared, shared, cut), { maxLength: 12 }), (texts) => expectSame(texts)), { numRuns: 500 });
  });

  it('stops looking for what records do not share', () => {
    const texts = Array.from({ length: 2100 }, (_, id) => JSON.stringify({ id, tools: [{ name: `tool ${id}`, description: long }] }));
    expectSame([...texts, ...texts.slice(-2)]);
  });
});
