import { jinjaChatTemplate } from '../chat/jinjaTemplate.ts';
import type { ByteLevelBpe } from '../tokenizer/byteLevelBpe.ts';
import { HEAD_SIZE, type ModelConfig } from '../model/config.ts';
import { toHalf } from './half.ts';
import { ALIGNMENT, elements, tensorNames, TENSOR_TYPE, VALUE_TYPE, type TensorName } from './names.ts';

export type Precision = 'f16' | 'f32';

type MetaValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'i32s'; readonly value: readonly number[] };

class Writer {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  bytes(b: Uint8Array): void {
    this.parts.push(b);
    this.length += b.length;
  }

  u32(v: number): void {
    const b = Buffer.alloc(4);
    b.writeUInt32LE(v);
    this.bytes(b);
  }

  f32(v: number): void {
    const b = Buffer.alloc(4);
    b.writeFloatLE(v);
    this.bytes(b);
  }

  u64(v: number): void {
    const b = Buffer.alloc(8);
    b.writeBigUInt64LE(BigInt(v));
    this.bytes(b);
  }

  string(s: string): void {
    const b = Buffer.from(s, 'utf8');
    this.u64(b.length);
    this.bytes(b);
  }

  pad(): void {
    const n = (ALIGNMENT - (this.length % ALIGNMENT)) % ALIGNMENT;
    if (n > 0) this.bytes(new Uint8Array(n));
  }

  done(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}

function writeMeta(w: Writer, key: string, m: MetaValue): void {
  w.string(key);
  switch (m.type) {
    case 'u32':
      w.u32(VALUE_TYPE.u32);
      w.u32(m.value);
      break;
    case 'f32':
      w.u32(VALUE_TYPE.f32);
      w.f32(m.value);
      break;
    case 'bool':
      w.u32(VALUE_TYPE.bool);
      w.bytes(Uint8Array.of(m.value ? 1 : 0));
      break;
    case 'string':
      w.u32(VALUE_TYPE.string);
      w.string(m.value);
      break;
    case 'strings':
      w.u32(VALUE_TYPE.array);
      w.u32(VALUE_TYPE.string);
      w.u64(m.value.length);
      for (const v of m.value) w.string(v);
      break;
    case 'i32s':
      w.u32(VALUE_TYPE.array);
      w.u32(VALUE_TYPE.i32);
      w.u64(m.value.length);
      for (const v of m.value) w.u32(v);
      break;
  }
}

function metadata(c: ModelConfig, tokenizer: ByteLevelBpe, precision: Precision, name: string, endOfTurn: string): [string, MetaValue][] {
  const u32 = (value: number): MetaValue => ({ type: 'u32', value });
  const f32 = (value: number): MetaValue => ({ type: 'f32', value });
  const string = (value: string): MetaValue => ({ type: 'string', value });
  const end = u32(tokenizer.id(endOfTurn));
  const { vocab, types, merges } = tokenizer.data;
  return [
    ['general.architecture', string('llama')],
    ['general.name', string(name)],
    ['general.alignment', u32(ALIGNMENT)],
    ['general.file_type', u32(precision === 'f16' ? 1 : 0)],
    ['llama.context_length', u32(c.context)],
    ['llama.embedding_length', u32(c.dim)],
    ['llama.block_count', u32(c.layers)],
    ['llama.feed_forward_length', u32(c.ffn)],
    ['llama.attention.head_count', u32(c.heads)],
    ['llama.attention.head_count_kv', u32(c.kvHeads)],
    ['llama.attention.layer_norm_rms_epsilon', f32(c.eps)],
    ['llama.attention.key_length', u32(HEAD_SIZE)],
    ['llama.attention.value_length', u32(HEAD_SIZE)],
    ['llama.rope.dimension_count', u32(HEAD_SIZE)],
    ['llama.rope.freq_base', f32(c.ropeBase)],
    ['llama.vocab_size', u32(c.vocab)],
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string('gpt-2')],
    ['tokenizer.ggml.tokens', { type: 'strings', value: vocab }],
    ['tokenizer.ggml.token_type', { type: 'i32s', value: types }],
    ['tokenizer.ggml.merges', { type: 'strings', value: merges.map(([a, b]) => `${a} ${b}`) }],
    ['tokenizer.ggml.bos_token_id', end],
    ['tokenizer.ggml.eos_token_id', end],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: false }],
    ['tokenizer.chat_template', string(jinjaChatTemplate)],
  ];
}

function tensorBytes(t: TensorName, weights: Float32Array, half: boolean): Uint8Array {
  const n = elements(t.shape);
  const b = Buffer.alloc(n * (half ? 2 : 4));
  for (let i = 0; i < n; i++) {
    const v = weights[t.offset + i] ?? 0;
    if (half) b.writeUInt16LE(toHalf(v), 2 * i);
    else b.writeFloatLE(v, 4 * i);
  }
  return b;
}

/**
 * A GGUF 3 file as llama.cpp reads it: `llama`, tied embeddings, `gpt2` tokeniser, the chat template. Norms stay float32 even at `f16`.
 * `endOfTurn` is the token that ends an answer. Equal input gives equal bytes.
 */
export function writeGguf(c: ModelConfig, tokenizer: ByteLevelBpe, weights: Float32Array, precision: Precision, name: string, endOfTurn = '<|im_end|>'): Uint8Array {
  const names = tensorNames(c);
  const meta = metadata(c, tokenizer, precision, name, endOfTurn);
  const w = new Writer();
  w.bytes(Buffer.from('GGUF'));
  w.u32(3);
  w.u64(names.length);
  w.u64(meta.length);
  for (const [key, value] of meta) writeMeta(w, key, value);
  const half = (t: TensorName): boolean => precision === 'f16' && t.shape.length > 1;
  let offset = 0;
  for (const t of names) {
    w.string(t.name);
    w.u32(t.shape.length);
    for (const n of t.shape) w.u64(n);
    w.u32(half(t) ? TENSOR_TYPE.f16 : TENSOR_TYPE.f32);
    w.u64(offset);
    offset += Math.ceil((elements(t.shape) * (half(t) ? 2 : 4)) / ALIGNMENT) * ALIGNMENT;
  }
  w.pad();
  for (const t of names) {
    w.bytes(tensorBytes(t, weights, half(t)));
    w.pad();
  }
  return w.done();
}
