import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containerOf, splitEntries } from '../../../src/core/jsonl/records.ts';
import { RecordTable, type Splice } from '../../../src/server/dataset/recordTable.ts';
import { LiveText } from '../../../src/server/text/liveText.ts';

const piece = fc.constantFrom('{"a": 1}', '{"a": "x\\"y"}', '\n', '\r\n', ',', ' ', '[', ']', '{', '}', '"', '{\n  "a": [1, 2],\n  "b": {}\n}', '12', 'true', 'junk', '\n  {"a": 1,\n  "b" 2},', '\uFEFF', '\r', '{"a": "long text that takes more than one window of it"}');
const soup = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''));
const lines = fc.array(fc.constantFrom('{"a": 1}', '{"b": [1, {"c": "d"}]}', '{"broken": ', '', '{"a": 1} 2', '{\n "a": 1\n}'), { maxLength: 12 }).map((all) => all.join('\n'));
const list = fc.array(fc.constantFrom('{"a": 1}', '{"b": [1, {"c": "d"}]}', '{"broken": }', '{"x": {"y": 1}', '17'), { maxLength: 12 }).map((all) => `[\n  ${all.join(',\n  ')}\n]`);
const text = fc.oneof(soup, lines, list);

type Row = readonly [start: number, end: number, readable: boolean];

function fresh(whole: string): Row[] {
  return [...splitEntries(whole, containerOf(whole))].map((entry) => [entry.start, entry.end, entry.ok]);
}

function rows(table: RecordTable): Row[] {
  while (table.readNext() !== undefined);
  return Array.from({ length: table.length }, (_, index) => [table.startOf(index), table.endOf(index), table.isRecord(index)]);
}

describe('where records stand', () => {
  test('is after any edits what it is when read afresh, through any window, and the splices lead there', () => {
    const edit = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.integer({ min: 0, max: 20 }), text: fc.oneof(piece, soup, fc.constant('')), read: fc.boolean() });
    fc.assert(
      fc.property(text, fc.array(edit, { maxLength: 8 }), fc.constantFrom(8, 40, 1 << 18), fc.boolean(), (start, edits, window, ahead) => {
        const live = new LiveText('file:///a', 'jsonl', 1, start);
        const mirror: number[] = [];
        let made = 0;
        const splice = ({ first, removed, added }: Splice): unknown => mirror.splice(first, removed, ...Array.from({ length: added }, () => (made += 1)));
        const table = new RecordTable(live, splice, window);
        live.onEdit = (change) => table.note(change);
        if (ahead) rows(table);
        else table.readTo(10);
        for (const one of edits) {
          const offset = Math.floor(one.from * live.length);
          live.update([{ range: { start: live.positionAt(offset), end: live.positionAt(offset + one.length) }, text: one.text }], 2);
          if (one.read) table.readTo(offset);
          expect(table.length).toBe(mirror.length);
        }
        expect(rows(table)).toEqual(fresh(live.getText()));
        expect(table.length).toBe(mirror.length);
      }),
      { numRuns: 500 },
    );
  });

  test('is split again only where an edit touched it', () => {
    for (const [head, separator, tail] of [['', '\n', ''], ['[', ',', ']'], ['[\n', ',\n', '\n]']] as const) {
      const live = new LiveText('file:///a', 'jsonl', 1, head + Array.from({ length: 500 }, (_, i) => `{"a": "record ${i}", "b": [1, 2]}`).join(separator) + tail);
      const splices: Splice[] = [];
      const table = new RecordTable(live, (splice) => splices.push(splice));
      live.onEdit = (change) => table.note(change);
      rows(table);
      splices.length = 0;
      const replace = (found: string, newText: string): void => {
        const at = live.getText().indexOf(found);
        live.update([{ range: { start: live.positionAt(at), end: live.positionAt(at + found.length) }, text: newText }], 2);
      };
      replace('record 17"', 'another"');
      replace('record 400"', '400"}, {"a": 5');
      expect(table.length).toBe(separator === '\n' ? 500 : 501);
      expect(splices).toHaveLength(2);
      for (const { removed, added } of splices) expect(Math.max(removed, added)).toBeLessThanOrEqual(2);
    }
  });
});
