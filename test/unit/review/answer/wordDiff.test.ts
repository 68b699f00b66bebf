import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff, type TextPart } from '../../../../src/core/review/answer/wordDiff.ts';

const sideOf = (parts: readonly TextPart[], side: 'label' | 'prediction'): string => parts.filter((part) => part.side === 'both' || part.side === side).map((part) => part.text).join('');
const boundaries = (text: string): Set<number> => new Set([...new Intl.Segmenter('en').segment(text)].map(({ index }) => index).concat(text.length));

function cutsOf(parts: readonly TextPart[], side: 'label' | 'prediction'): number[] {
  let at = 0;
  return parts.filter((part) => part.side === 'both' || part.side === side).map((part) => (at += part.text.length));
}

const word = fc.constantFrom('the', 'weather', 'in', 'Paris', ' ', '  ', '\n', ',', '.', '날씨', '東京', 'e\u0301', '👩‍👩‍👧', '🇰🇷', '\r\n', '🏽', 'ﾞ', '\u0600', '5');
const text = fc.oneof(fc.array(word, { maxLength: 30 }).map((words) => words.join('')), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }));

describe('wordDiff', () => {
  it('keeps both texts whole, and characters as people see them in one piece', () => {
    fc.assert(fc.property(text, text, fc.boolean(), (a, b, coarse) => {
      const parts = wordDiff(a, b, { coarse });
      expect(sideOf(parts, 'label')).toBe(a);
      expect(sideOf(parts, 'prediction')).toBe(b);
      for (const [whole, side] of [[a, 'label'], [b, 'prediction']] as const) {
        const allowed = boundaries(whole);
        for (const cut of cutsOf(parts, side)) expect(allowed.has(cut)).toBe(true);
      }
    }), { numRuns: 400 });
  });

  it('gives equal texts as one part', () => {
    expect(wordDiff('same', 'same')).toEqual([{ side: 'both', text: 'same' }]);
    expect(wordDiff('', '')).toEqual([]);
  });

  it('marks the words that differ and no more', () => {
    expect(wordDiff('weather in Paris today', 'weather in Lyon today')).toEqual([
      { side: 'both', text: 'weather in ' }, { side: 'label', text: 'Paris' }, { side: 'prediction', text: 'Lyon' }, { side: 'both', text: ' today' },
    ]);
  });

  it('tells single characters apart where words have no blanks between them', () => {
    expect(wordDiff('東京の天気', '京都の天気').some((part) => part.side === 'both' && part.text === 'の天気')).toBe(true);
  });

  it('takes several words that changed in a row as one change', () => {
    expect(wordDiff('a red fox runs', 'a blue cat runs')).toEqual([
      { side: 'both', text: 'a ' }, { side: 'label', text: 'red fox' }, { side: 'prediction', text: 'blue cat' }, { side: 'both', text: ' runs' },
    ]);
  });

  it('gives up on words where too much differs, and loses nothing', () => {
    const many = (letter: string): string => Array.from({ length: 3000 }, (_, i) => `${letter}${i}`).join(' ');
    const parts = wordDiff(`x ${many('a')} y`, `x ${many('b')} y`);
    expect(parts.length).toBeLessThan(10);
    expect(sideOf(parts, 'label')).toBe(`x ${many('a')} y`);
  });

  it('goes by lines and ends in texts of megabytes', () => {
    const line = (i: number): string => `line ${i} of a long text\n`;
    const lines = Array.from({ length: 10_000 }, (_, i) => line(i));
    const changed = lines.map((text, i) => (i === 100 || i === 9000 ? text.replace('long', 'short') : text));
    const parts = wordDiff(lines.join(''), changed.join(''));
    expect(parts.filter((part) => part.side === 'label').length).toBe(2);
    const huge = 'z'.repeat(5_000_000);
    expect(wordDiff(`${huge}a${huge.slice(0, 10)}`, `${huge}b${huge.slice(0, 10)}`).map(({ side, text }) => [side, text.length])).toEqual([['both', 5_000_000], ['label', 1], ['prediction', 1], ['both', 10]]);
  });
});
