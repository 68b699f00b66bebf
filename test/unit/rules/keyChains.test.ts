import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyChains } from '../../../src/core/rules/keyChains.ts';

test('of each key the first few numbers are found, as a map of lists would', () => {
  const key = fc.tuple(fc.constantFrom(0, 1, 0xffffffff, 7), fc.constantFrom(0, 1, 0xffffffff));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), fc.constantFrom(1, 3), (keys, most) => {
      const chains = new KeyChains(keys.length, most);
      const known = new Map<string, number[]>();
      keys.forEach(([high, low], number) => {
        const before = known.get(`${high} ${low}`) ?? [];
        expect(chains.add(number, high, low)).toEqual(before);
        if (before.length < most) known.set(`${high} ${low}`, [...before, number]);
      });
    }),
  );
});
