import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopToolError } from '../../../src/core/errors.ts';
import { loadCheckpoint } from '../../../src/embedded/gguf/checkpoint.ts';
import { fromHalf, toHalf } from '../../../src/embedded/gguf/half.ts';
import { readGguf } from '../../../src/embedded/gguf/read.ts';
import { writeGguf } from '../../../src/embedded/gguf/write.ts';
import { tinyCheckpoint, tinyConfig } from './support.ts';

const model = tinyCheckpoint();
const { config, tokenizer, weights } = model;
const file = writeGguf(config, tokenizer, weights, 'f32', 'tiny');

/** The file with the value of a metadata key or a tensor entry changed: `offset` bytes after the name. */
function patched(name: string, offset: number, bytes: readonly number[]): Uint8Array {
  const copy = Buffer.from(file);
  const at = copy.indexOf(name);
  if (at < 0) throw new Error(name);
  Buffer.from(bytes).copy(copy, at + name.length + offset);
  return copy;
}

const u32 = (n: number): number[] => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24];

describe('half precision', () => {
  it('gives every half back, and rounds to nearest with ties to even', () => {
    for (let h = 0; h < 0x10000; h++) {
      const x = fromHalf(h);
      if (Number.isNaN(x)) expect(Number.isNaN(fromHalf(toHalf(x)))).toBe(true);
      else expect(toHalf(x)).toBe(h);
    }
    expect(toHalf(1 + 2 ** -11)).toBe(toHalf(1));
    expect(toHalf(1 + 3 * 2 ** -11)).toBe(toHalf(1 + 2 ** -9));
    expect(fromHalf(toHalf(65520))).toBe(Infinity);
  });

  it('is never further off than half a unit in the last place', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (x) => {
        const error = Math.abs(fromHalf(toHalf(x)) - x);
        return error <= Math.max(2 ** -25, Math.abs(x) * 2 ** -11);
      }),
    );
  });
});

describe('a checkpoint file', () => {
  it('comes back as it was written, bit by bit in float32', () => {
    const back = readGguf(file);
    expect(back.config).toEqual(config);
    expect(back.tokenizer.data).toEqual(tokenizer.data);
    expect(back.weights).toEqual(weights);
    expect(back.endOfTurn).toBe(tokenizer.id('<|im_end|>'));
    expect(Buffer.compare(writeGguf(back.config, back.tokenizer, back.weights, 'f32', back.name), file)).toBe(0);
  });

  it('is smaller in float16, and a second trip changes nothing more', () => {
    const half = writeGguf(config, tokenizer, weights, 'f16', 'tiny');
    const back = readGguf(half);
    expect(half.length).toBeLessThan(file.length * 0.75);
    back.weights.forEach((v, i) => expect(Math.abs(v - (weights[i] ?? 0))).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(v) * 2 ** -10)));
    expect(Buffer.compare(writeGguf(config, tokenizer, back.weights, 'f16', 'tiny'), half)).toBe(0);
  });

  it('may lie anywhere in a buffer', () => {
    const padded = Buffer.concat([Buffer.alloc(3), file]);
    expect(readGguf(padded.subarray(3)).weights).toEqual(weights);
  });
});

describe('a hostile file', () => {
  const refused = (bytes: Uint8Array, about: string): void => {
    expect(() => readGguf(bytes)).toThrow(expect.objectContaining({ code: 'checkpoint-unreadable', userMessage: expect.stringContaining(about) as string }));
  };

  it.each<[string, Uint8Array, string]>([
    ['that is empty', new Uint8Array(), 'not a GGUF file'],
    ['of another format', Buffer.from('PK\u0003\u0004 something else entirely'), 'not a GGUF file'],
    ['of another version', Buffer.concat([file.subarray(0, 4), Buffer.from(u32(2)), file.subarray(8)]), 'version 2'],
    ['of another architecture', patched('general.architecture', 12, [...Buffer.from('gemma')]), 'architecture'],
    ['with a huge string', patched('general.architecture', 4, [255, 255, 255, 255, 255, 255, 255, 127]), 'length exceeds'],
    ['with more tokens than bytes', patched('tokenizer.ggml.tokens', 8, u32(0x7fffffff)), 'length exceeds'],
    ['with an unknown value type', patched('general.name', 0, u32(77)), 'unknown type'],
    ['whose layers would not fit any memory', patched('llama.block_count', 4, u32(0xffffffff)), 'layers'],
    ['with more layers than tensors', patched('llama.block_count', 4, u32(9)), 'missing'],
    ['of a width that is no multiple of 8', patched('llama.embedding_length', 4, u32(33)), 'multiple of 8'],
    ['with heads of another size', patched('llama.attention.key_length', 4, u32(64)), 'heads'],
    ['with no heads', patched('llama.attention.head_count', 4, u32(0)), 'heads'],
    ['with a rope base that is not a number', patched('llama.rope.freq_base', 4, [0, 0, 0xc0, 0x7f]), 'rope base'],
    ['with another tokeniser', patched('tokenizer.ggml.pre', 12, [...Buffer.from('llama')]), 'tokeniser'],
    ['with an end token outside its vocabulary', patched('tokenizer.ggml.eos_token_id', 4, u32(100000)), 'end token'],
    ['with a tensor of another shape', patched('output_norm.weight', 4, u32(8)), 'another shape'],
    ['with a tensor of five dimensions', patched('output_norm.weight', 0, u32(5)), 'dimensions'],
    ['with a quantised tensor', patched('output_norm.weight', 12, u32(2)), 'float16'],
    ['with a tensor behind its end', patched('output_norm.weight', 16, u32(file.length - 8)), 'end of the file'],
    ['with a weight that is not a number', Buffer.concat([file.subarray(0, -4), Buffer.from([0, 0, 0xc0, 0x7f])]), 'not a number'],
  ])('%s is refused', (_, bytes, about) => refused(bytes, about));

  it('cut off anywhere is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (n) => {
        expect(() => readGguf(file.subarray(0, n))).toThrow(expect.objectContaining({ code: 'checkpoint-unreadable' }));
      }),
      { numRuns: 200 },
    );
  });

  it('with any bytes changed is read or refused, and nothing else', () => {
    const header = Buffer.from(file).indexOf('output_norm.weight') + 40;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: header }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }), (changes) => {
        const copy = Buffer.from(file);
        for (const [at, value] of changes) copy[at] = value;
        try {
          readGguf(copy);
        } catch (error) {
          expect(isLoopToolError(error, 'checkpoint-unreadable')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that is missing is refused with a way on', async () => {
    await expect(loadCheckpoint('/nowhere/at/all.gguf')).rejects.toMatchObject({ code: 'checkpoint-unreadable' });
  });

  it('of a shape that the engine refuses is not written by mistake', () => {
    expect(() => readGguf(writeGguf(tinyConfig({ vocab: tokenizer.size, context: 1 << 20 }), tokenizer, new Float32Array(1 << 20), 'f32', 'x'))).toThrow(
      expect.objectContaining({ code: 'checkpoint-unreadable' }),
    );
  });
});
