import type { Sample } from '../../core/dataset/sample.ts';
import { planRepeats, repeatOutcome, stabilityMarks, type RepeatContext } from '../../core/loop/repeats.ts';
import { foldProbe } from '../../core/rounds/fold.ts';
import { foldRepeats } from '../../core/rounds/foldRepeats.ts';
import { repeatEntrySchema, type ProbeEntry, type RepeatEntry } from '../../core/rounds/journalEntries.ts';
import { AppendJournal } from '../../node/appendJournal.ts';
import type { Connection } from '../connections.ts';
import { askAll } from './askAll.ts';
import type { Kept, StageContext } from './stage.ts';

/** What is asked again of probed samples. */
export type RepeatWish = Pick<RepeatContext, 'again' | 'repeats'>;

/**
 * Asks again what was probed, greedily and sampled, as far as that is wanted and missing, and marks in the probe's journal the
 * samples that were answered otherwise. Resolves to all entries of `repeat.jsonl`.
 */
export async function runRepeats(context: StageContext, policy: Connection, rows: readonly Sample[], probes: Kept<ProbeEntry>, wish: RepeatWish): Promise<readonly RepeatEntry[]> {
  const { round, config, progress, reporter } = context;
  const { journal, reading } = await AppendJournal.open(round.files.journal('repeat'), repeatEntrySchema);
  const entries: RepeatEntry[] = [...reading.entries];
  try {
    reading.warnings.forEach((warning) => reporter.warning(warning));
    const probed = foldProbe(probes.entries, rows);
    const repeat: RepeatContext = { policy: policy.identity, settings: config.probe, sampling: policy.sampling, textKinds: context.textKinds, accepted: context.accepted, round: round.number, seed: config.seed, ...wish };
    const plan = planRepeats(rows, probed, entries, repeat);
    if (plan.asks.length > 0) {
      progress.start(plan.asks.length + plan.done, plan.done);
      progress.update({ detail: 'asked again' });
      await askAll(context, { role: 'policy', port: policy.port }, plan.asks, (ask, outcome, startedAt) => {
        const entry = repeatOutcome(ask, outcome, repeat, startedAt);
        return { written: journal.append(entry).then(() => void entries.push(entry)) };
      });
    }
    await Promise.all(stabilityMarks(probed, foldRepeats(entries, rows)).map(probes.keep));
  } finally {
    await journal.close();
  }
  return entries;
}
