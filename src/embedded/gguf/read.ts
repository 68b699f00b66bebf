import { LoopToolError } from '../../core/errors.ts';
import { HEAD_SIZE, unsupportedShape, type ModelConfig } from '../model/config.ts';
import { planTensors } from '../model/layout.ts';
import { ByteLevelBpe, tokenizerProblem, TOKEN_TYPE } from '../tokenizer/byteLevelBpe.ts';
import { fromHalf } from './half.ts';
import { ALIGNMENT, elements, tensorNames, TENSOR_TYPE, VALUE_TYPE } from './names.ts';

export type GgufModel = {
  readonly config: ModelConfig;
  readonly tokenizer: ByteLevelBpe;
  /** In the order of `planTensors`. */
  readonly weights: Float32Array;
  readonly name: string;
  /** Id of the token that ends an answer. */
  readonly endOfTurn: number;
};

/** Found while reading; `readGguf` turns it into a LoopToolError. */
class BadFile extends Error {}

type MetaValue = number | bigint | boolean | string | readonly (number | bigint | boolean | string)[];
type TensorInfo = { readonly shape: readonly number[]; readonly type: number; readonly offset: number };

/** Reads forward and refuses to pass the end; every length is checked before memory is taken for it. */
class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.at;
  }

  private take(n: number): number {
    if (n > this.bytes.length - this.at) throw new BadFile('it ends too early');
    this.at += n;
    return this.at - n;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A length or offset; nothing in a file can be longer than the file. */
  length(): number {
    const v = this.view.getBigUint64(this.take(8), true);
    if (v > BigInt(this.bytes.length)) throw new BadFile('a length exceeds the file');
    return Number(v);
  }

  text(): string {
    const n = this.length();
    const from = this.take(n);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes.subarray(from, from + n));
  }

  scalar(type: number): number | bigint | boolean | string {
    switch (type) {
      case VALUE_TYPE.u8: return this.view.getUint8(this.take(1));
      case VALUE_TYPE.i8: return this.view.getInt8(this.take(1));
      case VALUE_TYPE.u16: return this.view.getUint16(this.take(2), true);
      case VALUE_TYPE.i16: return this.view.getInt16(this.take(2), true);
      case VALUE_TYPE.u32: return this.u32();
      case VALUE_TYPE.i32: return this.view.getInt32(this.take(4), true);
      case VALUE_TYPE.f32: return this.view.getFloat32(this.take(4), true);
      case VALUE_TYPE.bool: return this.view.getUint8(this.take(1)) !== 0;
      case VALUE_TYPE.string: return this.text();
      case VALUE_TYPE.u64: return this.view.getBigUint64(this.take(8), true);
      case VALUE_TYPE.i64: return this.view.getBigInt64(this.take(8), true);
      case VALUE_TYPE.f64: return this.view.getFloat64(this.take(8), true);
      default: throw new BadFile(`it has a value of unknown type ${type}`);
    }
  }

  value(): MetaValue {
    const type = this.u32();
    if (type !== VALUE_TYPE.array) return this.scalar(type);
    const item = this.u32();
    const n = this.length();
    const out: (number | bigint | boolean | string)[] = [];
    for (let i = 0; i < n; i++) out.push(this.scalar(item));
    return out;
  }
}

class Metadata {
  private readonly values = new Map<string, MetaValue>();

  constructor(reader: Reader, pairs: number) {
    for (let i = 0; i < pairs; i++) {
      const key = reader.text();
      if (this.values.has(key)) throw new BadFile(`${key} occurs twice`);
      this.values.set(key, reader.value());
    }
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  number(key: string, otherwise?: number): number {
    const v = this.values.get(key) ?? otherwise;
    if (typeof v === 'bigint') return Number(v);
    if (typeof v !== 'number') throw new BadFile(`${key} is missing`);
    return v;
  }

  string(key: string, otherwise?: string): string {
    const v = this.values.get(key) ?? otherwise;
    if (typeof v !== 'string') throw new BadFile(`${key} is missing`);
    return v;
  }

  strings(key: string): string[] {
    return this.list(key).map((x) => {
      if (typeof x !== 'string') throw new BadFile(`${key} is not a list of texts`);
      return x;
    });
  }

  numbers(key: string): number[] {
    return this.list(key).map((x) => {
      if (typeof x !== 'number') throw new BadFile(`${key} is not a list of numbers`);
      return x;
    });
  }

  private list(key: string): readonly (number | bigint | boolean | string)[] {
    const v = this.values.get(key);
    if (!Array.isArray(v)) throw new BadFile(`${key} is missing`);
    // Array.isArray turns a readonly array into any[].
    return v as readonly (number | bigint | boolean | string)[];
  }
}

function readTokenizer(meta: Metadata): ByteLevelBpe {
  const kind = `${meta.string('tokenizer.ggml.model')}/${meta.string('tokenizer.ggml.pre', 'default')}`;
  if (kind !== 'gpt2/gpt-2') throw new BadFile(`its tokeniser is ${JSON.stringify(kind.slice(0, 40))}, not gpt2 with gpt-2 pre-tokenisation`);
  const vocab = meta.strings('tokenizer.ggml.tokens');
  const types = meta.has('tokenizer.ggml.token_type') ? meta.numbers('tokenizer.ggml.token_type') : vocab.map(() => TOKEN_TYPE.normal);
  const merges = meta.strings('tokenizer.ggml.merges').map((m): readonly [string, string] => {
    const cut = m.indexOf(' ', 1);
    if (cut < 0) throw new BadFile('a merge has one part only');
    return [m.slice(0, cut), m.slice(cut + 1)];
  });
  const data = { vocab, types, merges };
  const problem = tokenizerProblem(data);
  if (problem !== undefined) throw new BadFile(`its tokeniser is broken: ${problem}`);
  return new ByteLevelBpe(data);
}

function readConfig(meta: Metadata, vocab: number): ModelConfig {
  const heads = meta.number('llama.attention.head_count');
  const config: ModelConfig = {
    vocab, dim: meta.number('llama.embedding_length'), layers: meta.number('llama.block_count'), heads,
    kvHeads: meta.number('llama.attention.head_count_kv', heads), ffn: meta.number('llama.feed_forward_length'), context: meta.number('llama.context_length'),
    ropeBase: meta.number('llama.rope.freq_base', 10000), eps: meta.number('llama.attention.layer_norm_rms_epsilon'),
  };
  const problem = unsupportedShape(config);
  if (problem !== undefined) throw new BadFile(`the engine cannot run its shape: ${problem}`);
  const headSize = meta.number('llama.attention.key_length', config.dim / config.heads);
  const valueSize = meta.number('llama.attention.value_length', headSize);
  const turned = meta.number('llama.rope.dimension_count', headSize);
  if (headSize !== HEAD_SIZE || valueSize !== HEAD_SIZE || turned !== HEAD_SIZE) throw new BadFile(`its heads have ${headSize} values; the engine runs heads of ${HEAD_SIZE}`);
  if (meta.string('llama.rope.scaling.type', 'none') !== 'none') throw new BadFile('it scales its positions, which the engine does not do');
  return config;
}

function readTensorInfos(reader: Reader, count: number): Map<string, TensorInfo> {
  const infos = new Map<string, TensorInfo>();
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    const rank = reader.u32();
    if (rank > 4) throw new BadFile('a tensor has more than four dimensions');
    const shape = Array.from({ length: rank }, () => reader.length());
    if (infos.has(name)) throw new BadFile('a tensor occurs twice');
    infos.set(name, { shape, type: reader.u32(), offset: reader.length() });
  }
  return infos;
}

function readWeights(bytes: Uint8Array, config: ModelConfig, infos: ReadonlyMap<string, TensorInfo>, base: number): Float32Array {
  const names = tensorNames(config);
  const known = new Set(names.map((t) => t.name));
  for (const name of infos.keys()) if (!known.has(name)) throw new BadFile(`it has a tensor that the engine does not know: ${JSON.stringify(name.slice(0, 60))}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const plan = names.map((t) => {
    const info = infos.get(t.name);
    if (!info) throw new BadFile(`tensor ${t.name} is missing`);
    if (info.shape.length !== t.shape.length || info.shape.some((n, i) => n !== t.shape[i])) throw new BadFile(`tensor ${t.name} has another shape`);
    if (info.type !== TENSOR_TYPE.f32 && info.type !== TENSOR_TYPE.f16) throw new BadFile(`tensor ${t.name} is neither float32 nor float16`);
    const from = base + info.offset;
    const width = info.type === TENSOR_TYPE.f16 ? 2 : 4;
    const n = elements(t.shape);
    if (from + n * width > bytes.length) throw new BadFile(`tensor ${t.name} passes the end of the file`);
    return { to: t.offset, from, width, n };
  });
  // Only now is it certain that the file is as large as the model.
  const weights = new Float32Array(planTensors(config).params);
  for (const { to, from, width, n } of plan) {
    for (let i = 0; i < n; i++) {
      const v = width === 2 ? fromHalf(view.getUint16(from + 2 * i, true)) : view.getFloat32(from + 4 * i, true);
      if (!Number.isFinite(v)) throw new BadFile('a weight is not a number');
      weights[to + i] = v;
    }
  }
  return weights;
}

function read(bytes: Uint8Array): GgufModel {
  const reader = new Reader(bytes);
  if (bytes.length < 4 || String.fromCharCode(...bytes.subarray(0, 4)) !== 'GGUF') throw new BadFile('it is not a GGUF file');
  reader.u32();
  const version = reader.u32();
  if (version !== 3) throw new BadFile(`it is GGUF version ${version}; the engine reads version 3`);
  const tensors = reader.length();
  const meta = new Metadata(reader, reader.length());
  const architecture = meta.string('general.architecture');
  if (architecture !== 'llama') throw new BadFile(`its architecture is ${JSON.stringify(architecture.slice(0, 40))}; the engine runs "llama" only`);
  const infos = readTensorInfos(reader, tensors);
  const alignment = meta.number('general.alignment', ALIGNMENT);
  if (!Number.isSafeInteger(alignment) || alignment < 1 || alignment > 65536) throw new BadFile('its alignment is out of range');
  const tokenizer = readTokenizer(meta);
  const config = readConfig(meta, tokenizer.size);
  const endOfTurn = meta.number('tokenizer.ggml.eos_token_id');
  if (!(Number.isSafeInteger(endOfTurn) && endOfTurn >= 0 && endOfTurn < tokenizer.size)) throw new BadFile('its end token is not in its vocabulary');
  const weights = readWeights(bytes, config, infos, Math.ceil(reader.position / alignment) * alignment);
  return { config, tokenizer, weights, name: meta.string('general.name', ''), endOfTurn };
}

/**
 * Reads a checkpoint that `writeGguf` or llama.cpp's tools wrote: llama architecture, heads of 32, tied embeddings, F16 or
 * F32. Anything else is refused before memory is taken for it. Throws LoopToolError `checkpoint-unreadable`.
 */
export function readGguf(bytes: Uint8Array): GgufModel {
  try {
    return read(bytes);
  } catch (cause) {
    if (!(cause instanceof BadFile)) throw cause;
    throw new LoopToolError('checkpoint-unreadable', `The checkpoint cannot be used: ${cause.message}. Choose a checkpoint that LoopTool's embedded engine wrote.`, { cause });
  }
}
