import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { cursorAt } from '../../../src/server/dataset/cursorAt.ts';
import { RecordView } from '../../../src/server/dataset/recordView.ts';
import type { OpenDataset } from '../../../src/server/dataset/openDataset.ts';
import { offersAt } from '../../../src/server/offers.ts';
import { LiveText } from '../../../src/server/text/liveText.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

/** A dataset of one record, whatever its text is. */
function oneRecord(dialectId: string, text: string): OpenDataset {
  const dialect = dialectById(dialectId);
  if (dialect === undefined) throw new Error('no dialect');
  const record = new RecordView({ index: 0, text, base: 0, dialect, companions: noCompanions });
  const document = new LiveText('file:///a.jsonl', 'jsonl', 1, text);
  const none = { first: 0, count: 0 };
  return { uri: document.uri, document, dialect, confidence: 1, recordCount: 1, recordsFound: 1, sampleCount: 1, record: (index) => (index === 0 ? record : undefined), readAgain: () => record, identityOf: () => undefined, recordAt: () => record, recordsIn: () => none, isChecked: false, known: { error: 0, warning: 0, information: 0 }, forceDialect: () => undefined, findings: undefined };
}

const rows = dialectRows.map(([dialect, , row]) => [dialect, JSON.stringify(row)] as const);

describe('a cursor in a record', () => {
  test('is answered in any text that breaks off, or loses or gains a few characters, at any place', () => {
    const noise = fc.constantFrom('', '"', '\\', '\\"', '{', '}', ',', ':', "'", '(', '[', '\n', '<tool_call>', '\\\\"');
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), noise, fc.boolean(), ([dialect, text], place, removed, added, breaksOff) => {
        const at = Math.floor(place * text.length);
        const changed = text.slice(0, at) + added + (breaksOff ? '' : text.slice(at + removed));
        const cursor = cursorAt(oneRecord(dialect, changed), at + added.length);
        if (cursor === undefined) return;
        expect(cursor.range.start).toBeGreaterThanOrEqual(0);
        expect(cursor.range.end).toBeGreaterThanOrEqual(cursor.range.start);
        expect(cursor.range.end).toBeLessThanOrEqual(changed.length);
        offersAt(cursor);
      }),
      { numRuns: 1500 },
    );
  });

  test('is in an argument again where a value was taken out, in any layout that has one', () => {
    const answered = new Set<string>();
    for (const [dialect, text] of rows) {
      for (const { index, 0: match } of text.matchAll(/\\*["']Oslo\\*["']/g)) {
        const cursor = cursorAt(oneRecord(dialect, text.slice(0, index) + text.slice(index + match.length)), index);
        if (cursor?.target.kind !== 'argument') continue;
        expect(cursor.target.path).toEqual(['city']);
        expect(cursor.range).toEqual({ start: index, end: index });
        answered.add(dialect);
      }
    }
    expect([...answered].sort()).toEqual(['hermes', 'llamafactory-v1', 'looptool', 'mistral', 'openai-chat', 'responses', 'sharegpt', 'tau-bench', 'toolace', 'toolrl-api-bank', 'toolset', 'trl', 'verl', 'when2call', 'when2call-sft']);
  });
});
