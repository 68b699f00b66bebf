import type { ProjectConfig } from '../config/projectConfig.ts';
import { wilson } from '../evaluation/wilson.ts';
import { Rng } from '../random/rng.ts';
import { isMatch } from '../toolcall/outcome.ts';
import { forecastDeadGroups, type Passes } from '../training/deadGroups.ts';
import { isComplete } from './fold.ts';
import { foldRepeats, passesOf } from './foldRepeats.ts';
import type { ProbeEntry, RepeatEntry } from './journalEntries.ts';
import type { RoundReport } from './roundReport.ts';

type Rows = readonly { readonly id: string; readonly labelHash: string }[];
type Context = { readonly round: number; readonly config: Pick<ProjectConfig, 'seed' | 'probe' | 'trainer'> };

/** What a round's repeats say: of the server's determinism, and of what the training can learn from these prompts. Empty without repeats. */
export function repeatsReport(rows: Rows, probes: ReadonlyMap<string, ProbeEntry>, entries: Iterable<RepeatEntry>, { round, config }: Context): Pick<RoundReport['probe'], 'again' | 'repeats'> {
  const repeated = foldRepeats(entries, rows);
  let asked = 0;
  for (const { greedy } of repeated.values()) if (greedy !== undefined && isComplete(greedy)) asked += 1;
  const unstable = [...probes.values()].filter((probe) => probe.unstable !== undefined && repeated.get(probe.sampleId)?.greedy !== undefined);
  const flips = unstable.filter((probe) => probe.unstable === 'verdict').length;
  const passes = [...repeated.values()].flatMap((one): Passes | readonly Passes[] => passesOf(one, isMatch) ?? []);
  return {
    ...(asked === 0 ? {} : { again: { samples: asked, flips, changed: unstable.length - flips, share: wilson(flips, asked) } }),
    ...(passes.length === 0 ? {} : { repeats: sampledPart(passes, round, config) }),
  };
}

function sampledPart(passes: readonly Passes[], round: number, { seed, probe, trainer }: Context['config']): RoundReport['probe']['repeats'] {
  const flaky = passes.filter(({ right, n }) => right > 0 && right < n).length;
  const group = probe.repeats.group ?? (trainer.kind === 'embedded' ? trainer.grpo.group : 16);
  const forecast = forecastDeadGroups(passes, group, new Rng(seed, 'report', round, 'dead groups'));
  return {
    samples: passes.length,
    answers: passes.reduce((sum, { n }) => sum + n, 0),
    right: passes.reduce((sum, { right }) => sum + right, 0),
    temperature: probe.repeats.temperature,
    flaky: { samples: flaky, share: wilson(flaky, passes.length) },
    ...(forecast === undefined ? {} : { deadGroups: { group, share: forecast.dead, right: forecast.right, wrong: forecast.wrong } }),
  };
}

/** Share of right answers by sample id, for the rank of samples without a perplexity. */
export function passRates(rows: Rows, entries: Iterable<RepeatEntry>): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (const [id, one] of foldRepeats(entries, rows)) {
    const passes = passesOf(one, isMatch);
    if (passes !== undefined) rates.set(id, passes.right / passes.n);
  }
  return rates;
}
