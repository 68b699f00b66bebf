import { remoteEndpoints } from '../../core/config/projectConfig.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { Checkpoint, TrainEvent } from '../../core/training/trainerPort.ts';
import { loadCheckpoint } from '../../embedded/gguf/checkpoint.ts';
import { trainerFor } from '../trainers/trainerFor.ts';
import { sameWeights } from '../remoteFingerprint.ts';
import { exportSet } from './exportSet.ts';
import type { StageContext, StageResult } from './stage.ts';

/** Trains the round's set, starting from the checkpoint of the round before; `round.json` then names the new policy. */
export async function runTrain(context: StageContext): Promise<StageResult> {
  const { round, project, config, progress, signal, connections, accepted } = context;
  const rows = await round.files.readTrainRows();
  const initial = await initialPolicy(context);
  const trainer = trainerFor(context);
  progress.start(0, 0);
  if (trainer.kind !== 'none') await exportSet(round.files.exportDirectory(), rows, { round: round.number, seed: config.seed, initial }, accepted);
  const run = await trainer.start(
    {
      round: round.number,
      seed: roundSeed(config.seed, round.number),
      rows,
      directory: round.files.trainDirectory(),
      exportDirectory: round.files.exportDirectory(),
      initial,
      initialPath: initial.path === undefined ? undefined : project.files.absolute(initial.path),
    },
    signal,
  );
  const last = new LastMetrics();
  for await (const event of run.events) {
    last.take(event);
    show(event, context);
  }
  const result = await run.result;
  const notes = [...round.stage('train').notes, ...result.notes];
  let trained = result.checkpoint;
  if (trainer.kind === 'command' && remoteEndpoints(config.endpoints.policy).length > 0) {
    const fingerprint = await connections.remotePolicyFingerprint(signal);
    const same = sameWeights(fingerprint, initial.fingerprint);
    if (same) notes.push('The endpoint answers exactly as before the training: the trainer command has to make it load the new weights. The round goes on with the policy that answers.');
    trained = { ...trained, fingerprint: same ? initial.fingerprint : fingerprint };
  }
  await round.update({ trained });
  return { counts: { rows: rows.length, steps: result.steps, ...last.counts() }, notes: [...new Set(notes)] };
}

/** Seeds of rounds differ, and do not collide for neighbouring project seeds. */
function roundSeed(seed: number, round: number): number {
  return seed * 1000 + round;
}

/** The policy that the round starts from; found once, then kept in the manifest. */
export async function initialPolicy(context: Pick<StageContext, 'round' | 'project' | 'config' | 'connections' | 'signal'>): Promise<Checkpoint> {
  const { round, project, config, connections, signal } = context;
  if (round.manifest.initial) return round.manifest.initial;
  const initial = await findInitial();
  await round.update({ initial });
  return initial;

  async function findInitial(): Promise<Checkpoint> {
    const { policy } = config.endpoints;
    if (round.number > 1) {
      const before = await project.files.round(round.number - 1).readManifest();
      if (before?.trained) return before.trained;
      throw new LoopToolError('usage', `Round ${round.number - 1} has no trained policy to start from. Run: looptool train --round ${round.number - 1}`);
    }
    if (policy.kind !== 'embedded') return { fingerprint: await connections.remotePolicyFingerprint(signal), source: 'initial' };
    const path = project.files.absolute(policy.checkpoint);
    const { fingerprint } = await loadCheckpoint(path);
    return { path: project.files.relative(path), fingerprint, source: 'initial' };
  }
}

function show(event: TrainEvent, { progress, reporter }: StageContext): void {
  switch (event.type) {
    case 'step':
      progress.update({ done: event.step, total: event.steps, detail: `epoch ${event.epoch}`, metrics: event.metrics });
      return;
    case 'log':
      reporter.note(event.line);
      return;
    case 'checkpoint':
      reporter.note(`Checkpoint of epoch ${event.epoch}: ${event.fingerprint.slice(0, 19)}…`);
      return;
  }
}

/** What the round's report says about the training: the mean over its last steps. */
class LastMetrics {
  private readonly steps: Readonly<Record<string, number>>[] = [];

  take(event: TrainEvent): void {
    if (event.type !== 'step') return;
    this.steps.push(event.metrics);
    if (this.steps.length > 10) this.steps.shift();
  }

  counts(): Readonly<Record<string, number>> {
    const mean = (name: string): number | undefined => {
      const values = this.steps.map((metrics) => metrics[name]).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
    };
    const reward = mean('reward');
    const deadGroups = mean('deadGroups');
    return { ...(reward === undefined ? {} : { reward }), ...(deadGroups === undefined ? {} : { deadGroups }) };
  }
}
