import type * as z from 'zod';
import { decisionOperationSchema, type DecisionOperation } from '../core/review/decision.ts';
import { evaluateEntrySchema, expandEntrySchema, probeEntrySchema, repeatEntrySchema, verifyEntrySchema, type EvaluateEntry, type ExpandEntry, type ProbeEntry, type RepeatEntry, type VerifyEntry } from '../core/rounds/journalEntries.ts';
import { isMatch } from '../core/toolcall/outcome.ts';
import type { LinePlace } from './followedBytes.ts';
import { FollowedLines } from './followedLines.ts';

/** A journal entry with where its line stands. The raw reply is not kept: it can be read again. */
export type Placed<T> = { readonly entry: T; readonly place: LinePlace };

export function followProbe(file: string): FollowedLines<Placed<ProbeEntry>> {
  return follow(file, probeEntrySchema, ({ reply: _reply, ...entry }) => {
    if (!isMatch(entry.outcome)) return entry;
    // Matches are many, and nothing shows their prediction: it is the label.
    const { prediction: _prediction, comparison: _comparison, ...rest } = entry;
    return rest;
  });
}

export function followVerify(file: string): FollowedLines<Placed<VerifyEntry>> {
  return follow(file, verifyEntrySchema, ({ reply: _reply, ...entry }) => entry);
}

export function followExpand(file: string): FollowedLines<Placed<ExpandEntry>> {
  return follow(file, expandEntrySchema, ({ reply: _reply, ...entry }) => entry);
}

/** Outcomes alone: which answers there were is in the file. */
export function followRepeats(file: string): FollowedLines<Placed<RepeatEntry>> {
  return follow(file, repeatEntrySchema, ({ reply: _reply, prediction: _prediction, ...entry }) => entry);
}

export function followEvaluate(file: string): FollowedLines<Placed<EvaluateEntry>> {
  return follow(file, evaluateEntrySchema, ({ reply: _reply, ...entry }) => entry);
}

export function followDecisions(file: string): FollowedLines<DecisionOperation> {
  return new FollowedLines(file, (value) => {
    const parsed = decisionOperationSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  });
}

function follow<S extends z.ZodType, T>(file: string, schema: S, keep: (entry: z.infer<S>) => T): FollowedLines<Placed<T>> {
  return new FollowedLines(file, (value, place) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? { entry: keep(parsed.data), place } : undefined;
  });
}

/** The entries alone, and a way back to their lines. */
export function entriesOf<T extends object>(lines: FollowedLines<Placed<T>>): { readonly entries: readonly T[]; readonly placeOf: (entry: T) => LinePlace | undefined } {
  const places = new Map(lines.items.map(({ entry, place }) => [entry, place]));
  return { entries: lines.items.map(({ entry }) => entry), placeOf: (entry) => places.get(entry) };
}
