import { canonicalJson } from '../json/stringify.ts';
import type { JsonValue } from '../json/value.ts';
import type { CritiqueEntry, EvaluateEntry, ExpandEntry, GenerationEntry, PreCheckEntry, ProbeEntry, RepeatEntry, SolutionEntry, VerifyEntry, VoteEntry } from './journalEntries.ts';

/**
 * State is the fold of a journal: of several entries for one question the last complete one counts, and a failed request
 * never hides an answer. All folds are sorted by sample id, so that they do not depend on the order of replies.
 */
export type JournalEntry = ProbeEntry | RepeatEntry | VerifyEntry | ExpandEntry | EvaluateEntry;

/** False for entries of requests that failed: they are asked again by the next run. */
export function isComplete(entry: JournalEntry): boolean {
  switch (entry.type) {
    case 'probe':
    case 'repeat':
    case 'evaluation':
    case 'solution':
      return entry.outcome !== 'ERROR';
    case 'vote':
    case 'critique':
      return entry.verdict !== 'ERROR';
    case 'generation':
      return entry.status !== 'api';
    case 'preCheck':
    case 'repetition':
      return true;
  }
}

function lastComplete<T extends JournalEntry>(entries: Iterable<T>, keyOf: (entry: T) => string): Map<string, T> {
  const last = new Map<string, T>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const held = last.get(key);
    if (held === undefined || isComplete(entry) || !isComplete(held)) last.set(key, entry);
  }
  return sorted(last);
}

function sorted<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By sample id. With `rows`, entries for other samples, or for another label of a sample, are left out. */
export function foldProbe(entries: Iterable<ProbeEntry>, rows?: readonly { readonly id: string; readonly labelHash: string }[]): ReadonlyMap<string, ProbeEntry> {
  const current = rows === undefined ? undefined : new Map(rows.map(({ id, labelHash }) => [id, labelHash]));
  const relevant = [...entries].filter(({ sampleId, labelHash }) => current === undefined || current.get(sampleId) === labelHash);
  return lastComplete(relevant, ({ sampleId }) => sampleId);
}

/** What the journal holds on one sample: a pre-check, or up to three votes on the same label. */
export type VerifyFold = { readonly labelHash: string; readonly preCheck?: PreCheckEntry; readonly votes: readonly VoteEntry[] };

/** By sample id; votes in the order LP, PL, third. A later pre-check or another label takes the place of what was there. */
export function foldVerify(entries: Iterable<VerifyEntry>): ReadonlyMap<string, VerifyFold> {
  const folds = new Map<string, VerifyFold>();
  for (const entry of entries) {
    if (entry.type === 'preCheck') {
      folds.set(entry.sampleId, { labelHash: entry.labelHash, preCheck: entry, votes: [] });
      continue;
    }
    const held = folds.get(entry.sampleId);
    const votes = held?.preCheck === undefined && held?.labelHash === entry.labelHash ? held.votes : [];
    const same = votes.find((vote) => placeOf(vote) === placeOf(entry));
    const counted = same !== undefined && !isComplete(entry) && isComplete(same) ? same : entry;
    const next = [...votes.filter((vote) => vote !== same), counted].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    folds.set(entry.sampleId, { labelHash: entry.labelHash, votes: next });
  }
  return sorted(folds);
}

function placeOf({ order, third }: VoteEntry): string {
  return third === true ? 'third' : order;
}

export type ExpandFold = {
  /** By seed id and sibling, see `siblingKey`: the last attempt that was answered. */
  readonly generations: ReadonlyMap<string, GenerationEntry>;
  /** By the candidate, see `critiqueKey`; probes too. */
  readonly critiques: ReadonlyMap<string, CritiqueEntry>;
  readonly solutions: ReadonlyMap<string, SolutionEntry>;
  readonly probes: ReadonlyMap<string, ProbeEntry>;
};

/** Sorts by seed, then by sibling. */
export function siblingKey(seedId: string, k: number): string {
  return `${seedId} ${String(k).padStart(3, '0')}`;
}

export function foldExpand(entries: Iterable<ExpandEntry>): ExpandFold {
  const all = [...entries];
  const ofCandidate = ({ sampleId, labelHash }: ExpandEntry): string => critiqueKey(sampleId, labelHash);
  return {
    generations: lastComplete(all.filter((entry) => entry.type === 'generation'), ({ sampleId, k }) => siblingKey(sampleId, k)),
    critiques: lastComplete(all.filter((entry) => entry.type === 'critique'), ofCandidate),
    solutions: lastComplete(all.filter((entry) => entry.type === 'solution'), ofCandidate),
    probes: lastComplete(all.filter((entry) => entry.type === 'probe'), ofCandidate),
  };
}

/** A candidate is its context and its label: two that differ only in the label are two. */
export function critiqueKey(candidateId: string, labelHash: string): string {
  return `${candidateId} ${labelHash}`;
}

/** Set, then phase, then sample id. */
export type EvaluateFold = ReadonlyMap<string, { readonly before: ReadonlyMap<string, EvaluateEntry>; readonly after: ReadonlyMap<string, EvaluateEntry> }>;

export function foldEvaluate(entries: Iterable<EvaluateEntry>): EvaluateFold {
  const all = [...entries];
  const sets = [...new Set(all.map(({ set }) => set))].sort();
  const phase = (name: string, which: EvaluateEntry['phase']): ReadonlyMap<string, EvaluateEntry> =>
    lastComplete(
      all.filter((entry) => entry.set === name && entry.phase === which),
      ({ sampleId }) => sampleId,
    );
  return new Map(sets.map((name) => [name, { before: phase(name, 'before'), after: phase(name, 'after') }]));
}

/**
 * One text per journal state, equal for an undisturbed run and for one that was killed and resumed: the last complete entry
 * per question, sorted, without what depends on when and how often it was asked.
 */
export function canonicalFold(entries: Iterable<JournalEntry>): string {
  const lines = [...lastComplete(entries, questionOf).values()].map((entry) => {
    const { startedAt: _s, elapsedMs: _e, attempt: _a, promptTokens: _p, completionTokens: _c, ...rest } = entry;
    return canonicalJson(rest as unknown as JsonValue); // entries are read from JSON
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function questionOf(entry: JournalEntry): string {
  const question = [entry.sampleId, entry.type, entry.labelHash, entry.requestKey];
  switch (entry.type) {
    case 'probe':
    case 'repeat':
    case 'preCheck':
      break;
    case 'vote':
      question.push(placeOf(entry));
      break;
    case 'generation':
      question.push(String(entry.k));
      break;
    case 'critique':
    case 'solution':
    case 'repetition':
      question.push(entry.seedId, String(entry.k));
      break;
    case 'evaluation':
      question.push(entry.set, entry.phase);
      break;
  }
  return question.join(' ');
}
