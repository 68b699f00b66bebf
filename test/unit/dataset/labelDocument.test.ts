import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { labelDocumentText, labelJsonSchema, readLabelDocument } from '../../../src/core/dataset/labelDocument.ts';
import type { Label } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { weatherTool } from '../../builders/datasetText.ts';

const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
const call = fc.record({ name: fc.string(), arguments: fc.dictionary(fc.string().filter((key) => key !== '__proto__'), value) });
const label: fc.Arbitrary<Label> = fc.oneof(
  fc.record({ kind: fc.constant('calls' as const), calls: fc.array(call, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('text' as const), text: fc.string() }),
  fc.constant({ kind: 'noCall' as const }),
);

describe('labels as documents', () => {
  test('a label that is not edited is read back as it was', () => {
    fc.assert(
      fc.property(label, (one) => {
        const read = readLabelDocument(labelDocumentText(one));
        expect(read.ok && labelHash(read.label)).toBe(labelHash(one));
      }),
    );
  });

  test('numbers keep their literals', () => {
    const parsed = parseJson('{"kind":"calls","calls":[{"name":"f","arguments":{"n":5.0,"big":12345678901234567890}}]}');
    const text = labelDocumentText((parsed.ok ? parsed.value : null) as unknown as Label);
    expect(text).toContain('"n": 5.0');
    expect(text).toContain('12345678901234567890');
    expect(readLabelDocument(text).ok).toBe(true);
  });

  test.each([
    ['{"kind":"calls","calls":[]}', 'calls'],
    ['{"kind":"calls"', 'JSON'],
    ['{"kind":"trace","trace":[]}', 'cannot be written'],
    ['{"kind":"noCall"} x', 'end of the text'],
    ['[]', 'object'],
  ])('%s is refused with a reason', (text, reason) => {
    const read = readLabelDocument(text);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.message).toContain(reason);
  });

  test('of a schema from the data nothing is passed on that an editor would fetch, run or render', () => {
    const hostile = {
      ...weatherTool,
      description: 'x\u202ey',
      parameters: { type: 'object', properties: { a: { $ref: 'http://127.0.0.1:9/x' }, b: { type: 'string', pattern: '(a+)+$', markdownDescription: '[x](command:y)', description: '**b**' }, c: { type: 'array', items: { $ref: '#/$defs/d' } } } },
    };
    const text = JSON.stringify(labelJsonSchema([hostile]));
    expect(text).not.toMatch(/\$ref|http|pattern|markdown|command:|\u202e/);
    expect(text).toContain('"additionalProperties":false');
  });
});
