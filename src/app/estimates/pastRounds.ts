import { verifyCases } from '../../core/loop/jglv.ts';
import { foldProbe, isComplete } from '../../core/rounds/fold.ts';
import { evaluateEntrySchema, expandEntrySchema, probeEntrySchema, repeatEntrySchema, verifyEntrySchema } from '../../core/rounds/journalEntries.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { briefProbe } from '../../node/probeLines.ts';
import type { Round } from '../round.ts';
import { measureRequests, type Measure } from './measures.ts';

/** What is asked, as far as its cost goes. */
export const requestKinds = ['answers', 'repeats', 'votes', 'thirdVotes', 'expansions', 'judging', 'difficulty', 'heldOut'] as const;
export type RequestKind = (typeof requestKinds)[number];

/**
 * How much of one thing follows from another, where the stage before is not done yet: mismatches of samples, third votes of
 * judged pairs, error seeds of judged pairs, attempts and questions to the judge for each sibling, probes of what passes.
 */
export const shareNames = ['mismatches', 'thirdVotes', 'seeds', 'attempts', 'judging', 'difficulty'] as const;
export type ShareName = (typeof shareNames)[number];

/** For a project that has measured nothing. */
const assumed: Readonly<Record<ShareName, number>> = { mismatches: 0.4, thirdVotes: 0.2, seeds: 0.7, attempts: 1.2, judging: 1.4, difficulty: 0.6 };

type Partly<K extends string, T> = { readonly [key in K]?: T };

/** What the rounds that there are say about requests to come; of each figure the newest. */
export class PastRounds {
  /** Kinds that many projects never ask. */
  private static readonly rare: ReadonlySet<RequestKind> = new Set(['difficulty', 'repeats', 'thirdVotes', 'heldOut']);

  private constructor(
    private readonly measures: Partly<RequestKind, Measure>,
    private readonly shares: Partly<ShareName, number>,
  ) {}

  /** @param rounds The newest first. */
  static async read(rounds: readonly Round[]): Promise<PastRounds> {
    let measures: Partly<RequestKind, Measure> = {};
    let shares: Partly<ShareName, number> = {};
    for (const round of rounds) {
      const found = await readRound(round);
      measures = { ...found.measures, ...measures };
      shares = { ...found.shares, ...shares };
      if (requestKinds.every((kind) => PastRounds.rare.has(kind) || measures[kind]) && shareNames.every((name) => name === 'difficulty' || shares[name] !== undefined)) break;
    }
    return new PastRounds(measures, shares);
  }

  measure(kind: RequestKind): Measure | undefined {
    const { answers } = this.measures;
    // The policy answers repeats, held-out samples and candidates as it answers the set.
    if (kind === 'thirdVotes') return this.measures.thirdVotes ?? this.measures.votes;
    return this.measures[kind] ?? (kind === 'repeats' || kind === 'heldOut' || kind === 'difficulty' ? answers : undefined);
  }

  share(name: ShareName): { readonly value: number; readonly basis: 'measured' | 'assumed' } {
    const value = this.shares[name];
    return value === undefined ? { value: assumed[name], basis: 'assumed' } : { value, basis: 'measured' };
  }
}

async function readRound(round: Round): Promise<{ readonly measures: Partly<RequestKind, Measure>; readonly shares: Partly<ShareName, number> }> {
  const { files } = round;
  const { entries: probes } = await readJournal(files.journal('probe'), probeEntrySchema, briefProbe);
  const { entries: repeats } = await readJournal(files.journal('repeat'), repeatEntrySchema);
  const { entries: verify } = await readJournal(files.journal('verify'), verifyEntrySchema);
  const { entries: expand } = await readJournal(files.journal('expand'), expandEntrySchema);
  const { entries: evaluate } = await readJournal(files.journal('evaluate'), evaluateEntrySchema);
  const generations = expand.filter(({ type }) => type === 'generation');
  const judged = expand.filter(({ type }) => type === 'solution' || type === 'critique');
  const candidateProbes = expand.filter(({ type }) => type === 'probe');
  const votes = verify.filter((entry) => entry.type === 'vote');
  const measured: Partly<RequestKind, Measure | undefined> = {
    answers: measureRequests(probes),
    repeats: measureRequests(repeats),
    votes: measureRequests(votes.filter(({ third }) => third === undefined)),
    thirdVotes: measureRequests(votes.filter(({ third }) => third === true)),
    expansions: measureRequests(generations),
    judging: measureRequests(judged),
    difficulty: measureRequests(candidateProbes),
    heldOut: measureRequests(evaluate),
  };
  const siblings = new Set(expand.flatMap((entry) => (entry.type === 'generation' ? [`${entry.sampleId} ${entry.k}`] : []))).size;
  const pairs = new Set(votes.map(({ sampleId }) => sampleId)).size;
  const thirds = new Set(votes.flatMap(({ third, sampleId }) => (third === true ? [sampleId] : []))).size;
  const { counts: expandCounts, status: expandStatus } = round.stage('expand');
  const { counts: verifyCounts } = round.stage('verify');
  const answered = [...foldProbe(probes).values()].filter(isComplete);
  const rows = answered.length === 0 ? [] : await files.readTrainRows();
  const cases = verifyCases(rows, new Map(answered.map((entry) => [entry.sampleId, entry])));
  const difficulty = round.manifest.config.expand.gates.difficulty !== 'off';
  const shares: Partly<ShareName, number | undefined> = {
    mismatches: ratio(cases.length, answered.length),
    thirdVotes: round.stage('verify').status === 'done' && round.manifest.config.verify.thirdVote !== 'off' ? ratio(thirds, pairs) : undefined,
    seeds: expandStatus === 'done' ? ratio(expandCounts['seeds'] ?? 0, verifyCounts['judged'] ?? 0) : undefined,
    attempts: ratio(generations.length, siblings),
    judging: expandStatus === 'done' ? ratio(judged.length, siblings) : undefined,
    difficulty: expandStatus === 'done' && difficulty ? ratio(candidateProbes.length, siblings) : undefined,
  };
  return { measures: defined(measured), shares: defined(shares) };
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function defined<K extends string, T>(parts: Partly<K, T | undefined>): Partly<K, T> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partly<K, T>; // the same keys, without those that are undefined
}
