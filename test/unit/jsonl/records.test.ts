import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataset, readRecords } from '../../../src/core/dataset/dataset.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { LineIndex } from '../../../src/core/jsonl/lineIndex.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { nodeValue } from '../../../src/core/json/tree.ts';
import { containerOf, eachRecord, eachValue } from '../../../src/core/jsonl/records.ts';
import * as build from '../../builders/samples.ts';

const good = writeRow('openai-chat', build.forecastSample());

/** Each entry as `ok`, or as line:column of its problem. */
function outline(text: string): string {
  const lines = new LineIndex(text);
  return [...eachRecord(text)]
    .map((entry) => {
      if (entry.ok) return 'ok';
      const { line, column } = lines.positionAt(entry.offset);
      return `${line + 1}:${column + 1}`;
    })
    .join(' ');
}

describe('records', () => {
  it.each([
    ['lines with a missing last line end', '{"a":1}\n{"a":2}', 'ok ok'],
    ['CRLF, blank lines and a byte order mark', '\ufeff\r\n{"a":1}\r\n\r\n  \r\n{"a":2}\r\n', 'ok ok'],
    ['records laid out over several lines', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n', 'ok ok'],
    ['nothing', '', ''],
    ['nothing but blanks', ' \n\n', ''],
    ['an empty list', ' [ ]', ''],
    ['a list', '[{"a":1},\n{"a":2}\n]\n', 'ok ok'],
    ['a line that is cut', '{"a":1}\n{"a":\n{"a":3}', 'ok 2:6 ok'],
    ['a line with an open string', '{"a":"1}\n{"a":2}', '1:9 ok'],
    ['a line with an open list', '{"a":[1,\n{"a":2}\n{"a":3}', '1:9 ok ok'],
    ['words between lines', '{"a":1}\nhello\n{"a":2}', 'ok 2:1 ok'],
    ['something behind a record', '{"a":1} x\n{"a":2}', '1:9 ok'],
    ['a broken record over several lines', '{\n "a": 1\n "b": 2\n}\n{"a":2}', '1:2 ok'],
    ['a bad element of a list', '[{"a":1},{"a":NaN, "b":[1,2]},{"a":3}]', 'ok 1:15 ok'],
    ['an element without its closing brace, one a line', '[\n{"a":1},\n{"a":{"b":2},\n{"a":3}\n]', 'ok 4:1 ok'],
    ['an element without its closing brace, laid out', '[\n  {\n    "a": [\n  },\n  {\n    "a": 3\n  }\n]', '4:3 ok'],
    ['an open string in an element', '[\n  {"a": "x},\n  {"a": 3}\n]', '2:13 ok'],
    ['a comma before the end', '[{"a":1},]', 'ok 1:10'],
    ['a list that is not closed', '[{"a":1}', 'ok 1:9'],
  ])('are found in %s', (_name, text, expected) => {
    expect(outline(text)).toBe(expected);
  });

  it('are the same where only their values are read', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', '"', '"a"', '1', '\n', '\r\n', '\r', ' ', '\\', '\ufeff', '{"a":1}', '{"a":1,"a":2.0}', '{"__proto__":[]}', '{"a":"\\"}"}', '  {', '\n{"a":1}\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.constantFrom('', '['), (parts, start) => {
        const text = start + parts.join('');
        const expected = [...eachRecord(text)].map((entry) => (entry.ok ? { index: entry.index, start: entry.node.start, value: stringifyJson(nodeValue(entry.node)) } : entry));
        expect([...eachValue(text)].map((entry) => (entry.ok ? { index: entry.index, start: entry.start, value: stringifyJson(entry.value) } : entry))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('are counted with the unreadable ones', () => {
    expect(readRecords('{"a":1}\n{\n{"a":2}', 'x').records.map(({ index, ok }) => [index, ok])).toEqual([
      [0, true],
      [1, false],
      [2, true],
    ]);
  });

  it('never fail and end, whatever the text is', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"a"', '1', '\n', '\r\n', ' ', '\\', '\ufeff', '{"a":1}', '  {');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        for (const entry of eachRecord(text)) if (!entry.ok) expect(entry.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('survive next to a broken one, wherever it breaks', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 2), (cut) => {
        const text = `${good}\n${good.slice(0, cut + 1)}\n${good}\n`;
        const reading = readDataset(text, { file: 'x', steps: 'last' });
        expect(reading.samples.map((sample) => sample.occurrence.record)).toEqual([0, 2]);
        expect(reading.problems.map(({ record, line }) => [record, line])).toEqual([[1, 2]]);
      }),
    );
  });

  it('of a nesting of 100,000 levels are one problem', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    for (const text of [`${good}\n${deep}\n${good}`, `[${good},${deep},${good}]`]) {
      const reading = readDataset(text, { file: 'x', steps: 'last' });
      expect(reading).toMatchObject({ records: 3, problems: [{ record: 1, message: 'nested deeper than 512 levels' }] });
      expect(reading.samples).toHaveLength(2);
    }
  });

  it('are read from a line of 40 MB', () => {
    const sample = build.forecastSample({ kind: 'text', text: 'é"\n'.repeat(8_000_000) + '!' });
    const { samples } = readDataset(writeRow('openai-chat', sample), { file: 'x', steps: 'last' });
    expect(samples[0]?.sample.labelHash).toBe(sample.labelHash);
  });
});

describe('dialects', () => {
  it('are recognised by content, whatever the file is called', () => {
    const rows = { looptool: writeRow('looptool', build.forecastSample()), 'openai-chat': good };
    for (const [id, row] of Object.entries(rows)) {
      for (const [text, container] of [[`${row}\n${row}`, 'jsonl'], [`[${row}]`, 'array']] as const) {
        expect(readDataset(text, { file: 'data.json', steps: 'last' })).toMatchObject({ dialect: id, confidence: 1, container });
        expect(containerOf(text)).toBe(container);
      }
    }
  });

  it('are unknown where no record looks like one, and each record says so', () => {
    expect(readDataset('{"a":1}\n{"b":1}', { file: 'x.jsonl', steps: 'last' })).toMatchObject({ dialect: 'unknown', confidence: 0, samples: [], problems: [{ record: 0 }, { record: 1, line: 2 }] });
  });

  it('follow the majority, and records of another one are problems', () => {
    const reading = readDataset(`${good}\n${writeRow('looptool', build.forecastSample())}\n${good}`, { file: 'x', steps: 'last' });
    expect(reading).toMatchObject({ dialect: 'openai-chat', problems: [{ record: 1, message: 'a chat row needs a list of messages' }] });
    expect(reading.samples).toHaveLength(2);
  });
});

describe('LineIndex', () => {
  it('leads from every offset to its line and column and back', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', 'é'), { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        const lines = new LineIndex(text);
        expect(lines.lineCount).toBe(text.split('\n').length);
        for (let offset = 0; offset <= text.length; offset++) {
          const position = lines.positionAt(offset);
          expect(position.line).toBe(text.slice(0, offset).split('\n').length - 1);
          expect(lines.offsetAt(position)).toBe(offset);
        }
      }),
    );
  });
});
