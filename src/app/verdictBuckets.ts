import { verifyEntrySchema, type VerifyEntry } from '../core/rounds/journalEntries.ts';
import { grouped, type Bucket } from './buckets.ts';
import type { LinePlace } from './followedLines.ts';
import { oneLine } from './sampleTitle.ts';

export type VerifyLine = { readonly entry: VerifyEntry; readonly place: LinePlace };

/** A line of the verify journal, without what the tree never shows. */
export function verifyLine(value: unknown, place: LinePlace): VerifyLine | undefined {
  const parsed = verifyEntrySchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { reply: _reply, ...entry } = parsed.data;
  return { entry: entry.type === 'vote' ? { ...entry, analysis: oneLine(entry.analysis), approach: '' } : entry, place };
}

/** Verified samples by verdict, those that ask for a person first. */
export function verdictBuckets(lines: readonly VerifyLine[]): readonly Bucket[] {
  const bySample = new Map<string, VerifyLine[]>();
  for (const line of lines) {
    const known = bySample.get(line.entry.sampleId);
    if (known) known.push(line);
    else bySample.set(line.entry.sampleId, [line]);
  }
  const items = [...bySample].map(([sampleId, own]) => ({ sampleId, verdict: verdictOf(own), last: own.at(-1) }));
  return grouped(items, ['LABEL_WRONG', 'NO_CONSENSUS', 'BOTH_CORRECT', 'BOTH_WRONG', 'PRED_WRONG', 'UNJUDGED'], (item) => item.verdict, (item) => ({
    sampleId: item.sampleId,
    detail: detailOf(item.last),
    entry: item.last?.place,
    reviewable: true,
  }));
}

function detailOf(line: VerifyLine | undefined): string {
  if (!line) return '';
  return oneLine(line.entry.type === 'vote' ? (line.entry.error ?? line.entry.analysis) : line.entry.reason);
}
function verdictOf(lines: readonly VerifyLine[]): string {
  const votes = new Map<string, string>();
  for (const { entry } of lines) {
    if (entry.type === 'preCheck') return entry.verdict;
    votes.set(entry.order, entry.verdict);
  }
  const [first, second] = [votes.get('LP'), votes.get('PL')];
  if (first === undefined || second === undefined) return 'UNJUDGED';
  return first === second && first !== 'UNPARSED' && first !== 'ERROR' ? first : 'NO_CONSENSUS';
}
