import { pairedBootstrap, type Pair } from '../evaluation/pairedBootstrap.ts';
import { wilson } from '../evaluation/wilson.ts';
import { labelHash } from '../dataset/identity.ts';
import type { Label, TrainRow } from '../dataset/sample.ts';
import type { Composition } from '../loop/compose.ts';
import type { ExpansionResult, ExpansionYield } from '../loop/expansions.ts';
import type { Flow } from '../loop/flow.ts';
import { Rng } from '../random/rng.ts';
import { labelToPrediction } from '../toolcall/extract.ts';
import { matchPrediction } from '../toolcall/match.ts';
import { isMatch } from '../toolcall/outcome.ts';
import type { RoundGate } from '../review/measure/gate.ts';
import type { CompiledTextKinds } from '../toolcall/textKinds.ts';
import { expandReport } from './expandReport.ts';
import type { EvaluateFold } from './fold.ts';
import type { EvaluateEntry, Judgement, ProbeEntry } from './journalEntries.ts';
import { outcomeBreakdown } from './outcomeBreakdown.ts';
import type { RoundReport } from './roundReport.ts';

export type RoundReportInput = {
  readonly round: number;
  readonly seed: number;
  readonly textKinds: CompiledTextKinds;
  /** The set that the round trained on, and what its training said. */
  readonly rows: readonly TrainRow[];
  readonly training: { readonly steps: number; readonly reward?: number; readonly deadGroups?: number; readonly notes: readonly string[] };
  readonly probes: ReadonlyMap<string, ProbeEntry>;
  /** See `repeatsReport`. */
  readonly repeats?: Pick<RoundReport['probe'], 'again' | 'repeats'> | undefined;
  /** Which perplexity ranks the matched samples. */
  readonly pplOver?: 'all' | 'answer' | 'call' | undefined;
  readonly judgements: ReadonlyMap<string, Judgement>;
  /** Samples that a third vote was asked for. */
  readonly thirdVotes?: number | undefined;
  /** Of the round's manifest; undefined before its verification has begun. */
  readonly gate?: RoundGate | undefined;
  readonly expansions: ExpansionYield;
  /** What became of each, for the reasons; those of the yields. */
  readonly expansionResults?: readonly ExpansionResult[] | undefined;
  readonly composition: Composition | undefined;
  /** Of the round's manifest. */
  readonly flows?: readonly Flow[] | undefined;
  /** Samples of each held-out set, by its name; sets that were not measured yet are given all the same. */
  readonly heldOut: readonly { readonly set: string; readonly samples: number }[];
  readonly evaluation: EvaluateFold;
  /** Right labels by sample id; only the report may see them. */
  readonly truth: ReadonlyMap<string, Label> | undefined;
  /** Names of the simulated models that took part. */
  readonly simulated: readonly string[];
};

export function roundReport(input: RoundReportInput): RoundReport {
  const { round, rows, training, expansions, composition, evaluation } = input;
  return {
    round,
    train: { rows: rows.length, ...training, notes: [...training.notes] },
    probe: probePart(input),
    verify: verifyPart(input),
    expand: expandReport(expansions, input.expansionResults ?? []),
    compose: {
      size: composition?.size ?? 0,
      byOrigin: { ...composition?.byOrigin },
      ...(composition?.pplThreshold === undefined ? {} : { pplThreshold: composition.pplThreshold }),
      ...(composition?.rankedBy === undefined ? {} : { rankedBy: { ...composition.rankedBy } }),
      notes: [...(composition?.notes ?? [])],
      ...(input.flows === undefined ? {} : { flows: [...input.flows] }),
    },
    evaluate: input.heldOut.map(({ set, samples }) => heldOutPart(set, samples, evaluation, new Rng(input.seed, 'report', round, set))),
    simulated: [...input.simulated],
  };
}

const mostTools = 20;

function probePart({ rows, probes, repeats, pplOver = 'all' }: RoundReportInput): RoundReport['probe'] {
  const probed = [...probes.values()];
  const { kinds, tools } = outcomeBreakdown(rows, probes);
  const covers = countBy(probed.flatMap(({ pplCovers }) => pplCovers ?? []), (covered) => covered);
  return {
    samples: probed.length,
    outcomes: countBy(probed, ({ outcome }) => outcome),
    pplMissing: probed.filter(({ ppl, outcome }) => ppl === null && outcome !== 'ERROR').length,
    ppl: pplPart(probed, pplOver),
    ...(Object.keys(covers).length === 0 ? {} : { covers }),
    kinds: { ...kinds },
    tools: tools.slice(0, mostTools).map((one) => ({ ...one, outcomes: { ...one.outcomes }, kinds: { ...one.kinds }, arguments: one.arguments.map(({ argument, kinds: of }) => ({ argument, kinds: { ...of } })) })),
    ...(tools.length > mostTools ? { moreTools: tools.length - mostTools } : {}),
    ...repeats,
  };
}

/** Which samples have the perplexity that ranks, and why the others of those that were answered have none. */
function pplPart(probed: readonly ProbeEntry[], over: 'all' | 'answer' | 'call'): RoundReport['probe']['ppl'] {
  const answered = probed.filter(({ outcome }) => outcome !== 'ERROR');
  const without = answered.filter((probe) => pplOf(probe, over) === undefined);
  const why = ({ ppl, pplMissing }: ProbeEntry): string => pplMissing ?? (ppl === null ? 'unknown' : 'the server does not tell which tokens these are');
  return { over, samples: answered.length - without.length, missing: countBy(without, why) };
}

function pplOf({ ppl, pplAnswer, pplCall }: ProbeEntry, over: 'all' | 'answer' | 'call'): number | undefined {
  if (over === 'all') return ppl ?? undefined;
  return over === 'answer' ? pplAnswer : pplCall;
}

function verifyPart({ rows, judgements, thirdVotes, gate, truth, textKinds, composition }: RoundReportInput): RoundReport['verify'] {
  const all = [...judgements.values()];
  const replaced = all.filter(({ relabel }) => relabel !== undefined);
  const counts = {
    judged: all.length,
    verdicts: countBy(all, ({ verdict }) => verdict),
    replaced: replaced.length,
    held: all.filter(({ held }) => held).length,
    standing: all.filter(({ labelStands }) => labelStands).length,
    ...(thirdVotes === undefined ? {} : { thirdVotes }),
    by: countBy(all, ({ by }) => by),
    votes: countBy(all.filter(({ by }) => by === 'judge'), ({ agreeing, votes }) => `${agreeing} of ${votes}`),
    ...(gate === undefined ? {} : { gate: withoutPassed(gate) }),
  };
  if (truth === undefined) return counts;
  const wrong = (set: readonly TrainRow[]): number => set.filter(({ id, label }) => isRight(label, truth.get(id), textKinds) === false).length;
  return {
    ...counts,
    rightly: replaced.filter(({ sampleId, relabel }) => relabel !== undefined && isRight(relabel, truth.get(sampleId), textKinds) === true).length,
    wrongLabelsBefore: wrong(rows),
    ...(composition === undefined ? {} : { wrongLabelsAfter: wrong(composition.rows) }),
  };
}

function withoutPassed({ passed: _passed, ...shown }: RoundGate): RoundReport['verify']['gate'] {
  return shown;
}

/** Whether a label says the same as the truth, by the project's comparer; undefined where the truth is not known. */
export function isRight(label: Label, truth: Label | undefined, textKinds: CompiledTextKinds): boolean | undefined {
  if (truth === undefined) return undefined;
  if (labelHash(label) === labelHash(truth)) return true;
  return isMatch(matchPrediction(truth, labelToPrediction(label, textKinds), textKinds).outcome);
}

type HeldOut = RoundReport['evaluate'][number];

/** Failed requests are no answers: they count neither as right nor as wrong. The difference is over samples answered both times. */
function heldOutPart(set: string, samples: number, evaluation: EvaluateFold, rng: Rng): HeldOut {
  const answered = (entries: ReadonlyMap<string, EvaluateEntry> | undefined): ReadonlyMap<string, EvaluateEntry> =>
    new Map([...(entries ?? [])].filter(([, { outcome }]) => outcome !== 'ERROR'));
  const before = answered(evaluation.get(set)?.before);
  const after = answered(evaluation.get(set)?.after);
  const accuracy = (entries: ReadonlyMap<string, EvaluateEntry>): HeldOut['before'] => wilson([...entries.values()].filter(({ outcome }) => isMatch(outcome)).length, entries.size);
  const unverified = (entries: ReadonlyMap<string, EvaluateEntry>): number => [...entries.values()].filter(({ outcome }) => outcome === 'MATCH_UNVERIFIED').length;
  const pairs: Pair[] = [];
  for (const [id, first] of before) {
    const second = after.get(id);
    if (second !== undefined) pairs.push({ before: Number(isMatch(first.outcome)), after: Number(isMatch(second.outcome)) });
  }
  const last = after.size > 0 ? after : before;
  return {
    set,
    samples,
    ...(before.size > 0 ? { before: accuracy(before) } : {}),
    ...(after.size > 0 ? { after: accuracy(after) } : {}),
    ...(pairs.length > 0 ? { difference: pairedBootstrap([pairs], { rng }) } : {}),
    unverified: unverified(last),
    ...(before.size > 0 ? { unverifiedBefore: unverified(before) } : {}),
  };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
