import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTree } from '../../../src/core/json/tree.ts';
import { JsonExtent } from '../../../src/core/jsonl/jsonExtent.ts';

const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\n', '\\u00e9', '\\u12', '\\x', 'é', ' ', '\n', '0', '1', '-', '.', 'e', 'E+', 'true', 'false', 'nul', 'null', 'NaN', '"a":', '{"a":', '\t', '\0');
const anyText = fc.oneof(fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')), fc.json().map((text) => text), fc.tuple(fc.json(), fc.nat(), piece).map(([text, at, other]) => text.slice(0, at % (text.length + 1)) + other + text.slice(at % (text.length + 1))));

/** Scans as if `step` bytes came at a time. */
function extentOf(bytes: Uint8Array, step: number): number | 'failed' {
  const extent = new JsonExtent();
  extent.reset(0);
  for (let limit = Math.min(step, bytes.length); ; limit = Math.min(limit + step, bytes.length)) {
    const result = extent.scan(bytes, limit, limit === bytes.length);
    if (result !== 'more') return result === 'end' ? extent.position : 'failed';
  }
}

describe('JsonExtent', () => {
  it('finds the end that the parser finds, and fails where it fails, in pieces of any size', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 8 }), (text, step) => {
        const bytes = new TextEncoder().encode(text);
        const parsed = parseTree(text, { offset: 0 });
        expect(extentOf(bytes, step)).toBe(parsed.ok ? new TextEncoder().encode(text.slice(0, parsed.node.end)).length : 'failed');
      }),
      { numRuns: 5000 },
    );
  });

  it.each([511, 512, 513])('takes %i levels as the parser does', (levels) => {
    const text = '['.repeat(levels) + ']'.repeat(levels);
    expect(extentOf(new TextEncoder().encode(text), 7)).toBe(parseTree(text).ok ? text.length : 'failed');
  });
});
