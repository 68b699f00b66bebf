import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { labelTraits } from '../../../src/core/rules/labelTraits.ts';

const traits = ['hasNumbers', 'hasFlags', 'hasNulls', 'hasTexts', 'hasQuoted', 'hasDates'] as const;

describe('labelTraits of possible answers', () => {
  it('has what any of the answers has by itself, wherever it stands among them', () => {
    const value = fc.constantFrom<JsonValue>(5, true, null, 'text', '"quoted"', '2024-01-02', '', ['5 May 2024'], [1, 'x']);
    fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), fc.boolean(), (choices, inside) => {
      const args = inside ? { a: [{ b: choices }] } : { a: choices };
      const together = labelTraits({ kind: 'calls', calls: [{ name: 'f', arguments: {} }], possible: [{ name: 'f', arguments: args }] }, () => '');
      const apart = choices.map((choice) => labelTraits({ kind: 'calls', calls: [{ name: 'f', arguments: { a: choice } }] }, () => ''));
      for (const trait of traits) expect(together[trait]).toBe(apart.some((one) => one[trait]));
      expect(together.allSaid).toBe(false);
    }), { numRuns: 300 });
  });
});
