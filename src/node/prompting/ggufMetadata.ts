import { open } from 'node:fs/promises';

/** What a GGUF file says of prompts. */
export type GgufPrompting = { readonly chatTemplate: string | undefined; readonly bosToken: string | undefined; readonly eosToken: string | undefined; readonly addsBos: boolean | undefined };

/** Vocabularies make up most of the head of a file; those of 300,000 tokens have less than 32 MB. */
const chunkBytes = 1 << 20;
const mostHeadBytes = 256 << 20;
const scalarBytes: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];
const [boolType, stringType, arrayType] = [7, 8, 9];

class BadGguf extends Error {}

/** Reads the head of a GGUF file of any model, not its weights. A text in place of it says why there is none. */
export async function readGgufPrompting(file: string): Promise<GgufPrompting | string> {
  const handle = await open(file, 'r');
  try {
    const reader = new HeadReader(async (at, length) => {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await handle.read(bytes, 0, length, at);
      return bytes.subarray(0, bytesRead);
    });
    return await readHead(reader);
  } catch (error) {
    if (error instanceof BadGguf) return error.message;
    throw error;
  } finally {
    await handle.close();
  }
}

type Value = string | number | boolean | undefined;

async function readHead(reader: HeadReader): Promise<GgufPrompting> {
  if ((await reader.bytes(4)).toString('latin1') !== 'GGUF') throw new BadGguf('it is no GGUF file');
  const version = await reader.u32();
  if (version < 2 || version > 3) throw new BadGguf(`it is GGUF of version ${version}; 2 and 3 can be read`);
  await reader.length();
  const pairs = await reader.length();
  const found = new Map<string, Value>();
  let tokens: Map<number, string> | undefined;
  const wanted = ['tokenizer.ggml.bos_token_id', 'tokenizer.ggml.eos_token_id'];
  let vocabularyAt: number | undefined;
  for (let pair = 0; pair < pairs; pair += 1) {
    const key = await reader.text();
    const type = await reader.u32();
    if (key === 'tokenizer.ggml.tokens') vocabularyAt = reader.position;
    found.set(key, await reader.value(type));
  }
  const ids = wanted.map((key) => found.get(key)).filter((id) => typeof id === 'number');
  if (vocabularyAt !== undefined && ids.length > 0) tokens = await reader.tokensAt(vocabularyAt, new Set(ids));
  const tokenOf = (key: string): string | undefined => {
    const id = found.get(key);
    return typeof id === 'number' ? tokens?.get(id) : undefined;
  };
  const template = found.get('tokenizer.chat_template.tool_use') ?? found.get('tokenizer.chat_template');
  const adds = found.get('tokenizer.ggml.add_bos_token');
  return { chatTemplate: typeof template === 'string' ? template : undefined, bosToken: tokenOf(wanted[0] ?? ''), eosToken: tokenOf(wanted[1] ?? ''), addsBos: typeof adds === 'boolean' ? adds : undefined };
}

/** Forward through a file, a chunk at a time. */
class HeadReader {
  private at = 0;
  private chunk: Buffer = Buffer.alloc(0);
  private chunkStart = 0;

  constructor(private readonly read: (at: number, length: number) => Promise<Buffer>) {}

  get position(): number {
    return this.at;
  }

  async bytes(length: number): Promise<Buffer> {
    if (this.at + length > mostHeadBytes) throw new BadGguf('its head does not end');
    const from = this.at - this.chunkStart;
    if (from < 0 || from + length > this.chunk.length) {
      this.chunk = await this.read(this.at, Math.max(length, chunkBytes));
      this.chunkStart = this.at;
      if (this.chunk.length < length) throw new BadGguf('it ends too early');
    }
    const start = this.at - this.chunkStart;
    this.at += length;
    return this.chunk.subarray(start, start + length);
  }

  async u32(): Promise<number> {
    return (await this.bytes(4)).readUInt32LE();
  }

  async length(): Promise<number> {
    const value = (await this.bytes(8)).readBigUInt64LE();
    if (value > BigInt(mostHeadBytes)) throw new BadGguf('a length in it is larger than any head');
    return Number(value);
  }

  async text(): Promise<string> {
    return (await this.bytes(await this.length())).toString('utf8');
  }

  async value(type: number): Promise<Value> {
    if (type === stringType) return await this.text();
    if (type === arrayType) return await this.skipArray();
    const bytes = await this.bytes(sizeOf(type));
    if (type === boolType) return bytes[0] !== 0;
    if (type === 4) return bytes.readUInt32LE();
    return type === 5 ? bytes.readInt32LE() : undefined;
  }

  private async skipArray(): Promise<undefined> {
    const type = await this.u32();
    const count = await this.length();
    if (type === arrayType) throw new BadGguf('it has lists of lists');
    if (type === stringType) for (let item = 0; item < count; item += 1) this.skip(await this.length());
    else this.skip(sizeOf(type) * count);
    return undefined;
  }

  private skip(length: number): void {
    this.at += length;
    if (this.at > mostHeadBytes) throw new BadGguf('its head does not end');
  }

  async tokensAt(position: number, ids: ReadonlySet<number>): Promise<Map<number, string>> {
    this.at = position;
    const tokens = new Map<number, string>();
    if ((await this.u32()) !== stringType) return tokens;
    const count = await this.length();
    for (let id = 0; id < count && tokens.size < ids.size; id += 1) {
      const length = await this.length();
      if (ids.has(id)) tokens.set(id, (await this.bytes(length)).toString('utf8'));
      else this.skip(length);
    }
    return tokens;
  }
}

function sizeOf(type: number): number {
  const size = scalarBytes[type];
  if (size === undefined) throw new BadGguf(`it has a value of unknown type ${type}`);
  return size;
}
