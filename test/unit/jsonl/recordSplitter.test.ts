import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTree } from '../../../src/core/json/tree.ts';
import { skipWhitespace } from '../../../src/core/json/scanner.ts';
import { LineIndex } from '../../../src/core/jsonl/lineIndex.ts';
import { eachRecord } from '../../../src/core/jsonl/records.ts';
import { RecordSplitter, splitText, type RawRecord } from '../../../src/core/jsonl/recordSplitter.ts';

const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"a"', '1', '\n', '\n', '\r\n', '\r', ' ', '\\', '\t', '{"a":1}', '{"a":{', '[1,', '  {', '\n{', 'é', '😀', 'true', '-0.5e3', '"\\u00e9"', 'x', '{\n  "a": [\n    1\n  ]\n}', ',\n  {"b": 2}');
const anyText = fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));
const layouts = fc.constantFrom<(rows: readonly unknown[]) => string>(
  (rows) => rows.map((row) => JSON.stringify(row)).join('\n'),
  (rows) => rows.map((row) => `${JSON.stringify(row)}\r\n\r\n`).join(''),
  (rows) => rows.map((row) => JSON.stringify(row)).join('\r'),
  (rows) => rows.map((row) => JSON.stringify(row, undefined, 2)).join('\n'),
  (rows) => JSON.stringify(rows),
  (rows) => JSON.stringify(rows, undefined, 2),
  (rows) => `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`,
);

function pushed(bytes: Uint8Array, cuts: readonly number[], options: { readonly maxRecordBytes?: number } = {}): readonly RawRecord[] {
  const splitter = new RecordSplitter(options);
  const records: RawRecord[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    const chunk = bytes.slice(from, to);
    records.push(...splitter.push(chunk));
    // A chunk is the caller's again after the call.
    chunk.fill(0x58);
    from = to;
  }
  return [...records, ...splitter.end()];
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text of each record, or the message where there is none. */
function outline(bytes: Uint8Array | string): readonly string[] {
  return pushed(typeof bytes === 'string' ? utf8(bytes) : bytes, []).map((record) => (record.problem?.readable === false ? `${record.line + 1}:${record.column + 1} ${record.problem.message}` : record.text));
}

function isRecord(text: string): boolean {
  const parsed = parseTree(text, { offset: 0 });
  return parsed.ok && skipWhitespace(text, parsed.node.end) >= text.length;
}

describe('RecordSplitter', () => {
  it.each<[string, string, readonly string[]]>([
    ['lines', '{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']],
    ['CRLF and a byte order mark', '\ufeff{"a":1}\r\n{"a":2}\r\n', ['{"a":1}', '{"a":2}']],
    ['lone CR', '{"a":1}\r{"a":2}\r', ['{"a":1}', '{"a":2}']],
    ['records laid out one after another', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n', ['{\n  "a": 1\n}', '{\n  "a": 2\n}']],
    ['a layout that begins its lines with commas', '{ "a": {"b": 1}\n, "c": 2 }\n{"d": 3}', ['{ "a": {"b": 1}\n, "c": 2 }', '{"d": 3}']],
    ['one object a file', '{\n"a": [\n{"b": 1}\n]\n}', ['{\n"a": [\n{"b": 1}\n]\n}']],
    ['a list', ' [{"a":1},\n {"a":2} ]', ['{"a":1}', '{"a":2}']],
    ['nothing', '', []],
    ['blanks', ' \r\n\t\n', []],
    ['an open list', '[{"a":1}', ['{"a":1}', '1:9 the list is not closed']],
    ['a list behind a list', '[1]\n[2]', ['1', '2:1 something stands behind the list']],
    ['junk between elements', '[{"a":1} x,{"a":2}]', ['{"a":1}', "1:10 expected ',' or ']' behind the record", '{"a":2}']],
    ['an open string at the end', '{"a":1}\n{"a":"x', ['{"a":1}', '{"a":"x']],
    ['an element without its closing brace', '[\n  {"a": [\n  },\n  {"a": 3}\n]', ['{"a": [\n  },\n  ', '{"a": 3}']],
  ])('reads %s', (_name, text, expected) => {
    expect(outline(text)).toEqual(expected);
  });

  it.each([
    ['UTF-16 with a byte order mark', Uint8Array.of(0xff, 0xfe, 0x7b, 0), 'UTF-16'],
    ['UTF-16 without one', Uint8Array.of(0x7b, 0, 0x22, 0), 'UTF-16'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), 'gzip'],
    ['Parquet', utf8('PAR1....'), 'Parquet'],
  ])('refuses %s by one problem', (_name, bytes, word) => {
    expect(pushed(bytes, [1])).toMatchObject([{ index: 0, text: '', problem: { readable: false, message: expect.stringContaining(word) as string } }]);
  });

  it('reads a record with bytes that are not UTF-8 and says where the first one is', () => {
    const bytes = Uint8Array.from([...utf8('{"a":1}\n{"é😀":"'), 0xff, 0xc3, ...utf8('"}\n{"a":"\ufffd"}')]);
    expect(pushed(bytes, [20])).toMatchObject([
      { text: '{"a":1}' },
      { line: 1, text: '{"é😀":"\ufffd\ufffd"}', problem: { offset: 8, readable: true } },
      { line: 2, text: '{"a":"\ufffd"}' },
    ]);
    expect(pushed(bytes, [])[2]).not.toHaveProperty('problem');
  });

  it('keeps NUL bytes and escaped lone surrogates for the reader of the record', () => {
    expect(outline('{"a":"\0"}\n{"b":"\\ud800"}')).toEqual(['{"a":"\0"}', '{"b":"\\ud800"}']);
  });

  it('replaces the bytes of a lone surrogate, which are not UTF-8', () => {
    expect(pushed(Uint8Array.from([...utf8('{"a":"'), 0xed, 0xa0, 0x80, ...utf8('"}')]), [])).toMatchObject([{ problem: { offset: 6, readable: true } }]);
  });

  it('gives the same records whatever the chunks are', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(200), { maxLength: 12 }), (text, cuts) => {
        expect(pushed(utf8(text), cuts)).toEqual(splitText(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives the same records byte by byte for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('', '{"a":1}\n', '[{"a":1},', '{\n'), (tail, head) => {
        const bytes = Uint8Array.from([...utf8(head), ...tail]);
        expect(pushed(bytes, [...bytes.keys()])).toEqual(pushed(bytes, []));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with eachRecord about records, their order and the lines of what is wrong', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!/^[^\0]?\0/.test(text));
        const lines = new LineIndex(text);
        const expected = [...eachRecord(text)].map((entry) => (entry.ok ? { text: text.slice(entry.node.start, entry.node.end), ...lines.positionAt(entry.node.start) } : lines.positionAt(entry.offset).line));
        const found = splitText(text).map((record) => {
          if (record.problem === undefined && isRecord(record.text)) return { text: record.text.trimEnd(), line: record.line, column: record.column };
          const parsed = parseTree(record.text, { offset: 0 });
          const offset = record.text === '' ? 0 : parsed.ok ? skipWhitespace(record.text, parsed.node.end) : parsed.offset;
          return record.line + new LineIndex(record.text).lineAt(offset);
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('reads any layout of any rows', () => {
    const row = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), layouts, fc.array(fc.nat(500), { maxLength: 5 }), (rows, layout, cuts) => {
        const bytes = utf8(layout(rows));
        const records = pushed(bytes, cuts);
        expect(records.map((record) => JSON.parse(record.text) as unknown)).toEqual(JSON.parse(JSON.stringify(rows)));
        for (const record of records) expect(new TextDecoder().decode(bytes.subarray(record.byteOffset, record.byteOffset + record.byteLength))).toBe(record.text);
      }),
    );
  });

  it('passes over a record that is too long and reads the next one', () => {
    const long = `{"a":"${'x'.repeat(100)}"}`;
    const laidOut = `{\n"a":"${'x'.repeat(100)}"}`;
    for (const text of [`{"a":1}\n${long}\n{"a":3}`, `{"a":1}\n${laidOut}\n{"a":3}`, `[{"a":1},${long},{"a":3}]`]) {
      const records = pushed(utf8(text), Array.from({ length: 20 }, (_, i) => i * 7), { maxRecordBytes: 50 });
      expect(records.map((record) => record.problem?.message ?? record.text)).toEqual(['{"a":1}', expect.stringContaining('longer than 50 bytes'), '{"a":3}']);
    }
  });

  it('holds a nesting of 100,000 levels between two records', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    for (const text of [`{"a":1}\n${deep}\n{"a":3}`, `[{"a":1},${deep},{"a":3}]`]) {
      expect(outline(text)).toEqual(['{"a":1}', deep, '{"a":3}']);
    }
  });

  it('reads a line of 40 MB in small chunks, looking at each byte a bounded number of times', () => {
    const bytes = utf8(`{"a":"${'x'.repeat(40_000_000)}"}\n{"a":2}\n`);
    const records = pushed(bytes, Array.from({ length: 2000 }, (_, i) => i * 20_000));
    expect(records.map((record) => record.byteLength)).toEqual([40_000_008, 7]);
  });
});
