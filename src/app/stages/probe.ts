import type { Sample } from '../../core/dataset/sample.ts';
import { followUp, planProbe, probeOutcome, unprobedEntry, type ProbeContext } from '../../core/loop/gcp.ts';
import { foldProbe } from '../../core/rounds/fold.ts';
import { probeEntrySchema, type ProbeEntry } from '../../core/rounds/journalEntries.ts';
import { repeatsReport } from '../../core/rounds/repeatsReport.ts';
import { briefProbe } from '../../node/probeLines.ts';
import { askAll } from './askAll.ts';
import { policyNow } from './policyNow.ts';
import { probeCounts } from './counts.ts';
import { runRepeats, type RepeatWish } from './repeat.ts';
import type { Connection } from '../connections.ts';
import { StageJournal } from './stageJournal.ts';
import type { AskContext, Kept, StageContext, StageResult, StageRun } from './stage.ts';

/** GCP: every sample of the round's set is answered greedily by the policy that was just trained, and again as the settings want it. */
export async function runProbe(context: StageContext): Promise<StageResult> {
  return await probeRows(context, context.config.probe);
}

/** Further answers than the settings want: a second greedy pass over so many samples, and so many sampled answers to each. */
export type ProbeMore = { readonly again?: number | undefined; readonly repeats?: number | undefined };

/** The same with further answers, also in a stage that is done (`looptool probe --again`, `--repeats`). */
export function probeMore({ again = 0, repeats = 0 }: ProbeMore): StageRun {
  return async (context) => {
    const { probe } = context.config;
    return await probeRows(context, { again: Math.max(again, probe.again), repeats: { ...probe.repeats, n: Math.max(repeats, probe.repeats.n) } });
  };
}

async function probeRows(context: StageContext, wish: RepeatWish): Promise<StageResult> {
  const { round, config, connections, signal, reporter } = context;
  const rows = await round.files.readTrainRows();
  const checkpoint = policyNow(round);
  const policy = await connections.policy(checkpoint, signal);
  const journal = await StageJournal.open(round.files.journal('probe'), probeEntrySchema, reporter, briefProbe);
  try {
    await askProbes(context, policy, rows, journal);
    const repeats = await runRepeats(context, policy, rows, journal, { again: wish.again, repeats: wish.repeats });
    await connections.assertPolicy(checkpoint, signal);
    const entries = await journal.read();
    return probeCounts(rows, entries, repeatsReport(rows, foldProbe(entries, rows), repeats, { round: round.number, config }));
  } finally {
    await journal.close();
  }
}

/** Asks the policy for what of these samples has no answer among the entries. */
export async function askProbes(context: AskContext, policy: Connection, samples: readonly Sample[], { read, keep }: Kept<ProbeEntry>): Promise<void> {
  const { config, progress } = context;
  const probe: ProbeContext = { policy: policy.identity, settings: config.probe, sampling: policy.sampling, textKinds: context.textKinds, accepted: context.accepted };
  const plan = planProbe(samples, await read(), probe);
  progress.start(samples.length, plan.done);
  const at = new Date(context.ports.clock.now()).toISOString();
  await Promise.all(plan.unprobed.map((unprobed) => keep(unprobedEntry(unprobed, at))));
  progress.add(plan.unprobed.length);
  await askAll(context, { role: 'policy', port: policy.port }, plan.asks, (ask, outcome, startedAt) => {
    const entry = probeOutcome(ask, outcome, probe, startedAt);
    return { written: keep(entry), next: followUp(ask, entry, probe) };
  });
}
