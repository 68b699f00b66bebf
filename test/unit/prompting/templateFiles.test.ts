import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTemplateFile } from '../../../src/node/prompting/templateFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-templates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
function write(files: Readonly<Record<string, string | Uint8Array>>): string {
  made += 1;
  const inside = mkdtempSync(join(folder, `${made}-`));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(inside, name), content);
  return inside;
}

/** A GGUF head: enough of the format for what is read here. */
function gguf(pairs: readonly (readonly [key: string, type: number, value: Buffer])[], version = 3): Buffer {
  const u32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
  return Buffer.concat([Buffer.from('GGUF'), u32(version), u64(0), u64(pairs.length), ...pairs.flatMap(([key, type, value]) => [text(key), u32(type), value])]);
}
function u64(value: number): Buffer { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; }
function text(value: string): Buffer { return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]); }
function u32(value: number): Buffer { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; }
const strings = (values: readonly string[]): Buffer => Buffer.concat([u32(8), u64(values.length), ...values.map(text)]);
const numbers = (values: readonly number[]): Buffer => Buffer.concat([u32(5), u64(values.length), ...values.map(u32)]);

describe('a template is read from', () => {
  it('tokenizer_config.json, tokens as texts or objects', async () => {
    const inside = write({ 'tokenizer_config.json': JSON.stringify({ chat_template: 'T', bos_token: { content: '<s>', lstrip: false }, eos_token: '</s>', other: 1 }) });
    expect(await readTemplateFile(join(inside, 'tokenizer_config.json'))).toEqual({ source: 'T', bosToken: '<s>', eosToken: '</s>' });
  });

  it('several named ones: that for tools', async () => {
    const inside = write({ 'tokenizer_config.json': JSON.stringify({ chat_template: [{ name: 'default', template: 'D' }, { name: 'tool_use', template: 'U' }], bos_token: null }) });
    expect(await readTemplateFile(join(inside, 'tokenizer_config.json'))).toMatchObject({ source: 'U', bosToken: undefined });
  });

  it('chat_template.json and .jinja, with the tokens of the configuration beside them', async () => {
    const inside = write({ 'chat_template.json': JSON.stringify({ chat_template: 'J' }), 'chat_template.jinja': 'P', 'tokenizer_config.json': JSON.stringify({ bos_token: '<b>', eos_token: '<e>' }) });
    expect(await readTemplateFile(join(inside, 'chat_template.json'))).toEqual({ source: 'J', bosToken: '<b>', eosToken: '<e>' });
    expect(await readTemplateFile(join(inside, 'chat_template.jinja'))).toEqual({ source: 'P', bosToken: '<b>', eosToken: '<e>' });
    expect(await readTemplateFile(join(inside, 'tokenizer_config.json'))).toEqual({ source: 'P', bosToken: '<b>', eosToken: '<e>' });
  });

  it('a GGUF file of any model, past its vocabulary', async () => {
    const tokens = Array.from({ length: 200_000 }, (_, index) => (index === 7 ? '<bos>' : index === 150_000 ? '<eos>' : `token ${index}`));
    const head = gguf([
      ['general.name', 8, text('m')],
      ['tokenizer.ggml.bos_token_id', 4, u32(7)],
      ['tokenizer.ggml.tokens', 9, strings(tokens)],
      ['tokenizer.ggml.token_type', 9, numbers([1, 2, 3])],
      ['tokenizer.ggml.add_bos_token', 7, Buffer.of(1)],
      ['tokenizer.ggml.eos_token_id', 4, u32(150_000)],
      ['tokenizer.chat_template', 8, text('{{ bos_token }}G')],
    ]);
    const inside = write({ 'model.gguf': head });
    expect(await readTemplateFile(join(inside, 'model.gguf'))).toEqual({ source: '{{ bos_token }}G', bosToken: '<bos>', eosToken: '<eos>' });
  });

  it.each([
    ['nothing.jinja', {}, /There is no such file/],
    ['nothing.gguf', {}, /There is no such file/],
    ['tokenizer_config.json', { 'tokenizer_config.json': '{"a": 1}' }, /no chat_template in it/],
    ['tokenizer_config.json', { 'tokenizer_config.json': '{"a": ' }, /not JSON/],
    ['tokenizer_config.json', { 'tokenizer_config.json': '{"chat_template": 5}' }, /no chat_template that is a text/],
    ['m.gguf', { 'm.gguf': 'GGML' }, /no GGUF file/],
    ['m.gguf', { 'm.gguf': gguf([['a', 8, text('b')]]).subarray(0, 30) }, /ends too early/],
    ['m.gguf', { 'm.gguf': gguf([['a', 8, Buffer.alloc(8, 0xff)]]) }, /larger than any head/],
    ['m.gguf', { 'm.gguf': gguf([['a', 99, text('b')]]) }, /unknown type 99/],
    ['m.gguf', { 'm.gguf': gguf([['a', 8, text('b')]]) }, /has no chat template/],
    ['m.gguf', { 'm.gguf': gguf([], 1) }, /version 1/],
  ])('%s fails with what is wrong: %#', async (name, files, message) => {
    await expect(readTemplateFile(join(write(files as Record<string, string>), name))).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringMatching(message) as unknown });
  });
});
