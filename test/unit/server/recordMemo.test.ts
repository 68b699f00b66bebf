import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveDataset } from '../../../src/server/dataset/liveDataset.ts';
import { RecordMemo } from '../../../src/server/dataset/recordMemo.ts';
import { toolIndexOf } from '../../../src/server/dataset/toolIndex.ts';
import { LiveText } from '../../../src/server/text/liveText.ts';
import { callBlock, looptoolRow, weatherTool } from '../../builders/datasetText.ts';

type Edit = { readonly at: number; readonly removed: number; readonly added: string };
const edit = (alphabet: readonly string[]): fc.Arbitrary<Edit> => fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), removed: fc.nat(20), added: fc.constantFrom(...alphabet) });

function apply(document: LiveText, { at, removed, added }: Edit): void {
  const start = Math.floor(at * document.length);
  const range = { start: document.positionAt(start), end: document.positionAt(Math.min(document.length, start + removed)) };
  document.update([{ range, text: added }], document.version + 1);
}

const linesOf = (text: string): { start: number; end: number }[] => [...text.matchAll(/[^\n]+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }));

describe('results by record', () => {
  test('belong to the text that stands where they are, whatever is edited', () => {
    let kept = 0;
    fc.assert(
      fc.property(fc.array(fc.array(edit(['', 'x', '\n', 'abc\ndef']), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }), (rounds) => {
        const document = new LiveText('file:///a.jsonl', 'jsonl', 1, Array.from({ length: 30 }, (_, line) => `line ${line} `.repeat(1 + (line % 3))).join('\n'));
        const dropped: string[] = [];
        const memo = new RecordMemo<string>(document, (value) => dropped.push(value));
        const held = (): string[] => Array.from({ length: memo.size }, (_, index) => memo.at(index)?.value ?? '');
        let given = 0;
        for (const edits of rounds) {
          for (const { start, end } of linesOf(document.getText())) {
            if (memo.get(start, end) !== undefined) continue;
            memo.set(start, end, document.slice(start, end));
            given += 1;
          }
          expect(held()).toEqual(linesOf(document.getText()).map(({ start, end }) => document.slice(start, end)));
          for (const one of edits) apply(document, one);
          for (const { start, end } of linesOf(document.getText())) {
            const value = memo.get(start, end);
            if (value === undefined) continue;
            kept += 1;
            expect(value).toBe(document.slice(start, end));
          }
          expect(memo.size + dropped.length).toBe(given);
        }
      }),
      { numRuns: 200 },
    );
    expect(kept).toBeGreaterThan(1000);
  });

  test('are gone when too many edits have passed to follow them', () => {
    const document = new LiveText('file:///a.jsonl', 'jsonl', 1, 'a\nb');
    const memo = new RecordMemo<string>(document);
    memo.set(2, 3, 'b');
    for (let count = 0; count < 3000; count += 1) apply(document, { at: 0, removed: 0, added: 'x' });
    expect([memo.get(3002, 3003), memo.size]).toEqual([undefined, 0]);
  });
});

describe('the tools of a dataset', () => {
  const row = (name: string): string => looptoolRow([{ ...weatherTool, name }, weatherTool], callBlock(name, { city: 'Rome' }), 'Weather?');

  test('are after edits those of a dataset that is read afresh', async () => {
    const rows = fc.constantFrom('', `${row('one')}\n`, `${row('two')}\n`, '\n', '"', '{', ' ');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), removed: fc.constantFrom(0, 1, 30, 700), added: rows }), { maxLength: 6 }), async (edits) => {
        const text = Array.from({ length: 8 }, (_, index) => `${row(index % 2 === 0 ? 'one' : 'three')}\n`).join('');
        const document = new LiveText('file:///a.jsonl', 'jsonl', 1, text);
        const live = new LiveDataset(document);
        live.forceDialect('looptool');
        for (const one of edits) {
          await toolIndexOf(live).recordsOf('one', () => false);
          apply(document, one);
        }
        const fresh = new LiveDataset(new LiveText('file:///b.jsonl', 'jsonl', 1, document.getText()));
        fresh.forceDialect('looptool');
        const told = async (dataset: LiveDataset): Promise<unknown> => {
          const known: unknown[] = [];
          for (const name of ['one', 'two', 'three', weatherTool.name]) known.push([name, await toolIndexOf(dataset).recordsOf(name, () => false), { ...toolIndexOf(dataset).tool(name) }]);
          return [known, [...toolIndexOf(dataset).names()].sort()];
        };
        expect(await told(live)).toEqual(await told(fresh));
      }),
      { numRuns: 60 },
    );
  });
});
