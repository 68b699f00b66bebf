import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { GrpoSettings } from '../../core/config/projectConfig.ts';
import type { TrainRow } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { Rng } from '../../core/random/rng.ts';
import type { TrainEvent, TrainResult } from '../../core/training/trainerPort.ts';
import { checkpointFingerprint, type LoadedCheckpoint } from '../gguf/checkpoint.ts';
import { writeGguf } from '../gguf/write.ts';
import { fits } from '../model/sequence.ts';
import type { Team } from '../team.ts';
import { writeDurably } from './durableFile.ts';
import { grpoUpdates, type GrpoMetrics, type ScoredGroup } from './grpo.ts';
import { appendMetrics, syncMetrics, truncateMetrics } from './metricsLog.ts';
import { clearState, loadState, saveState } from './trainState.ts';

export type GrpoRun = {
  /** Started with the initial checkpoint's configuration and the purpose `train`. */
  readonly team: Team;
  readonly initial: LoadedCheckpoint;
  readonly rows: readonly TrainRow[];
  readonly settings: GrpoSettings;
  readonly seed: number;
  /** Everything that the run writes is under it; a run that finds its own files there continues. */
  readonly directory: string;
  /** Token ids of a row's prompt, up to where the answer starts. */
  readonly encodePrompt: (row: TrainRow) => readonly number[];
  /** Binary reward of an answer's text; `finished` is false when the answer was cut off. Depends on these and `rewardKey` alone. */
  readonly reward: (row: TrainRow, answer: string, finished: boolean) => number;
  /** What else the reward goes by: under another key it is another run, which does not continue this one. */
  readonly rewardKey?: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
  /** Steps between saved states; epochs always end with one. */
  readonly checkpointEvery?: number;
};

const CHECKPOINT_EVERY = 25;

const resultSchema = z.strictObject({
  v: z.literal(1), run: z.string(), fingerprint: z.string(), steps: z.number().int(), passRates: z.record(z.string(), z.number()), notes: z.array(z.string()),
});

type Prepared = { readonly row: TrainRow; readonly prompt: readonly number[] };
type Plan = { readonly usable: readonly Prepared[]; readonly notes: readonly string[]; readonly run: string; readonly stepsPerEpoch: number; readonly steps: number };

/**
 * GRPO with a binary reward (looptool-spec 6): epoch by epoch in a seeded order. Writes `metrics.jsonl`, `epoch-NN.gguf` at
 * the end of each epoch but the last, `checkpoint.gguf` at the end (float32), and `resume/` while it runs. Equal inputs give
 * equal files, whatever the number of threads and however often the run was stopped.
 * Throws LoopToolError `trainer-failed`, `engine-failed`, `write-failed`, and the signal's reason when cancelled.
 */
export async function runGrpo(r: GrpoRun): Promise<TrainResult> {
  await mkdir(r.directory, { recursive: true });
  const plan = prepare(r);
  const done = await finishedResult(r, plan);
  if (done) return done;
  const saved = await loadState(r.directory, plan.run);
  const passRates = new Map(saved?.state.passRates);
  const first = saved?.state.step ?? 0;
  await r.team.load(saved?.model.weights ?? r.initial.weights, saved?.state.optimiser);
  await truncateMetrics(r.directory, first);
  if (saved) r.onEvent({ type: 'log', line: `continues after step ${first} of ${plan.steps}` });
  const every = r.checkpointEvery ?? CHECKPOINT_EVERY;
  let savedStep = first;
  const save = async (step: number): Promise<void> => {
    await syncMetrics(r.directory);
    await saveState(r.directory, plan.run, weightsFile(r), { step, optimiser: r.team.optimiserState(), passRates });
    savedStep = step;
  };
  let order: { readonly epoch: number; readonly rows: readonly Prepared[] } | undefined;
  for (let step = first; step < plan.steps; step++) {
    if (r.signal.aborted) {
      if (savedStep !== step) await save(step);
      throw abortReason(r.signal);
    }
    const epoch = Math.floor(step / plan.stepsPerEpoch);
    if (order?.epoch !== epoch) order = { epoch, rows: new Rng('grpo', r.seed, epoch).shuffle(plan.usable) };
    const at = (step % plan.stepsPerEpoch) * r.settings.promptsPerStep;
    const metrics = await trainStep(r, order.rows.slice(at, at + r.settings.promptsPerStep), step, passRates);
    await appendMetrics(r.directory, { step: step + 1, epoch: epoch + 1, metrics });
    r.onEvent({ type: 'step', step: step + 1, steps: plan.steps, epoch: epoch + 1, metrics: { ...metrics } });
    const epochEnds = (step + 1) % plan.stepsPerEpoch === 0;
    if (step + 1 === plan.steps) break;
    if (epochEnds) await writeEpoch(r, epoch + 1);
    if (epochEnds || (step + 1) % every === 0) await save(step + 1);
  }
  return finish(r, plan, passRates);
}

/** Encodes the prompts and plans the steps. Rows that do not fit the model are left out and counted. */
function prepare(r: GrpoRun): Plan {
  const { config, layout } = r.team;
  const prepared = r.rows.map((row) => ({ row, prompt: r.encodePrompt(row) }));
  const usable = prepared.filter(({ prompt }) => prompt.length > 0 && fits(config, layout.limits, prompt.length, r.settings.maxNewTokens));
  const left = prepared.length - usable.length;
  if (usable.length === 0) throw new LoopToolError('trainer-failed', `None of the ${r.rows.length} training rows fits the model's context of ${config.context} tokens. Use shorter rows, a smaller maxNewTokens or a larger model.`);
  const stepsPerEpoch = Math.ceil(usable.length / r.settings.promptsPerStep);
  const steps = Math.min(r.settings.maxSteps ?? Infinity, r.settings.epochs * stepsPerEpoch);
  const identity = JSON.stringify([1, r.seed, r.settings, r.initial.fingerprint, usable.map(({ row, prompt }) => [row.id, row.labelHash, prompt]), ...(r.rewardKey ? [r.rewardKey] : [])]);
  return {
    usable, stepsPerEpoch, steps, run: createHash('sha256').update(identity).digest('hex'),
    notes: left > 0 ? [`${left} of ${r.rows.length} rows were left out: with an answer of ${r.settings.maxNewTokens} tokens they exceed the model's context of ${config.context}`] : [],
  };
}

/** Samples a group per prompt, rewards the answers, and updates the weights. */
async function trainStep(r: GrpoRun, batch: readonly Prepared[], step: number, passRates: Map<string, number>): Promise<GrpoMetrics> {
  const { settings, team, initial } = r;
  const rolled = await team.rollout(batch.map((b) => b.prompt), {
    samples: settings.group, temperature: settings.temperature, maxNewTokens: settings.maxNewTokens, stop: initial.endOfTurn, seed: ['rollout', r.seed, step],
  });
  const groups = batch.map(({ row, prompt }, i): ScoredGroup => {
    const completions = rolled.completions[i] ?? [];
    const rewards = completions.map((c) => r.reward(row, initial.tokenizer.decode(c.finished ? c.tokens.slice(0, -1) : c.tokens), c.finished));
    const right = completions.reduce((a, c, j) => a + c.count * (rewards[j] ?? 0), 0);
    passRates.set(row.id, right / settings.group);
    return { prompt, completions, rewards };
  });
  const warm = settings.warmupSteps > 0 ? Math.min(1, (step + 1) / settings.warmupSteps) : 1;
  return grpoUpdates(team, groups, settings, settings.learningRate * warm);
}

function weightsFile(r: GrpoRun): Uint8Array {
  const { config, tokenizer, name, endOfTurn } = r.initial;
  return writeGguf(config, tokenizer, r.team.weights, 'f32', name, tokenizer.data.vocab[endOfTurn]);
}

async function writeEpoch(r: GrpoRun, epoch: number): Promise<void> {
  const path = join(r.directory, `epoch-${String(epoch).padStart(2, '0')}.gguf`);
  const bytes = weightsFile(r);
  await writeDurably(path, bytes);
  r.onEvent({ type: 'checkpoint', epoch, path, fingerprint: checkpointFingerprint(bytes) });
}

/** The order matters: `result.json` is the proof that `checkpoint.gguf` is there, and only then may the resume files go. */
async function finish(r: GrpoRun, plan: Plan, passRates: ReadonlyMap<string, number>): Promise<TrainResult> {
  const path = join(r.directory, 'checkpoint.gguf');
  const bytes = weightsFile(r);
  const fingerprint = checkpointFingerprint(bytes);
  await writeDurably(path, bytes);
  const rates = Object.fromEntries(passRates);
  const stored: z.infer<typeof resultSchema> = { v: 1, run: plan.run, fingerprint, steps: plan.steps, passRates: rates, notes: [...plan.notes] };
  await writeDurably(join(r.directory, 'result.json'), `${JSON.stringify(stored)}\n`);
  await clearState(r.directory);
  r.onEvent({ type: 'checkpoint', epoch: Math.ceil(plan.steps / plan.stepsPerEpoch), path, fingerprint });
  return { checkpoint: { path, fingerprint, source: 'embedded' }, steps: plan.steps, passRates: rates, notes: plan.notes };
}

/** The result of the same run, when it has already ended and its checkpoint is still the one it wrote. */
async function finishedResult(r: GrpoRun, plan: Plan): Promise<TrainResult | undefined> {
  const path = join(r.directory, 'checkpoint.gguf');
  const [text, bytes] = await Promise.all([readFile(join(r.directory, 'result.json'), 'utf8'), readFile(path)]).catch(() => [undefined, undefined]);
  if (text === undefined || bytes === undefined) return undefined;
  let stored: z.infer<typeof resultSchema>;
  try {
    stored = resultSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
  if (stored.run !== plan.run || stored.fingerprint !== checkpointFingerprint(bytes)) return undefined;
  const { fingerprint, steps, passRates, notes } = stored;
  return { checkpoint: { path, fingerprint, source: 'embedded' }, steps, passRates, notes };
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('The training was cancelled.', 'AbortError');
}
