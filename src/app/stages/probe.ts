import { followUp, planProbe, probeOutcome, unprobedEntry, type ProbeContext } from '../../core/loop/gcp.ts';
import { probeEntrySchema, type ProbeEntry } from '../../core/rounds/journalEntries.ts';
import { AppendJournal } from '../../node/appendJournal.ts';
import { askAll } from './askAll.ts';
import { policyNow } from './policyNow.ts';
import { probeCounts } from './counts.ts';
import type { StageContext, StageResult } from './stage.ts';

/** GCP: every sample of the round's set is answered greedily by the policy that was just trained. */
export async function runProbe(context: StageContext): Promise<StageResult> {
  const { round, config, connections, signal, progress, reporter } = context;
  const rows = await round.files.readTrainRows();
  const checkpoint = policyNow(round);
  const policy = await connections.policy(checkpoint, signal);
  const probe: ProbeContext = { policy: policy.identity, settings: config.probe, sampling: policy.sampling, textKinds: context.textKinds, accepted: context.accepted };
  const { journal, reading } = await AppendJournal.open(round.files.journal('probe'), probeEntrySchema);
  const entries: ProbeEntry[] = [...reading.entries];
  const keep = async (entry: ProbeEntry) => {
    await journal.append(entry);
    entries.push(entry);
  };
  try {
    reading.warnings.forEach((warning) => reporter.warning(warning));
    const plan = planProbe(rows, entries, probe);
    progress.start(rows.length, plan.done);
    const at = new Date(context.ports.clock.now()).toISOString();
    await Promise.all(plan.unprobed.map((unprobed) => keep(unprobedEntry(unprobed, at))));
    progress.add(plan.unprobed.length);
    await askAll(context, { role: 'policy', port: policy.port }, plan.asks, (ask, outcome, startedAt) => {
      const entry = probeOutcome(ask, outcome, probe, startedAt);
      return { written: keep(entry), next: followUp(ask, entry, probe) };
    });
    await connections.assertPolicy(checkpoint, signal);
  } finally {
    await journal.close();
  }
  return probeCounts(rows, entries);
}
