import type { Sample } from '../../core/dataset/sample.ts';
import { planRepeats, repeatOutcome, stabilityMarks, type RepeatContext } from '../../core/loop/repeats.ts';
import { foldProbe } from '../../core/rounds/fold.ts';
import { foldRepeats } from '../../core/rounds/foldRepeats.ts';
import { repeatEntrySchema, type ProbeEntry, type RepeatEntry } from '../../core/rounds/journalEntries.ts';
import { briefEntry } from '../../node/briefEntries.ts';
import type { Connection } from '../connections.ts';
import { askAll } from './askAll.ts';
import { StageJournal } from './stageJournal.ts';
import type { Kept, StageContext } from './stage.ts';

/** What is asked again of probed samples. */
export type RepeatWish = Pick<RepeatContext, 'again' | 'repeats'>;

/**
 * Asks again what was probed, greedily and sampled, as far as that is wanted and missing, and marks in the probe's journal the
 * samples that were answered otherwise. Resolves to all entries of `repeat.jsonl`.
 */
export async function runRepeats(context: StageContext, policy: Connection, rows: readonly Sample[], probes: Kept<ProbeEntry>, wish: RepeatWish): Promise<readonly RepeatEntry[]> {
  const { round, config, progress, reporter } = context;
  const journal = await StageJournal.open(round.files.journal('repeat'), repeatEntrySchema, reporter, briefEntry(repeatEntrySchema));
  try {
    const probed = foldProbe(await probes.read(), rows);
    const repeat: RepeatContext = { policy: policy.identity, settings: config.probe, sampling: policy.sampling, textKinds: context.textKinds, accepted: context.accepted, round: round.number, seed: config.seed, ...wish };
    const plan = planRepeats(rows, probed, await journal.read(), repeat);
    if (plan.asks.length > 0) {
      progress.start(plan.asks.length + plan.done, plan.done);
      progress.update({ detail: 'asked again' });
      await askAll(context, { role: 'policy', port: policy.port }, plan.asks, (ask, outcome, startedAt) => ({ written: journal.keep(repeatOutcome(ask, outcome, repeat, startedAt)) }));
    }
    const entries = await journal.read();
    await Promise.all(stabilityMarks(probed, foldRepeats(entries, rows)).map(probes.keep));
    return entries;
  } finally {
    await journal.close();
  }
}
