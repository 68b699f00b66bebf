import * as z from 'zod';
import type { ServerIdentity, ServerKind } from '../../protocol/serverReport.ts';
import type { Clock } from '../clock.ts';
import { ask, type Asked } from './ask.ts';
import { hostedKind, identify, kindOfOwner, readModels, rootOf, type ModelCard, type ServerAddress, type Waits } from './identify.ts';

/** Longest wait for a server that loads its model. */
const loadingMs = 300_000;
const firstPauseMs = 1_000;
/** SGLang makes a real token for each question about its health. */
const longestPauseMs = 5_000;

/** Who answers there, and whether it can be asked: everything that needs no model. */
export async function contact(address: ServerAddress, waits: Waits, signal: AbortSignal): Promise<ServerIdentity> {
  const unknown: ServerIdentity = { kind: hostedKind(address.baseUrl) ?? 'unknown', version: null, model: address.model, ctx: null, auth: 'unknown', state: 'ready', problem: null, listed: null, slots: null, speculative: false, weights: null };
  const open = await ask(`${address.baseUrl}/models`, { timeoutMs: waits.askMs, signal });
  if (!open.ok) return { ...unknown, state: 'unreachable', problem: open.problem };
  const found = await identify(address, waits, signal);
  const { loading, ray, ...said } = found;
  const known = { ...unknown, ...said };
  if (ray) return { ...known, state: 'unreachable', problem: { kind: 'ray', message: 'a Ray dashboard answers, not a model server' } };
  if (isPage(open) && known.kind === 'unknown') return { ...known, state: 'unreachable', problem: { kind: 'page', message: 'a web page answers' } };
  if (loading) return { ...known, state: 'loading' };
  const refused = open.status === 401 || open.status === 403;
  const listing = refused && address.key !== undefined ? await ask(`${address.baseUrl}/models`, { key: address.key, timeoutMs: waits.askMs, signal }) : open;
  const identity = withModels({ ...known, auth: authOf(open, listing, address, known.kind) }, readModels(listing));
  if (identity.auth === 'keyMissing' || identity.auth === 'keyRefused') return identity;
  const elsewhere = open.status === 404 ? await misplaced(address, waits, signal) : undefined;
  if (elsewhere !== undefined) return { ...identity, state: 'unreachable', problem: { kind: 'route', message: elsewhere } };
  if (identity.state === 'simulated') return identity;
  const state = await readiness(identity.kind, address, waits, signal);
  return await withContext({ ...identity, state }, address, waits, signal);
}

/** The same, asked again until the model is loaded or five minutes have passed. */
export async function contactLoaded(address: ServerAddress, waits: Waits, clock: Clock, signal: AbortSignal, tell: (identity: ServerIdentity) => void): Promise<ServerIdentity> {
  const until = clock.now() + loadingMs;
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
    const identity = await contact(address, waits, signal);
    const comes = identity.state === 'loading' || identity.problem?.kind === 'refused';
    if (!comes || clock.now() + pause > until) return identity;
    tell(identity);
    await clock.sleep(pause, signal);
  }
}

/** `model:latest` is what Ollama makes of `model`. */
export function lists(listed: readonly string[], model: string): boolean {
  return listed.includes(model) || listed.includes(`${model}:latest`);
}

function authOf(open: Asked, keyed: Asked, { key }: ServerAddress, kind: ServerKind): ServerIdentity['auth'] {
  if (!open.ok || !keyed.ok) return 'unknown';
  const refused = (asked: { readonly status: number }): boolean => asked.status === 401 || asked.status === 403;
  if (refused(open)) return key === undefined ? 'keyMissing' : refused(keyed) ? 'keyRefused' : 'key';
  // Some services list their models to everybody and ask for the key later.
  return isHosted(kind) || open.status !== 200 ? 'unknown' : 'open';
}

export function isHosted(kind: ServerKind): boolean {
  return kind === 'openai' || kind === 'openrouter' || kind === 'deepseek' || kind === 'dashscope' || kind === 'hosted';
}

function withModels(identity: ServerIdentity, models: readonly ModelCard[] | undefined): ServerIdentity {
  if (models === undefined) return identity;
  const own = models.find(({ id }) => lists([id], identity.model));
  // A LoRA has its base's length.
  const base = models.find(({ id }) => id === own?.parent);
  const kind = identity.kind === 'unknown' || identity.kind === 'hosted' ? (kindOfOwner((own ?? models[0])?.owned_by) ?? identity.kind) : identity.kind;
  const length = own?.max_model_len ?? own?.context_length ?? base?.max_model_len;
  return {
    ...identity,
    kind,
    ctx: identity.ctx ?? length ?? null,
    listed: models.map(({ id }) => id),
    weights: own?.fingerprint ?? null,
    ...(own?.simulated === true ? { state: 'simulated' as const } : {}),
  };
}

function isPage(asked: Asked): boolean {
  return asked.ok && (asked.type.includes('text/html') || /^\s*<(!doctype|html)/i.test(asked.text));
}

/** Where the models are listed instead, when the address lacks its /v1. */
async function misplaced({ baseUrl, key }: ServerAddress, waits: Waits, signal: AbortSignal): Promise<string | undefined> {
  if (baseUrl.endsWith('/v1')) return undefined;
  const asked = await ask(`${baseUrl}/v1/models`, { key, timeoutMs: waits.askMs, signal });
  return asked.ok && (readModels(asked) !== undefined || asked.status === 401) ? `${baseUrl}/v1` : undefined;
}

async function readiness(kind: ServerKind, { baseUrl, key }: ServerAddress, waits: Waits, signal: AbortSignal): Promise<ServerIdentity['state']> {
  if (kind !== 'vllm' && kind !== 'sglang' && kind !== 'llama.cpp' && kind !== 'tgi') return 'ready';
  const asked = await ask(`${rootOf(baseUrl)}/health`, { key, timeoutMs: waits.askMs, signal });
  // One that takes its time over a token may still answer.
  if (!asked.ok || asked.status !== 503) return 'ready';
  // vLLM says so only when its engine is dead: while it loads it does not listen.
  return kind === 'vllm' ? 'broken' : 'loading';
}

const running = z.object({ models: z.array(z.looseObject({ name: z.string(), context_length: z.number().int().nullish() })) });
const instances = z.object({ models: z.array(z.looseObject({ key: z.string().nullish(), id: z.string().nullish(), loaded_instances: z.array(z.looseObject({ config: z.looseObject({ context_length: z.number().int().nullish() }).nullish() })).nullish() })) });

/** Servers that say the length of what is loaded in a place of their own. */
export async function withContext(identity: ServerIdentity, { baseUrl, key, model }: ServerAddress, waits: Waits, signal: AbortSignal): Promise<ServerIdentity> {
  if (identity.ctx !== null) return identity;
  if (identity.kind === 'ollama') {
    const asked = await ask(`${rootOf(baseUrl)}/api/ps`, { key, timeoutMs: waits.identifyMs, signal });
    const read = asked.ok ? running.safeParse(asked.json) : undefined;
    const own = read?.success ? read.data.models.find(({ name }) => lists([name], model)) : undefined;
    return { ...identity, ctx: own?.context_length ?? null };
  }
  if (identity.kind === 'lmstudio') {
    const asked = await ask(`${rootOf(baseUrl)}/api/v1/models`, { key, timeoutMs: waits.identifyMs, signal });
    const read = asked.ok ? instances.safeParse(asked.json) : undefined;
    const own = read?.success ? read.data.models.find((one) => one.key === model || one.id === model) : undefined;
    return { ...identity, ctx: own?.loaded_instances?.[0]?.config?.context_length ?? null };
  }
  return identity;
}
