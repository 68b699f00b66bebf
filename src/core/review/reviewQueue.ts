import type { ProbeOutcome } from '../rounds/journalEntries.ts';
import type { FinalVerdict } from '../rounds/verdict.ts';
import { isMismatch } from '../toolcall/outcome.ts';

export type QueueEntry = {
  readonly sampleId: string;
  readonly outcome: ProbeOutcome;
  readonly verdict: FinalVerdict | undefined;
};

/** What a person's word is worth most for comes first: labels said to be wrong, then what the judge could not settle. */
const ORDER: Readonly<Record<FinalVerdict | 'unjudged', number>> = {
  LABEL_WRONG: 0,
  NO_CONSENSUS: 1,
  BOTH_CORRECT: 2,
  unjudged: 3,
  BOTH_WRONG: 4,
  PRED_WRONG: 5,
};

/** Queue of a round: its mismatches, by verdict and then by id, so that every window shows the same order. */
export function reviewQueue<T extends QueueEntry>(entries: readonly T[]): T[] {
  return entries
    .filter((e) => isMismatch(e.outcome))
    .sort((a, b) => ORDER[a.verdict ?? 'unjudged'] - ORDER[b.verdict ?? 'unjudged'] || (a.sampleId < b.sampleId ? -1 : 1));
}
