import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { LoopToolError } from '../../core/errors.ts';
import { readText } from '../projectFiles.ts';
import { readGgufPrompting } from './ggufMetadata.ts';
import type { ToldTemplate } from './promptServer.ts';

/** A token is its text, or an object around it. */
const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]).nullish().catch(undefined);
const named = z.array(z.object({ name: z.string(), template: z.string() }));
const configShape = z.looseObject({ chat_template: z.union([z.string(), named]).nullish(), bos_token: token, eos_token: token });

/** Reads the template of a file: .gguf, tokenizer_config.json, chat_template.json, else the template itself. Throws `config-invalid`. */
export async function readTemplateFile(file: string): Promise<ToldTemplate> {
  if (file.endsWith('.gguf')) return await fromGguf(file);
  const text = await readText(file);
  if (text === undefined) throw invalid(file, 'There is no such file');
  if (!file.endsWith('.json')) return { source: text, ...(await tokensBeside(file)) };
  const config = readConfig(file, text);
  const { chat_template: template } = config;
  const beside = await tokensBeside(file);
  const told = { bosToken: config.bos_token ?? beside.bosToken, eosToken: config.eos_token ?? beside.eosToken };
  if (typeof template === 'string') return { source: template, ...told };
  // Older models have several: that for tools is the one that is asked with tools.
  const chosen = template?.find(({ name }) => name === 'tool_use') ?? template?.find(({ name }) => name === 'default');
  if (chosen) return { source: chosen.template, ...told };
  const own = await readText(join(dirname(file), 'chat_template.jinja'));
  if (own !== undefined) return { source: own, ...told };
  throw invalid(file, 'There is no chat_template in it, and no chat_template.jinja beside it');
}

function readConfig(file: string, text: string): z.infer<typeof configShape> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, `It is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const read = configShape.safeParse(value);
  if (!read.success) throw invalid(file, 'It has no chat_template that is a text');
  return read.data;
}

/** The tokens of beginning and end stand in the tokeniser's configuration, whatever file has the template. */
async function tokensBeside(file: string): Promise<Pick<ToldTemplate, 'bosToken' | 'eosToken'>> {
  const beside = join(dirname(file), 'tokenizer_config.json');
  const text = basename(file) === 'tokenizer_config.json' ? undefined : await readText(beside);
  if (text === undefined) return { bosToken: undefined, eosToken: undefined };
  const { bos_token: bosToken, eos_token: eosToken } = readConfig(beside, text);
  return { bosToken: bosToken ?? undefined, eosToken: eosToken ?? undefined };
}

async function fromGguf(file: string): Promise<ToldTemplate> {
  const read = await readGgufPrompting(file).catch((cause: unknown) => {
    throw invalid(file, cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'There is no such file' : `It cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  if (typeof read === 'string') throw invalid(file, `It cannot be read: ${read}`);
  const { chatTemplate, bosToken, eosToken } = read;
  if (chatTemplate === undefined) throw invalid(file, 'The model in it has no chat template');
  return { source: chatTemplate, bosToken, eosToken };
}

function invalid(file: string, what: string): LoopToolError {
  return new LoopToolError('config-invalid', `The template ${file} cannot be used. ${what}. Name another with template, or set it to "chatml" or "server" (docs/prompting.md).`);
}
