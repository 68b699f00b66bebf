import type { Sample } from '../../core/dataset/sample.ts';
import { followUp, planProbe, probeOutcome, unprobedEntry, type ProbeContext } from '../../core/loop/gcp.ts';
import { probeEntrySchema, type ProbeEntry } from '../../core/rounds/journalEntries.ts';
import { AppendJournal } from '../../node/appendJournal.ts';
import { briefProbe } from '../../node/probeLines.ts';
import { askAll } from './askAll.ts';
import { policyNow } from './policyNow.ts';
import { probeCounts } from './counts.ts';
import type { Connection } from '../connections.ts';
import type { AskContext, Kept, StageContext, StageResult } from './stage.ts';

/** GCP: every sample of the round's set is answered greedily by the policy that was just trained. */
export async function runProbe(context: StageContext): Promise<StageResult> {
  const { round, connections, signal, reporter } = context;
  const rows = await round.files.readTrainRows();
  const checkpoint = policyNow(round);
  const policy = await connections.policy(checkpoint, signal);
  const { journal, reading } = await AppendJournal.open(round.files.journal('probe'), probeEntrySchema, briefProbe);
  const entries: ProbeEntry[] = [...reading.entries];
  const keep = async (entry: ProbeEntry) => {
    await journal.append(entry);
    entries.push(entry);
  };
  try {
    reading.warnings.forEach((warning) => reporter.warning(warning));
    await askProbes(context, policy, rows, { entries, keep });
    await connections.assertPolicy(checkpoint, signal);
  } finally {
    await journal.close();
  }
  return probeCounts(rows, entries);
}

/** Asks the policy for what of these samples has no answer among the entries. */
export async function askProbes(context: AskContext, policy: Connection, samples: readonly Sample[], { entries, keep }: Kept<ProbeEntry>): Promise<void> {
  const { config, progress } = context;
  const probe: ProbeContext = { policy: policy.identity, settings: config.probe, sampling: policy.sampling, textKinds: context.textKinds, accepted: context.accepted };
  const plan = planProbe(samples, entries, probe);
  progress.start(samples.length, plan.done);
  const at = new Date(context.ports.clock.now()).toISOString();
  await Promise.all(plan.unprobed.map((unprobed) => keep(unprobedEntry(unprobed, at))));
  progress.add(plan.unprobed.length);
  await askAll(context, { role: 'policy', port: policy.port }, plan.asks, (ask, outcome, startedAt) => {
    const entry = probeOutcome(ask, outcome, probe, startedAt);
    return { written: keep(entry), next: followUp(ask, entry, probe) };
  });
}
