import type { ComposeSettings } from '../config/projectConfig.ts';
import { labelHash } from '../dataset/identity.ts';
import type { Label, TrainRow } from '../dataset/sample.ts';
import { answerOfPrediction, type Answer } from '../llm/prompts/answer.ts';
import { withoutReasoning } from '../llm/prompts/reply.ts';
import type { Judgement, ProbeEntry } from '../rounds/journalEntries.ts';
import { isMatch } from '../toolcall/outcome.ts';
import type { Prediction } from '../toolcall/prediction.ts';

/** A sample that the policy gets wrong and whose label now counts as right: `row.label` is already the replaced one. */
export type ErrorSeed = { readonly row: TrainRow; readonly wrong: Answer; readonly analysis: string };

/** A sample that the policy gets right, with its perplexity where there is one, and how often it is right where that was sampled. */
export type MatchedRow = { readonly row: TrainRow; readonly ppl: number | null; readonly passRate?: number | undefined };

/** What matched samples are ranked by; the perplexity over all tokens alone when absent. */
export type Ranking = { readonly over: ComposeSettings['highPpl']['over']; readonly passRates: ReadonlyMap<string, number> };

/** Where every row of a round's set goes (paper section 4.4, Algorithm 1). */
export type Buckets = {
  readonly matched: readonly MatchedRow[];
  /** Judged BOTH_CORRECT, matched in substance; and those whose label stands though the votes differ over the prediction. */
  readonly bothCorrect: readonly MatchedRow[];
  readonly errorSeeds: readonly ErrorSeed[];
  /** Rows that go nowhere, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
};

/** Rows keep their order. `round` is the round whose journals are read. A match that has a judgement is one that a person overruled. */
export function sortRows(
  rows: readonly TrainRow[],
  probes: ReadonlyMap<string, ProbeEntry>,
  judgements: ReadonlyMap<string, Judgement>,
  round: number,
  ranking: Ranking = { over: 'all', passRates: new Map() },
): Buckets {
  const matched: MatchedRow[] = [];
  const bothCorrect: MatchedRow[] = [];
  const errorSeeds: ErrorSeed[] = [];
  const dropped: Record<string, number> = {};
  const drop = (reason: string): void => {
    dropped[reason] = (dropped[reason] ?? 0) + 1;
  };
  for (const row of rows) {
    const probe = probes.get(row.id);
    if (probe === undefined) drop('not probed');
    else if (isMatch(probe.outcome) && !judgements.has(row.id)) matched.push(matchedRow(row, probe, ranking));
    else if (probe.outcome === 'ERROR') drop('ERROR');
    else {
      const judgement = judgements.get(row.id);
      const seed = judgement === undefined ? undefined : errorSeed(row, probe, judgement, round);
      if (seed !== undefined) errorSeeds.push(seed);
      else if (judgement?.verdict === 'BOTH_CORRECT' || judgement?.labelStands === true) bothCorrect.push(matchedRow(row, probe, ranking));
      else drop(judgement?.verdict ?? 'not judged');
    }
  }
  return { matched, bothCorrect, errorSeeds, dropped };
}

function matchedRow(row: TrainRow, probe: ProbeEntry, { over, passRates }: Ranking): MatchedRow {
  const ppl = { all: probe.ppl, answer: probe.pplAnswer ?? null, call: probe.pplCall ?? null }[over];
  return { row, ppl, passRate: passRates.get(row.id) };
}

/** PRED_WRONG as it is, or LABEL_WRONG with its new label; a LABEL_WRONG that was not replaced has no right label to learn from. */
function errorSeed(row: TrainRow, probe: ProbeEntry, judgement: Judgement, round: number): ErrorSeed | undefined {
  const wrong = wrongAnswer(probe);
  if (judgement.verdict === 'PRED_WRONG') return { row: { ...row, origin: 'errorSeed' }, wrong, analysis: judgement.analysis };
  if (judgement.verdict !== 'LABEL_WRONG' || judgement.relabel === undefined) return undefined;
  return correctedSeed(row, judgement.relabel, judgement, round);
}

/** A row with another label; the one that it had is the wrong answer. */
export function correctedSeed(row: TrainRow, label: Label, judgement: Pick<Judgement, 'by' | 'source' | 'analysis'>, round: number): ErrorSeed {
  return { row: relabelled(row, label, judgement, round), wrong: labelAnswer(row.label), analysis: judgement.analysis };
}

/** The dataset's own label is what is kept, also when a replaced label is replaced again: undoing leads back to the dataset. */
function relabelled(row: TrainRow, label: Label, judgement: Pick<Judgement, 'by' | 'source'>, round: number): TrainRow {
  const hash = labelHash(label);
  const by = judgement.by === 'person' ? ('person' as const) : ('judge' as const);
  const first = row.replaced ?? { label: row.label, labelHash: row.labelHash };
  const { replaced: _former, ...rest } = row;
  const changed = { ...rest, label, labelHash: hash, origin: 'labelRefined' as const };
  if (hash === first.labelHash) return changed;
  return { ...changed, replaced: { label: first.label, labelHash: first.labelHash, round, by, source: judgement.source } };
}

function wrongAnswer({ prediction, reply }: ProbeEntry): Answer {
  if (prediction === undefined) return { text: '' };
  return prediction.kind === 'INVALID' ? { text: garbled(prediction, reply) } : answerOfPrediction(prediction);
}

function garbled(prediction: Prediction, reply: string | undefined): string {
  return (reply === undefined ? undefined : withoutReasoning(reply)) ?? prediction.text;
}

function labelAnswer(label: Label): Answer {
  switch (label.kind) {
    case 'calls':
      return { calls: label.calls };
    case 'text':
      return { text: label.text };
    case 'invalid':
      return { text: label.raw };
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return { text: '' };
  }
}
