import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { RecordLocator } from '../../../src/core/dataset/locate.ts';
import { pathIn } from '../../../src/core/dataset/pathAt.ts';
import type { StructureEdit } from '../../../src/core/dataset/structureEdit.ts';
import { structureEdits } from '../../../src/core/dataset/structureEdits.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { PathStep } from '../../../src/core/json/path.ts';

const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"arguments"', '"name"', '"', '\\"', '\\\\', '\\u00e9', '\\ud83d', '\ud83d', '1', '5.0', 'true', ' ', '\n', '\r\n', '<tool_call>', '</tool_call>', "f(a='x')", '\u0000', '\ufeff', '"{\\"a\\": [1, \\"b\\"]}"');
const text = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
const record = fc.oneof(text, text.map((inner) => `{"a": ${JSON.stringify(inner)}, "arguments": [1, {"a": 2}]}`), text.map((inner) => `{"a": {"name": ${JSON.stringify(`<tool_call>${inner}</tool_call>`)}}}`));
const step: fc.Arbitrary<PathStep> = fc.oneof(fc.constantFrom<PathStep>('a', 'arguments', 'name', '__proto__', 0, 1, -1, 0.5, { key: 'a' }, { json: 0 }, { json: 5 }, { json: -1 }, { json: 1e9 }, { call: 0 }, { call: -1 }), fc.record({ from: fc.integer({ min: -1, max: 9 }), to: fc.integer({ min: -1, max: 9 }) }));
const path = fc.array(step, { maxLength: 5 });
const value = fc.constantFrom(null, 'x"\ud83d\ude00', 5, { name: 'g', arguments: { a: 1 } }, [1, { a: 'é' }]);
const edit: fc.Arbitrary<StructureEdit> = fc.oneof(fc.record({ kind: fc.constant('set' as const), path, value }), fc.record({ kind: fc.constant('remove' as const), path }), fc.record({ kind: fc.constant('rename' as const), path, key: fc.constantFrom('z', 'a', '') }), fc.record({ kind: fc.constant('text' as const), path, text: fc.constantFrom('', 'y"\n') }));

describe('places and edits of any text', () => {
  it('never throw, and edits leave JSON where there was JSON', () => {
    let made = 0;
    fc.assert(
      fc.property(record, fc.array(fc.tuple(edit, fc.nat()), { minLength: 1, maxLength: 3 }), fc.nat(), fc.oneof(fc.constant(0), fc.nat(20), fc.array(fc.nat(20), { maxLength: 3 })), (source, wishes, offset, start) => {
        const locator = new RecordLocator(source, start);
        const edits = wishes.map(([one, place]) => (place % 3 === 0 ? one : { ...one, path: pathIn(locator, place % (source.length + 1)) }));
        const found = pathIn(locator, offset % (source.length + 2));
        if (typeof start === 'number' && locator.locate([]) !== undefined) expect(locator.locate(found)).toBeDefined();
        for (const { path: one } of edits) locator.deepest(one);
        const changes = structureEdits(source, start, edits);
        if (changes === undefined || start !== 0 || !parseJson(source).ok) return;
        made++;
        expect(parseJson(applyEdits(source, changes)).ok).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(made).toBeGreaterThan(100);
  });
});
