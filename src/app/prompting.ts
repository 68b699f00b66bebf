import type { Endpoint } from '../core/config/projectConfig.ts';
import { LoopToolError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { canonicalJson } from '../core/json/stringify.ts';
import { chatmlTemplate, jinjaPrompt, type PromptTemplate } from '../core/llm/template/promptTemplate.ts';
import type { PromptingNote } from '../core/rounds/manifest.ts';
import type { Prompting } from '../node/prompting/promptedPort.ts';
import type { PromptServer, ToldTemplate } from '../node/prompting/promptServer.ts';
import { readTemplateFile } from '../node/prompting/templateFile.ts';

export type PromptSettings = Pick<Extract<Endpoint, { kind: 'openai' }>, 'prompting' | 'template' | 'templateArgs'>;

/** `note` is undefined where the server makes its prompts as it does by itself. */
export type KnownPrompting = { readonly prompting: Prompting; readonly note: PromptingNote | undefined };

export type PromptingPorts = {
  readonly role: string;
  readonly server: PromptServer;
  /** Of the project. */
  readonly absolute: (path: string) => string;
  /** Behind the endpoint stands the embedded engine, whose template is code of ours. */
  readonly embedded: boolean;
};

/** Settings of an endpoint made ready. Throws `config-invalid` with what to set otherwise. */
export async function makePrompting(settings: PromptSettings, ports: PromptingPorts, signal: AbortSignal): Promise<KnownPrompting> {
  const { templateArgs } = settings;
  if (settings.prompting !== 'raw') {
    const note = templateArgs === undefined ? undefined : { mode: 'chat' as const, hash: sha256Hex(canonicalJson(templateArgs)).slice(0, 16) };
    return { prompting: { mode: 'chat', templateArgs }, note };
  }
  if (!ports.embedded && (await ports.server.sort(signal)) === 'ollama') {
    throw new LoopToolError('config-invalid', `endpoints.${ports.role} cannot have prompting "raw": Ollama puts its own template around what is sent to /v1/completions. Set prompting to "chat", or serve the model with llama.cpp or vLLM.`);
  }
  const template = await makeTemplate(settings, ports, signal);
  const addsBos = await ports.server.addsBos(signal);
  return { prompting: { mode: 'raw', template, addsBos }, note: { mode: 'raw', template: template.name, hash: template.hash } };
}

/** What becomes of request keys: undefined for the server's own ways, so that older keys stay. */
export function promptingKey({ note }: KnownPrompting): { readonly prompting?: string } {
  return note === undefined ? {} : { prompting: `${note.mode}:${note.hash}` };
}

async function makeTemplate(settings: PromptSettings, ports: PromptingPorts, signal: AbortSignal): Promise<PromptTemplate> {
  const { template: name = 'server', templateArgs = {} } = settings;
  if (name === 'chatml') return chatmlTemplate(templateArgs);
  if (name === 'server' && ports.embedded) return await embeddedTemplate();
  const told = name === 'server' ? await serverTemplate(ports, signal) : await readTemplateFile(ports.absolute(name));
  const made = await jinjaPrompt({ ...told, name, args: { ...told.args, ...templateArgs } });
  if (made.ok) return made.template;
  const where = made.place === undefined ? '' : ` at line ${made.place.line}, column ${made.place.column}`;
  throw new LoopToolError('config-invalid', `The template of endpoints.${ports.role} (${name}) cannot be read${where}: ${made.message}. Name another with template (docs/prompting.md).`);
}

async function serverTemplate({ role, server }: PromptingPorts, signal: AbortSignal): Promise<ToldTemplate> {
  const told = await server.template(signal);
  if (told) return told;
  const sort = await server.sort(signal);
  const who = sort === 'llama.cpp' ? 'llama.cpp, which tells its template at /props, did not tell it' : sort === 'unknown' ? 'the server does not tell its template, or does not answer' : `${sort} does not tell its template`;
  throw new LoopToolError('config-invalid', `endpoints.${role} has prompting "raw", and ${who}. Set template to the file tokenizer_config.json or chat_template.jinja of the model, to its .gguf, or to "chatml" (docs/prompting.md).`);
}

/** The one that the embedded engine was trained on; loaded where it is asked for. */
async function embeddedTemplate(): Promise<PromptTemplate> {
  const { renderPrompt } = await import('../embedded/chat/template.ts');
  const example = renderPrompt([{ role: 'user', content: 'u' }, { role: 'tool', content: 'r' }], [{ name: 'f' }]);
  return {
    name: 'server',
    hash: sha256Hex(example).slice(0, 16),
    stop: ['<|im_end|>'],
    source: undefined,
    bosToken: undefined,
    render: ({ messages, tools, continuation = '' }) => ({ ok: true, text: renderPrompt(messages, tools) + continuation }),
  };
}
