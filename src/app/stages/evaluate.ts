import type { ProbeContext } from '../../core/loop/gcp.ts';
import { evaluationOutcome, planEvaluation } from '../../core/loop/heldOut.ts';
import { evaluateEntrySchema, type EvaluateEntry } from '../../core/rounds/journalEntries.ts';
import type { Checkpoint } from '../../core/training/trainerPort.ts';
import { briefEntry } from '../../node/briefEntries.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { readHeldOut, type HeldOutSet } from '../project.ts';
import { askAll } from './askAll.ts';
import { evaluateCounts } from './counts.ts';
import { policyNow } from './policyNow.ts';
import { StageJournal } from './stageJournal.ts';
import type { StageContext, StageResult } from './stage.ts';
import { initialPolicy } from './train.ts';

type Phase = 'before' | 'after';

/** Held-out accuracy of the policy that the round starts from; comes before the training. */
export async function runEvaluateBefore(context: StageContext): Promise<StageResult> {
  const sets = await readHeldOut(context.project.files, context.config);
  const entries = await measure(context, sets, 'before', await initialPolicy(context));
  return { ...evaluateCounts(entries), finished: false };
}

/** Held-out accuracy after training; before it too where that has not been measured and still can be. */
export async function runEvaluate(context: StageContext): Promise<StageResult> {
  const { round, config } = context;
  const sets = await readHeldOut(context.project.files, config);
  if (sets.length === 0) return { counts: {}, notes: ['No held-out set is configured (datasets.heldOut): nothing is measured.'] };
  const notes: string[] = [];
  // The weights before the training are still there where they are a file; behind a remote endpoint they are gone.
  const initial = await initialPolicy(context);
  const same = round.manifest.trained?.fingerprint === initial.fingerprint;
  if (initial.path !== undefined || same) await measure(context, sets, 'before', initial);
  else if (!(await wasMeasured(context, 'before'))) notes.push('The policy before training was not measured: run evaluate before train, or looptool run, which does.');
  const entries = await measure(context, sets, 'after', policyNow(round));
  const result = evaluateCounts(entries);
  return { counts: result.counts, notes: [...notes, ...result.notes] };
}

async function wasMeasured({ round }: StageContext, phase: Phase): Promise<boolean> {
  const { entries } = await readJournal(round.files.journal('evaluate'), evaluateEntrySchema);
  return entries.some((entry) => entry.phase === phase);
}

async function measure(context: StageContext, sets: readonly HeldOutSet[], phase: Phase, checkpoint: Checkpoint): Promise<readonly EvaluateEntry[]> {
  const { round, config, connections, signal, progress, reporter } = context;
  const journal = await StageJournal.open(round.files.journal('evaluate'), evaluateEntrySchema, reporter, briefEntry(evaluateEntrySchema));
  const { keep } = journal;
  try {
    const entries = await journal.read();
    const policy = await connections.policy(checkpoint, signal);
    const probe: ProbeContext = { policy: policy.identity, settings: config.probe, sampling: policy.sampling, textKinds: context.textKinds, accepted: context.accepted };
    const earlier = phase === 'before' ? await previousRound(context) : [];
    const plans = sets.map(({ name, samples }) => planEvaluation({ set: name, phase }, samples, entries, probe, earlier));
    const asks = plans.flatMap((plan) => plan.asks);
    const known = plans.flatMap((plan) => plan.known);
    const done = plans.reduce((sum, plan) => sum + plan.done, 0);
    // What was measured before the training is not shown again after it.
    if (asks.length + known.length === 0 && phase === 'before') return entries;
    progress.start(asks.length + known.length + done, done);
    progress.update({ detail: `${phase} training` });
    await Promise.all(known.map(keep));
    progress.add(known.length);
    await askAll(context, { role: 'policy', port: policy.port }, asks, (ask, outcome, startedAt) => ({ written: keep(evaluationOutcome(ask, outcome, probe, startedAt)) }));
    await connections.assertPolicy(checkpoint, signal);
    return await journal.read();
  } finally {
    await journal.close();
  }
}

/** What was measured after the round before is what this round starts from: the same weights are not asked twice. */
async function previousRound({ round, project }: StageContext): Promise<readonly EvaluateEntry[]> {
  if (round.number === 1) return [];
  return (await readJournal(project.files.round(round.number - 1).journal('evaluate'), evaluateEntrySchema)).entries;
}
