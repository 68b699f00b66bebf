import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces, lazily } from '../../../src/cli/writers/jsonPieces.ts';
import { writeBlocks } from '../../../src/cli/writers/writeBlocks.ts';

test('the pieces are what JSON.stringify gives, with indentation and without', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      expect([...jsonPieces(value, indent)].join('')).toBe(JSON.stringify(value, undefined, indent));
    }),
  );
});

test('a lazy list is written as an array is, an absent member not at all', () => {
  const items = [{ message: 'two\nlines', none: undefined }, [], {}, { deep: [1, { a: 'b' }] }];
  for (const indent of [0, 2]) {
    const expected = JSON.stringify({ files: [{ none: undefined, findings: items, last: 1 }, { findings: [] }] }, undefined, indent);
    const given = { files: [{ none: undefined, findings: lazily(() => items), last: 1 }, { findings: lazily(() => []) }] };
    expect([...jsonPieces(given, indent)].join('')).toBe(expected);
  }
});

test('of a lazy list one element at a time is made', () => {
  let made = 0;
  const many = lazily(function* () {
    for (; made < 1000; made += 1) yield { made };
  });
  const pieces = jsonPieces(many);
  pieces.next();
  expect(made).toBe(0);
  pieces.next();
  expect(made).toBe(1);
});

test('small pieces are written in few blocks, all of them and in order', () => {
  const written: string[] = [];
  writeBlocks({ write: (text) => written.push(text) }, Array.from({ length: 30_000 }, (_, i) => `${i},`));
  expect(written.join('')).toBe(Array.from({ length: 30_000 }, (_, i) => `${i},`).join(''));
  expect(written.length).toBeLessThan(5);
  expect(written.length).toBeGreaterThan(1);
});
