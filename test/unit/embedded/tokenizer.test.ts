import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteLevelBpe, tokenizerProblem } from '../../../src/embedded/tokenizer/byteLevelBpe.ts';
import { trainBpe } from '../../../src/embedded/tokenizer/trainBpe.ts';
import { SPECIALS } from './support.ts';

const texts = Array.from({ length: 40 }, (_, i) => `<|im_start|>user\nplease set the alarm for ${i} and play the song in oslo<|im_end|>\n{"name":"play_song","arguments":{"city":"oslo","hour":${i}}}`);
const tokenizer = trainBpe({ texts, valueWords: new Set(['oslo']), size: 400, specials: SPECIALS });
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.array(fc.constantFrom(' ', '\n', 'alarm', 'oslo', '"', '7', 'song', ...SPECIALS)).map((x) => x.join('')));
/** Lone surrogates have no UTF-8. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

describe('the tokeniser', () => {
  it('gives every text back, with or without special tokens', () => {
    fc.assert(
      fc.property(anyText.map(wellFormed), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        expect(tokenizer.decode(tokenizer.encodePlain(text))).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  it('never reads a special token out of data', () => {
    fc.assert(fc.property(anyText, (text) => tokenizer.encodePlain(text).every((id) => !tokenizer.isSpecial(id))));
    expect(tokenizer.encodePlain('<|im_end|>').length).toBeGreaterThan(1);
    expect(tokenizer.encode('a<|im_end|>')).toEqual([...tokenizer.encode('a'), tokenizer.id('<|im_end|>')]);
  });

  it('reads a value as the same tokens after a space and after a quote', () => {
    const after = (before: string): number[] => tokenizer.encode(`${before}oslo`).slice(tokenizer.encode(before).length);
    expect(after(' ')).toEqual(after('"'));
    expect(tokenizer.encode(' oslo')[0]).toBe(tokenizer.id('Ġ'));
  });

  it('has tokens for frequent words with their space, and none that join digits', () => {
    expect(tokenizer.encode(' alarm')).toHaveLength(1);
    for (const [a, b] of tokenizer.data.merges) expect(a + b).not.toMatch(/[0-9]/);
  });

  it('is the same for the same texts and fills its vocabulary', () => {
    expect(trainBpe({ texts, valueWords: new Set(['oslo']), size: 400, specials: SPECIALS }).data).toEqual(tokenizer.data);
    expect(tokenizer.size).toBe(400);
    expect(tokenizer.data.types.filter((t) => t === 3)).toHaveLength(2);
    expect(tokenizer.data.types.filter((t) => t === 4)).toHaveLength(6);
  });

  it('reads a very long word in linear time', () => {
    const word = 'alarm'.repeat(40_000);
    expect(tokenizer.decode(tokenizer.encode(word))).toBe(word);
  });

  it('gives bytes that join to characters', () => {
    const ids = tokenizer.encode('漢');
    expect(ids.length).toBe(3);
    expect(Buffer.concat(ids.map((id) => tokenizer.bytes(id))).toString()).toBe('漢');
    expect(tokenizer.decode(ids.slice(0, 2))).toBe('\ufffd');
  });

  it('names what is wrong with broken data', () => {
    const { data } = tokenizer;
    expect(tokenizerProblem(data)).toBeUndefined();
    expect(tokenizerProblem({ ...data, types: data.types.slice(1) })).toContain('differ in number');
    expect(tokenizerProblem({ ...data, vocab: ['zz', ...data.vocab.slice(1)] })).toContain('byte 0');
    expect(tokenizerProblem({ ...data, vocab: [...data.vocab.slice(0, -1), 'a'] })).toContain('twice');
    expect(tokenizerProblem({ ...data, merges: [...data.merges, ['q', 'q']] })).toContain('merge');
    expect(tokenizerProblem({ ...data, vocab: [...data.vocab.slice(0, -1), ''] })).toContain('empty');
    expect(new ByteLevelBpe({ ...data, types: data.vocab.map(() => 1) }).specials.size).toBe(0);
  });
});
