import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerSplitter, type AnswerPart } from '../../../src/embedded/serving/answerSplitter.ts';
import { TokenText } from '../../../src/embedded/serving/tokenText.ts';

const utf8 = new TextEncoder();

/** Cuts at the given places, in any order. */
function pieces<T extends { slice(start: number, end?: number): T; readonly length: number }>(whole: T, cuts: readonly number[]): T[] {
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return places.slice(1).map((end, i) => whole.slice(places[i] ?? 0, end));
}

function split(text: string, cuts: readonly number[]): { content: string; calls: unknown[] } {
  const splitter = new AnswerSplitter();
  const parts: AnswerPart[] = [...pieces(text.split(''), cuts).flatMap((piece) => splitter.push(piece.join(''))), ...splitter.end()];
  return {
    content: parts.map((part) => (part.kind === 'content' ? part.text : '')).join(''),
    calls: parts.flatMap((part) => (part.kind === 'call' ? [{ ...part.call, arguments: { ...part.call.arguments } }] : [])),
  };
}

const call = (name: string, args = '{}'): string => `<tool_call>\n{"name":"${name}","arguments":${args}}\n</tool_call>`;
const anyCuts = fc.array(fc.nat(), { maxLength: 12 });

describe('telling calls from text', () => {
  it.each([
    ['plain text stays as it is', ' which city\n', ' which city\n', []],
    ['calls leave no text', `${call('a', '{"x":1}')}\n${call('b')}`, '', [{ name: 'a', arguments: { x: 1 } }, { name: 'b', arguments: {} }]],
    ['text around calls stays, white space between becomes a line break', `Sure.\n${call('a')}\n\nDone.\n`, 'Sure.\nDone.', [{ name: 'a', arguments: {} }]],
    ['what does not parse stays, tags and all', `<tool_call>\n{"name":}\n</tool_call>`, `<tool_call>\n{"name":}\n</tool_call>`, []],
    ['an open call stays', `x <tool_call>{"name":"a"`, `x <tool_call>{"name":"a"`, []],
    ['a broken call beside a right one', `<tool_call>no</tool_call>\n${call('b')}`, '<tool_call>no</tool_call>', [{ name: 'b', arguments: {} }]],
    ['a closing tag inside a string', call('a', '{"x":"</tool_call>"}'), '', [{ name: 'a', arguments: { x: '</tool_call>' } }]],
    ['half a tag', 'a <tool_', 'a <tool_', []],
  ])('%s', (_, text, content, calls) => {
    expect(split(text, [])).toEqual({ content, calls });
  });

  it('does not depend on where the stream is cut', () => {
    const bits = fc.array(fc.constantFrom(call('a', '{"x":"<tool_call>"}'), call('b'), '<tool_call>', '</tool_call>', ' ', '\n', 'text', '<', '{"name":1}'), { maxLength: 8 });
    fc.assert(
      fc.property(bits, anyCuts, (list, cuts) => {
        expect(split(list.join(''), cuts)).toEqual(split(list.join(''), []));
      }),
    );
  });
});

describe('text from token bytes', () => {
  const read = (bytes: Uint8Array, stop: readonly string[], cuts: readonly number[]): string => {
    const text = new TokenText(stop);
    return pieces(bytes, cuts).map((piece) => text.push(piece)).join('') + text.end();
  };

  it('is the whole text up to the first stop text, wherever tokens end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\n'), minLength: 1, maxLength: 3 }), { maxLength: 3 }), anyCuts, (all, stop, cuts) => {
        const ends = stop.map((one) => all.indexOf(one)).filter((at) => at >= 0);
        expect(read(utf8.encode(all), stop, cuts)).toBe(all.slice(0, Math.min(all.length, ...ends)));
      }),
    );
  });

  it('finds stop texts in texts made of their letters', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
    fc.assert(
      fc.property(letters, letters.filter((text) => text !== ''), anyCuts, (all, stop, cuts) => {
        const at = all.indexOf(stop);
        expect(read(utf8.encode(all), [stop], cuts)).toBe(at < 0 ? all : all.slice(0, at));
      }),
    );
  });

  it('replaces bytes that are no text', () => {
    expect(read(Uint8Array.of(0x61, 0xff, 0xe2, 0x82), [], [])).toBe('a\ufffd\ufffd');
  });
});
