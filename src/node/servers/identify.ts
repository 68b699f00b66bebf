import * as z from 'zod';
import type { ServerIdentity, ServerKind } from '../../protocol/serverReport.ts';
import { isOwnServer } from '../openaiRequest.ts';
import { ask, type Asked } from './ask.ts';
import { errorMessage } from './readReply.ts';

export type ServerAddress = {
  /** Up to and including /v1, without a slash at the end. */
  readonly baseUrl: string;
  readonly model: string;
  readonly key: string | undefined;
};

export type Waits = {
  /** For a question that no model has to answer. */
  readonly identifyMs: number;
  /** For everything else. */
  readonly askMs: number;
};
export const usualWaits: Waits = { identifyMs: 2_000, askMs: 10_000 };

/** Hosted services are known by their names: their unknown paths are left alone. */
const hosted: readonly (readonly [RegExp, ServerKind])[] = [
  [/(^|\.)api\.openai\.com$|\.openai\.azure\.com$/, 'openai'],
  [/(^|\.)openrouter\.ai$/, 'openrouter'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)aliyuncs\.com$/, 'dashscope'],
  [/(^|\.)(together\.(ai|xyz)|groq\.com|mistral\.ai|fireworks\.ai|x\.ai|anthropic\.com|googleapis\.com|nvidia\.com|cerebras\.ai|perplexity\.ai|deepinfra\.com)$/, 'hosted'],
];

export function hostedKind(baseUrl: string): ServerKind | undefined {
  const { hostname } = new URL(baseUrl);
  return hosted.find(([pattern]) => pattern.test(hostname))?.[1];
}

/** Where a server's own paths stand: what OpenAI's paths stand under, without /v1. */
export function rootOf(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
}

const text = (asked: Asked): string => (asked.ok ? asked.text : '');
const versionShape = z.object({ version: z.string(), ray_version: z.string().optional() });
const propsShape = z.object({
  build_info: z.string().nullish(),
  total_slots: z.number().int().nullish(),
  default_generation_settings: z.object({ n_ctx: z.number().int().nullish(), params: z.looseObject({ 'speculative.types': z.string().nullish() }).nullish() }).nullish(),
});
const sglangShape = z.object({ version: z.string(), internal_states: z.unknown(), max_running_requests: z.number().int().nullish().catch(undefined), speculative_algorithm: z.string().nullish().catch(undefined) });
const tgiShape = z.object({ router: z.string(), version: z.string().nullish(), max_total_tokens: z.number().int().nullish(), max_concurrent_requests: z.number().int().nullish() });
const lmStudioShape = z.union([z.object({ models: z.array(z.looseObject({})) }), z.object({ data: z.array(z.looseObject({ max_context_length: z.number() })) })]);

type Found = Pick<ServerIdentity, 'kind' | 'version' | 'ctx' | 'slots' | 'speculative'> & { readonly loading?: true; readonly ray?: true };
const nothing: Found = { kind: 'unknown', version: null, ctx: null, slots: null, speculative: false };

/**
 * Which server answers, by what only it says: statuses prove nothing (LM Studio answers 200 to any path). Paths that need
 * no key are asked without one; only llama.cpp keeps what it tells of itself behind it.
 */
export async function identify({ baseUrl, key }: Pick<ServerAddress, 'baseUrl' | 'key'>, waits: Waits, signal: AbortSignal): Promise<Found> {
  const named = hostedKind(baseUrl);
  if (named !== undefined) return { ...nothing, kind: named };
  const root = rootOf(baseUrl);
  const get = (path: string, withKey?: string): Promise<Asked> => ask(`${root}${path}`, { key: withKey, timeoutMs: waits.identifyMs, signal });
  for (const look of [ollama, vllm, llamaCpp, sglang, tgi, lmStudio]) {
    const found = await look(get, key);
    if (found) return found;
  }
  return { ...nothing, kind: isOwnServer(baseUrl) ? 'unknown' : 'hosted' };
}

type Get = (path: string, withKey?: string) => Promise<Asked>;

async function ollama(get: Get): Promise<Found | undefined> {
  const asked = await get('/api/version');
  if (loading(asked)) return { ...nothing, kind: 'llama.cpp', loading: true };
  const read = asked.ok ? versionShape.safeParse(asked.json) : undefined;
  if (!read?.success) return /^Ollama is running/.test(text(await get('/'))) ? { ...nothing, kind: 'ollama' } : undefined;
  return read.data.ray_version === undefined ? { ...nothing, kind: 'ollama', version: read.data.version } : { ...nothing, ray: true };
}

async function vllm(get: Get): Promise<Found | undefined> {
  const asked = await get('/version');
  const read = asked.ok ? versionShape.safeParse(asked.json) : undefined;
  return read?.success ? { ...nothing, kind: 'vllm', version: read.data.version } : undefined;
}

async function llamaCpp(get: Get, key: string | undefined): Promise<Found | undefined> {
  const open = await get('/props');
  const asked = open.ok && open.status === 401 && key !== undefined ? await get('/props', key) : open;
  if (loading(asked)) return { ...nothing, kind: 'llama.cpp', loading: true };
  // Without the right key it says only who it is, by the words of its refusal.
  if (asked.ok && asked.status === 401 && /authentication_error/.test(asked.text) && /invalid api key/i.test(asked.text)) return { ...nothing, kind: 'llama.cpp' };
  const read = asked.ok && /total_slots|build_info/.test(asked.text) ? propsShape.safeParse(asked.json) : undefined;
  if (!read?.success) return undefined;
  const { build_info: version, total_slots: slots, default_generation_settings: settings } = read.data;
  const guesses = settings?.params?.['speculative.types'];
  // Guessing from n-grams shows in the slots alone.
  const slotList = await get('/slots', open === asked ? undefined : key);
  const speculative = (typeof guesses === 'string' && guesses !== 'none' && guesses !== '') || /"speculative":\s*true/.test(text(slotList));
  return { kind: 'llama.cpp', version: version ?? null, ctx: settings?.n_ctx ?? null, slots: slots ?? null, speculative };
}

async function sglang(get: Get): Promise<Found | undefined> {
  for (const path of ['/server_info', '/get_server_info']) {
    const asked = await get(path);
    const read = asked.ok ? sglangShape.safeParse(asked.json) : undefined;
    if (read?.success) return { ...nothing, kind: 'sglang', version: read.data.version, slots: read.data.max_running_requests ?? null, speculative: typeof read.data.speculative_algorithm === 'string' };
  }
  return undefined;
}

async function tgi(get: Get): Promise<Found | undefined> {
  const asked = await get('/info');
  const read = asked.ok ? tgiShape.safeParse(asked.json) : undefined;
  if (!read?.success) return undefined;
  return { kind: 'tgi', version: read.data.version ?? null, ctx: read.data.max_total_tokens ?? null, slots: read.data.max_concurrent_requests ?? null, speculative: false };
}

async function lmStudio(get: Get): Promise<Found | undefined> {
  for (const path of ['/api/v1/models', '/api/v0/models']) {
    const asked = await get(path);
    if (asked.ok && /loaded_instances|max_context_length/.test(asked.text) && lmStudioShape.safeParse(asked.json).success) return { ...nothing, kind: 'lmstudio', version: path.includes('v1') ? '0.4 or newer' : null };
    if (asked.ok && /Unexpected endpoint or method/i.test(asked.text)) return { ...nothing, kind: 'lmstudio' };
  }
  return undefined;
}

/** llama.cpp, on any path, while it loads its model. */
function loading(asked: Asked): boolean {
  return asked.ok && asked.status === 503 && /loading model/i.test(errorMessage(asked.json, asked.text));
}

const card = z.looseObject({
  id: z.string(),
  owned_by: z.string().nullish().catch(undefined),
  max_model_len: z.number().int().nullish().catch(undefined),
  context_length: z.number().int().nullish().catch(undefined),
  parent: z.string().nullish().catch(undefined),
  fingerprint: z.string().nullish().catch(undefined),
  simulated: z.boolean().nullish().catch(undefined),
});
const cards = z.object({ data: z.array(card) });
export type ModelCard = z.infer<typeof card>;

export function readModels(asked: Asked): readonly ModelCard[] | undefined {
  const read = asked.ok && asked.status === 200 ? cards.safeParse(asked.json) : undefined;
  return read?.success ? read.data.data : undefined;
}

/** By the owner that the list of models names, where the paths said nothing (a gateway lets only /v1 through). */
export function kindOfOwner(owner: string | null | undefined): ServerKind | undefined {
  if (owner === 'vllm' || owner === 'sglang' || owner === 'looptool') return owner;
  if (owner === 'llamacpp') return 'llama.cpp';
  return owner === 'library' ? 'ollama' : undefined;
}
