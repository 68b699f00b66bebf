import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isLoopToolError } from '../../core/errors.ts';
import { checkpointFingerprint } from '../gguf/checkpoint.ts';
import { readGguf, type GgufModel } from '../gguf/read.ts';
import type { OptimiserState } from '../team.ts';
import { writeDurably } from './durableFile.ts';
import { jsonOrUndefined } from '../../core/json/jsonOrUndefined.ts';

/**
 * What a run needs to go on as if it had never stopped: `resume/<step>.gguf` with the weights in float32 and
 * `resume/<step>.state` with the rest. The state names the weights' hash and is written after them, so it is the proof that
 * the pair is whole. Random streams are named by seed, epoch and step: the step is the whole random state.
 */
const headerSchema = z.strictObject({
  v: z.literal(1),
  /** Hash of everything that decides the run. */
  run: z.string(),
  step: z.number().int().min(0),
  updates: z.number().int().min(0),
  params: z.number().int().min(1),
  weights: z.string(),
  /** sha256 of the momentum and variance blocks. */
  optimiser: z.string(),
  passRates: z.record(z.string(), z.number()),
});

export type TrainState = { readonly step: number; readonly optimiser: OptimiserState; readonly passRates: ReadonlyMap<string, number> };

const folder = (directory: string): string => join(directory, 'resume');
const nameOf = (step: number): string => String(step).padStart(8, '0');
const floatBytes = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

/** Saves a pair and then removes older ones. `weights` is a GGUF file with float32 tensors. */
export async function saveState(directory: string, run: string, weights: Uint8Array, state: TrainState): Promise<void> {
  await mkdir(folder(directory), { recursive: true });
  const name = nameOf(state.step);
  const body = Buffer.concat([floatBytes(state.optimiser.momentum), floatBytes(state.optimiser.variance)]);
  const header: z.infer<typeof headerSchema> = {
    v: 1, run, step: state.step, updates: state.optimiser.updates, params: state.optimiser.momentum.length, weights: checkpointFingerprint(weights),
    optimiser: createHash('sha256').update(body).digest('hex'), passRates: Object.fromEntries(state.passRates),
  };
  await writeDurably(join(folder(directory), `${name}.gguf`), weights);
  await writeDurably(join(folder(directory), `${name}.state`), Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
  for (const file of await readdir(folder(directory))) if (!file.startsWith(`${name}.`)) await rm(join(folder(directory), file), { force: true });
}

/** The newest whole pair of this run, or undefined. */
export async function loadState(directory: string, run: string): Promise<{ readonly model: GgufModel; readonly state: TrainState } | undefined> {
  const files = await readdir(folder(directory)).catch(() => []);
  const names = files.filter((f) => f.endsWith('.state')).map((f) => f.slice(0, -'.state'.length)).sort().reverse();
  for (const name of names) {
    const found = await readPair(join(folder(directory), name), run);
    if (found) return found;
  }
  return undefined;
}

export async function clearState(directory: string): Promise<void> {
  await rm(folder(directory), { recursive: true, force: true });
}

async function readPair(path: string, run: string): Promise<{ model: GgufModel; state: TrainState } | undefined> {
  const [bytes, weights] = await Promise.all([readFile(`${path}.state`), readFile(`${path}.gguf`)]).catch(() => [undefined, undefined]);
  if (!bytes || !weights) return undefined;
  const cut = bytes.indexOf(10);
  const header = headerSchema.safeParse(jsonOrUndefined(bytes.toString('utf8', 0, Math.max(0, cut))));
  if (!header.success || header.data.run !== run || header.data.weights !== checkpointFingerprint(weights)) return undefined;
  const body = bytes.subarray(cut + 1);
  const { params, step, updates, passRates } = header.data;
  if (body.length !== params * 8 || createHash('sha256').update(body).digest('hex') !== header.data.optimiser) return undefined;
  const floats = new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length));
  try {
    const state = { step, passRates: new Map(Object.entries(passRates)), optimiser: { momentum: floats.slice(0, params), variance: floats.slice(params), updates } };
    return { model: readGguf(weights), state };
  } catch (error) {
    if (isLoopToolError(error, 'checkpoint-unreadable')) return undefined;
    throw error;
  }
}
