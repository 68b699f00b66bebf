import { foldEvaluate, foldProbe } from '../../core/rounds/fold.ts';
import type { EvaluateEntry, ProbeEntry, VerifyEntry } from '../../core/rounds/journalEntries.ts';
import type { RoundReport } from '../../core/rounds/roundReport.ts';
import type { TrainRow } from '../../core/dataset/sample.ts';
import { isMatch } from '../../core/toolcall/outcome.ts';
import type { StageResult } from './stage.ts';

/** `{MATCH: 12, …}` */
export function countBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const key = keyOf(item);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Samples that a third vote was asked for. */
export function thirdVotes(entries: readonly VerifyEntry[]): number {
  return new Set(entries.flatMap((entry) => (entry.type === 'vote' && entry.third === true ? [entry.sampleId] : []))).size;
}

export function probeCounts(rows: readonly TrainRow[], entries: readonly ProbeEntry[], { again, repeats }: Pick<RoundReport['probe'], 'again' | 'repeats'> = {}): StageResult {
  const probes = [...foldProbe(entries, rows).values()];
  const missing = probes.filter(({ ppl, outcome }) => ppl === null && outcome !== 'ERROR');
  const notes: string[] = [];
  if (missing.length > 0) {
    const reasons = countBy(missing, ({ pplMissing }) => pplMissing ?? 'unknown');
    const text = Object.entries(reasons).map(([reason, count]) => `${count}: ${reason}`).join('; ');
    notes.push(`${missing.length} of ${probes.length} samples have no perplexity (${text}). Where matched samples are chosen by it, these come after all others: ${repeats === undefined ? 'in a seeded order' : 'by the pass rate of their repeats'}.`);
  }
  const covers = countBy(probes.flatMap(({ pplCovers }) => (pplCovers === undefined || pplCovers === 'all' ? [] : pplCovers)), (part) => part);
  for (const [part, count] of Object.entries(covers)) notes.push(`In ${count} replies that the server took apart its log-probabilities ${coverNotes[part] ?? part}.`);
  if (again !== undefined) notes.push(...againNotes(again));
  const repeatCounts = { ...(again === undefined ? {} : { 'again.samples': again.samples, 'again.flips': again.flips, 'again.changed': again.changed }), ...(repeats === undefined ? {} : sampledCounts(repeats)) };
  const errors = probes.filter(({ outcome }) => outcome === 'ERROR').length;
  if (errors > 0) notes.push(`${errors} samples have no answer: their requests failed or they cannot be probed. They are left out of the next set.`);
  return { counts: { samples: probes.length, ...countBy(probes, ({ outcome }) => outcome), pplMissing: missing.length, ...Object.fromEntries(Object.entries(covers).map(([part, count]) => [`covers.${part}`, count])), ...repeatCounts }, notes };
}

const coverNotes: Readonly<Record<string, string>> = {
  withoutReasoning: 'leave out the reasoning: there is no perplexity over all tokens, but one over the answer (compose.highPpl.over)',
  withoutCalls: 'leave out the calls',
  textOnly: 'leave out the reasoning and the calls',
};

function againNotes({ samples, flips, changed, share }: NonNullable<RoundReport['probe']['again']>): readonly string[] {
  if (flips + changed === 0) return [`The second greedy pass over ${samples} samples gave the same answers.`];
  const bounds = `[${percent(share.low)}, ${percent(share.high)}]`;
  return [`The second greedy pass over ${samples} samples flipped ${flips} verdicts (${percent(share.value)} ${bounds}) and changed ${changed} more answers: the server is not deterministic. These samples are marked, and their answers replace no label.`];
}

function sampledCounts({ samples, answers, right, flaky, deadGroups }: NonNullable<RoundReport['probe']['repeats']>): Readonly<Record<string, number>> {
  return { 'repeats.samples': samples, 'repeats.answers': answers, 'repeats.right': right, 'repeats.flaky': flaky.samples, ...(deadGroups === undefined ? {} : { 'repeats.deadGroups': deadGroups.share.value, 'repeats.deadGroups.low': deadGroups.share.low, 'repeats.deadGroups.high': deadGroups.share.high, 'repeats.group': deadGroups.group }) };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function evaluateCounts(entries: readonly EvaluateEntry[]): StageResult {
  const counts: Record<string, number> = {};
  let errors = 0;
  for (const [set, phases] of foldEvaluate(entries)) {
    for (const phase of ['before', 'after'] as const) {
      const answered = [...phases[phase].values()];
      if (answered.length === 0) continue;
      errors += answered.filter(({ outcome }) => outcome === 'ERROR').length;
      counts[`${set}.${phase}.samples`] = answered.length;
      counts[`${set}.${phase}.right`] = answered.filter(({ outcome }) => isMatch(outcome)).length;
      counts[`${set}.${phase}.unverified`] = answered.filter(({ outcome }) => outcome === 'MATCH_UNVERIFIED').length;
    }
  }
  return { counts, notes: errors > 0 ? [`${errors} held-out answers are missing: their requests failed. They count neither as right nor as wrong.`] : [] };
}
