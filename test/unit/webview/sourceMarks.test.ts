import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceLink } from '../../../src/protocol/review/item.ts';
import { pathText, placeOf, samePlace, textPieces } from '../../../webview-ui/review/conversation/sourceMarks.ts';

const link = (start: number, end: number, parts: Partial<SourceLink> = {}): SourceLink => ({ side: 'label', call: 0, path: ['city'], kind: 'said', value: 'x', message: 0, start, end, ...parts });

describe('pieces of a turn', () => {
  it('mark where values stand', () => {
    expect(textPieces('to Lyon now', 0, [link(3, 7)])).toEqual([
      { from: 0, text: 'to ', links: [] }, { from: 3, text: 'Lyon', links: [0] }, { from: 7, text: ' now', links: [] },
    ]);
  });

  it('share what two values have in common', () => {
    expect(textPieces('abcdef', 0, [link(0, 4), link(2, 6, { side: 'prediction' })]).map((p) => [p.text, p.links])).toEqual([['ab', [0]], ['cd', [0, 1]], ['ef', [1]]]);
  });

  it('leave other messages, values without a place and places that are none alone', () => {
    expect(textPieces('abc', 1, [link(0, 2)])).toEqual([{ from: 0, text: 'abc', links: [] }]);
    expect(textPieces('abc', 0, [link(2, 2), link(-1, 2), link(7, 9), link(3, 1)])).toEqual([{ from: 0, text: 'abc', links: [] }]);
  });

  it('end at the limit, never between the halves of a character', () => {
    expect(textPieces('a😀b', 0, [link(0, 4)], 2).map((p) => p.text).join('')).toBe('a');
    expect(textPieces('a😀b', 0, [], 3).map((p) => p.text).join('')).toBe('a😀');
  });

  it('are the text again, whatever is marked', () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), fc.array(fc.tuple(fc.integer({ min: -2, max: 45 }), fc.integer({ min: -2, max: 45 })), { maxLength: 6 }), (text, spans) => {
      const pieces = textPieces(text, 0, spans.map(([a, b]) => link(a, b)));
      expect(pieces.map((p) => p.text).join('')).toBe(text);
      for (const p of pieces) for (const i of p.links) expect(spans[i]?.[0]).toBeLessThanOrEqual(p.from);
    }));
  });
});

describe('places of arguments', () => {
  it('are read from data attributes, and nothing else is', () => {
    expect(placeOf({ side: 'label', call: '1', path: '["a",0]' })).toEqual({ side: 'label', call: 1, path: ['a', 0] });
    for (const data of [{}, { side: 'label', call: '1' }, { side: 'x', call: '1', path: '[]' }, { side: 'label', call: 'x', path: '[]' }, { side: 'label', call: '1', path: '{' }, { side: 'label', call: '1', path: '[null]' }]) expect(placeOf(data)).toBeUndefined();
  });

  it('are the same where one lies in the other', () => {
    const at = (...path: (string | number)[]): Pick<SourceLink, 'side' | 'call' | 'path'> => ({ side: 'label', call: 0, path });
    expect(samePlace(at('a', 0), at('a'))).toBe(true);
    expect(samePlace(at('a'), at('a', 0))).toBe(true);
    expect(samePlace(at('a', 1), at('a', 0))).toBe(false);
    expect(samePlace(at('a'), { ...at('a'), side: 'prediction' })).toBe(false);
    expect(samePlace(at('a'), { ...at('a'), call: 1 })).toBe(false);
  });

  it('are written as one reads them', () => {
    expect(pathText(['filters', 0, 'name'])).toBe('filters[0].name');
  });
});
