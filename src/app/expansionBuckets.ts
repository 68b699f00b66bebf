import type { ExpandGates } from '../core/config/projectConfig.ts';
import { difficultyWord } from '../core/loop/expansions.ts';
import { agrees } from '../core/loop/judgedExpansions.ts';
import { commonReason } from '../core/rounds/expandReport.ts';
import { critiqueKey, foldExpand, siblingKey, type ExpandFold } from '../core/rounds/fold.ts';
import type { ExpandEntry, GenerationEntry, RepetitionEntry } from '../core/rounds/journalEntries.ts';
import { grouped, type Bucket } from './buckets.ts';
import type { FollowedLines } from './followedLines.ts';
import { entriesOf, type Placed } from './placedLines.ts';
import { lastUserText, oneLine } from './sampleTitle.ts';

type State = { readonly key: string; readonly detail: string; readonly reason?: string };
type Known = { readonly fold: ExpandFold; readonly repeated: ReadonlyMap<string, RepetitionEntry>; readonly stage: ExpandStage };

/** Of the round's manifest. */
export type ExpandStage = { readonly finished: boolean; readonly gates: Pick<ExpandGates, 'difficulty' | 'unsurePpl'> };

/**
 * Expansions by what became of them: accepted ones first, refused ones by their gate, in the order of the gates, with the
 * reason given most often. Older journals have no entry for a duplicate: in a finished stage, a candidate that the judge was
 * never asked about is one.
 */
export function expansionBuckets(lines: FollowedLines<Placed<ExpandEntry>>, stage: ExpandStage): readonly Bucket[] {
  const { entries, placeOf } = entriesOf(lines);
  const fold = foldExpand(entries);
  const repeated = new Map(entries.flatMap((entry) => (entry.type === 'repetition' ? [[siblingKey(entry.seedId, entry.k), entry] as const] : [])));
  const items = [...fold.generations.values()].map((generation) => ({ generation, ...stateOf(generation, { fold, repeated, stage }) }));
  const buckets = grouped(items, ['accepted', 'pending', 'parse', 'shape', 'schema', 'grounding', 'duplicate', 'nearDuplicate', 'solver', 'judge', 'difficulty', 'api'], (item) => item.key, ({ generation, detail }) => ({
    sampleId: generation.sample?.id ?? generation.sampleId,
    detail: oneLine(detail),
    entry: placeOf(generation),
    reviewable: false,
    ...(generation.sample ? { title: lastUserText(generation.sample.messages) } : {}),
  }));
  return buckets.map((bucket) => ({ ...bucket, ...mostFrequent(items.flatMap(({ key, reason }) => (key === bucket.key && reason !== undefined ? [commonReason(reason)] : []))) }));
}

function stateOf(generation: GenerationEntry, { fold, repeated, stage }: Known): State {
  const { sample, status, sampleId, k, variation } = generation;
  if (status !== 'candidate') return refused(status, generation.reason);
  const key = sample && critiqueKey(sample.id, sample.labelHash);
  const repetition = repeated.get(siblingKey(sampleId, k));
  if (repetition !== undefined && repetition.sampleId === sample?.id) return refused(repetition.gate, repetition.reason);
  const isOwn = (entry: { readonly seedId: string; readonly k: number } | undefined): boolean => entry?.seedId === sampleId && entry.k === k;
  const [solution, critique, probe] = key === undefined ? [] : [fold.solutions.get(key), fold.critiques.get(key), fold.probes.get(key)];
  if (solution !== undefined && isOwn(solution) && !agrees(solution)) return refused(solution.outcome === 'ERROR' ? 'api' : 'solver', solution.reason);
  if (critique !== undefined && isOwn(critique) && critique.verdict !== 'CORRECT') return refused(critique.verdict === 'ERROR' ? 'api' : 'judge', critique.analysis);
  if (!isOwn(solution) && !isOwn(critique)) return { key: stage.finished ? 'duplicate' : 'pending', detail: variation };
  const word = difficultyWord(probe, stage.gates);
  if (word !== undefined && word !== 'open' && 'gate' in word) return refused(word.gate, word.reason);
  const detail = [variation, probe === undefined ? undefined : `the policy: ${probe.outcome}`].filter((part) => part !== undefined).join(' · ');
  return { key: word === 'open' || (critique === undefined && !stage.finished) ? 'pending' : 'accepted', detail };
}

function refused(key: string, reason: string): State {
  return { key, detail: reason, reason };
}

function mostFrequent(reasons: readonly string[]): { readonly detail?: string } {
  const counts = new Map<string, number>();
  for (const reason of reasons) if (reason !== '') counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  if (most === undefined) return {};
  return { detail: counts.size === 1 ? most[0] : `(${most[1]}) ${most[0]}` };
}
