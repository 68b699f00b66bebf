import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FindingList } from '../../../src/app/datasets/findingList.ts';
import { SpillFile } from '../../../src/node/spillFile.ts';
import type { PlacedFinding } from '../../../src/app/datasets/fileChecker.ts';

const finding: fc.Arbitrary<PlacedFinding> = fc
  .record({ line: fc.nat({ max: 5 }), column: fc.nat({ max: 3 }), message: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ud800 alone'), fc.constant('é'.repeat(2000))), sampleId: fc.option(fc.string(), { nil: undefined }) })
  .map(({ sampleId, ...one }) => ({ rule: 'some-rule', severity: 'error' as const, record: one.line, endLine: one.line, endColumn: 9, print: 'p', fixable: false, ...one, ...(sampleId === undefined ? {} : { sampleId }) }));

test('findings come out as they went in, in the order of the file, and those of one place in the order that they came', () => {
  fc.assert(
    fc.property(fc.array(finding, { maxLength: 40 }), fc.nat({ max: 50 }), (given, most) => {
      const texts = new SpillFile(64);
      const other = new FindingList(texts);
      const list = new FindingList(texts);
      for (const one of given) {
        other.push(one);
        list.push(one);
      }
      const ordered = given.toSorted((a, b) => a.line - b.line || a.column - b.column);
      expect([...list]).toEqual(ordered);
      list.keepFirst(most);
      expect([...list]).toEqual(ordered.slice(0, most));
      texts.close();
      expect(list).toHaveLength(Math.min(most, given.length));
    }),
  );
});
