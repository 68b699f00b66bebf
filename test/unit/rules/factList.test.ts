import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FactList } from '../../../src/core/rules/factList.ts';
import { KeyChains } from '../../../src/core/rules/keyChains.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { jsonValue } from '../../builders/samples.ts';

test('facts come back as they were, lone surrogates and long ones too', () => {
  const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
  const fact = fc.oneof(jsonValue, anyText, fc.tuple(anyText, anyText), fc.constant('x'.repeat(300_000)), fc.tuple(fc.constant('y'.repeat(70_000)), anyText));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fact), { maxLength: 20 }), (facts) => {
      const list = new FactList();
      for (const [sample, one] of facts) list.push(sample, one);
      expect(list).toHaveLength(facts.length);
      const back = [...list];
      expect(back.map(({ sample }) => sample)).toEqual(facts.map(([sample]) => sample));
      expect(back.map((one) => stringifyJson(one.fact))).toEqual(facts.map(([, one]) => stringifyJson(one)));
      expect(list.at(facts.length)).toBeUndefined();
    }),
  );
});

test('many facts fill many chunks', () => {
  const list = new FactList();
  for (let i = 0; i < 100_000; i += 1) list.push(i * 3, [`${i}`, 'some text']);
  expect(list.at(0)).toEqual({ sample: 0, fact: ['0', 'some text'] });
  expect(list.at(65_537)).toEqual({ sample: 196_611, fact: ['65537', 'some text'] });
  expect([...list]).toHaveLength(100_000);
});

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
