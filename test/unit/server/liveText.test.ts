import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { LiveText, type TextChange } from '../../../src/server/text/liveText.ts';

const piece = fc.constantFrom('', 'a', '\n', '\r', '\r\n', '中', '𝄞', 'xyz'.repeat(9), 'long '.repeat(9000), `${'l'.repeat(32767)}\r`, `\n${'w'.repeat(40000)}`, 'x\ny\r\nz');
const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));

describe('a text in pieces', () => {
  test('answers after any edits as the text document of the protocol library does', () => {
    const edit = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.double({ min: 0, max: 1, noNaN: true }), text, whole: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(text, fc.array(edit, { maxLength: 6 }), fc.array(fc.double({ min: 0, max: 1.1, noNaN: true }), { maxLength: 8 }), (start, edits, places) => {
        const live = new LiveText('file:///a', 'jsonl', 1, start);
        const other = TextDocument.create('file:///a', 'jsonl', 1, start);
        for (const one of edits) {
          const length = other.getText().length;
          const change = one.whole === 0 ? { text: one.text } : { text: one.text, range: { start: other.positionAt(Math.floor(one.from * length)), end: other.positionAt(Math.floor(one.to * length)) } };
          TextDocument.update(other, [change], 2);
          live.update([change], 2);
        }
        const whole = other.getText();
        expect(live.getText()).toBe(whole);
        expect(live.length).toBe(whole.length);
        expect(live.lineCount).toBe(other.lineCount);
        for (const share of [0, 1, ...places]) {
          const offset = Math.floor(share * whole.length);
          const position = other.positionAt(offset);
          expect(live.positionAt(offset)).toEqual(position);
          expect(live.offsetAt({ line: position.line, character: position.character + 3 })).toBe(other.offsetAt({ line: position.line, character: position.character + 3 }));
          expect(live.getLineRange(position.line)).toEqual(other.getLineRange(position.line));
          expect(live.getEOLCharacters(position.line)).toBe(other.getEOLCharacters(position.line));
          expect(live.slice(offset, offset + 50_000)).toBe(whole.slice(offset, offset + 50_000));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('tells of each edit what it changed', () => {
    const live = new LiveText('file:///a', 'jsonl', 1, 'one\ntwo');
    const told: TextChange[] = [];
    live.onEdit = (change) => told.push(change);
    live.update([{ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } }, text: 'three' }, { text: '' }], 2);
    expect(told).toEqual([{ start: 4, oldEnd: 7, newEnd: 9 }, { start: 0, oldEnd: 9, newEnd: 0 }]);
  });
});
