import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiWords, betweenDigitsLeftOut, hasWithout, initialsIn, lettersAndDigits, wordsStartingWith } from '../../../src/core/rules/grounding/asciiText.ts';
import { numbersInText } from '../../../src/core/rules/grounding/numbersInText.ts';
import { RequestText } from '../../../src/core/rules/grounding/requestText.ts';

/** Few different characters, so that what is looked for is often there. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '1', '2', ' ', '_', '-', ',', '.', '\n', '\u000b'), maxLength: 30 });

/** The same by taking the text apart with patterns. */
function plainWords(from: string): readonly string[] {
  const apart = from.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return apart.toLowerCase().match(/[a-z]+|[0-9]+/g) ?? [];
}

describe('words and letters of ASCII', () => {
  it('takes words apart as patterns do', () => {
    fc.assert(fc.property(text, (some) => {
      expect(asciiWords(some)).toEqual(plainWords(some));
    }), { numRuns: 2000 });
  });

  it('finds the words with a beginning, and the initials, that all words have', () => {
    const beginning = fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 3 });
    fc.assert(fc.property(text, beginning, (some, start) => {
      expect(wordsStartingWith(some, some.toLowerCase(), start)).toEqual(plainWords(some).filter((word) => word.startsWith(start)));
      expect(initialsIn(some, some.toLowerCase())).toBe(plainWords(some).map((word) => word.charAt(0)).join(''));
    }), { numRuns: 2000 });
  });

  it('finds what the text without some characters has', () => {
    fc.assert(fc.property(text, text.filter((wanted) => wanted !== ''), (some, wanted) => {
      expect(hasWithout(some, wanted, lettersAndDigits)).toBe(some.replaceAll(/[^A-Za-z0-9]/g, '').includes(wanted));
      expect(hasWithout(some, wanted, betweenDigitsLeftOut)).toBe(some.replaceAll(/[\s,_-]/g, '').includes(wanted));
    }), { numRuns: 2000 });
  });
});

describe('RequestText', () => {
  it('says the same of a text whether or not a sign that is not ASCII stands at its end', () => {
    const numbers = fc.integer({ min: 0, max: 3000 });
    fc.assert(fc.property(text, text, numbers, (some, word, number) => {
      const plain = new RequestText([{ role: 'user', content: `${some}\n` }]);
      const other = new RequestText([{ role: 'user', content: `${some}\n¡` }]);
      const asked = word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
      expect(plain.saysLetters(asked)).toBe(other.saysLetters(asked));
      expect(plain.saysNumber(number)).toBe(other.saysNumber(number));
      expect(plain.initials).toBe(other.initials);
      for (const one of plainWords(word)) {
        expect(plain.saysWord(one)).toBe(other.saysWord(one));
        expect(plain.hasWord(one)).toBe(other.hasWord(one));
      }
    }), { numRuns: 1000 });
  });
});

describe('numbersInText', () => {
  it('has every number that a pattern finds', () => {
    const written = fc.string({ unit: fc.constantFrom('1', '2', '0', '.', ',', ' ', 'e', '-', 'k', '%', 'a'), maxLength: 20 });
    fc.assert(fc.property(written, (some) => {
      const found = numbersInText(some);
      for (const [number] of some.matchAll(/(?:\d{1,3}(?:,\d{2,3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+/gi)) expect(found.has(Number(number.replaceAll(',', '')))).toBe(true);
    }), { numRuns: 2000 });
  });
});
