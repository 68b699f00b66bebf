import { labelHash } from '../dataset/identity.ts';
import type { Label } from '../dataset/sample.ts';
import { isPaperVersion } from '../llm/prompts/judgePaper.ts';
import type { Decision } from '../review/decision.ts';
import { changesLabel } from '../review/foldDecisions.ts';
import { heldBack, type RelabelRule } from '../review/measure/gate.ts';
import type { VerifyFold } from '../rounds/fold.ts';
import type { Judgement, VoteEntry } from '../rounds/journalEntries.ts';
import type { Verdict } from '../rounds/verdict.ts';
import { predictionToLabel } from '../toolcall/extract.ts';
import { consensus, wantsThird, type Ballot, type Consensus } from './consensus.ts';
import { faultOfLabel, faultOfPrediction, type VerifyCase } from './jglv.ts';

export type JudgementContext = {
  readonly round: number;
  /** Of the round, see `relabelRule`. */
  readonly relabel: RelabelRule;
  /** The decision that stands for the sample, whichever label it was made on; it outranks every verdict. */
  readonly decision?: Decision | undefined;
};

/**
 * What is held to be true of one case, from its journal entries and a person's decision. Undefined while one of the first two
 * votes is missing; a third vote may still settle what they leave open. See `consensus` for what votes come to. A label is
 * replaced only on LABEL_WRONG in either order, only where the gate lets this judge, and only by a prediction that was not cut
 * off and keeps to the tools' definitions. The votes of the published protocol are one, and it knows no definitions.
 */
export function foldJudgement(verifyCase: VerifyCase, fold: VerifyFold | undefined, context: JudgementContext): Judgement | undefined {
  const ruled = ruling(verifyCase, context);
  if (ruled !== undefined) return ruled;
  const { sample } = verifyCase;
  if (fold === undefined || fold.labelHash !== sample.labelHash) return undefined;
  const { preCheck, votes } = fold;
  const common = { sampleId: sample.id, labelHash: sample.labelHash };
  if (preCheck !== undefined) {
    const { verdict, reason } = preCheck;
    return { ...common, verdict, analysis: reason, approach: '', votes: 0, agreeing: 0, simulated: false, by: 'preCheck', source: reason };
  }
  const paper = votes.find(({ promptVersion }) => isPaperVersion(promptVersion));
  const known = paper === undefined ? knownSides(verifyCase, context) : nothingKnown;
  const counted = paper === undefined ? inBothOrders(votes, known) : [paper];
  if (counted === undefined) return undefined;
  const reached = outcomeOf(counted, known);
  const source = [...new Set(counted.map(({ judge }) => judge))].join(', ');
  const counts = { votes: counted.length, agreeing: reached.agreeing, simulated: counted.some(({ simulated }) => simulated), by: 'judge' as const, source };
  if (reached.verdict === undefined) {
    const stands = reached.labelStands ? { labelStands: true as const } : {};
    return { ...common, verdict: 'NO_CONSENSUS', analysis: `${disagreement(counted)}: ${counted.map(spoken).join('; ')}`, approach: '', ...counts, ...stands };
  }
  const agreeing = counted.filter((vote) => supposedVerdict(vote, known) === reached.verdict);
  const { analysis = '', approach = '' } = agreeing[0] ?? {};
  const fault = reached.verdict === 'PRED_WRONG' ? known.predictionFault : undefined;
  const judgement = { ...common, verdict: reached.verdict, analysis: fault ?? analysis, approach, ...counts };
  if (reached.verdict !== 'LABEL_WRONG') return judgement;
  return { ...judgement, ...replacement(verifyCase, context.relabel, agreeing, paper !== undefined) };
}

/** The first two votes, one in either order, and the third where it is wanted and was answered. */
function inBothOrders(votes: readonly VoteEntry[], known: KnownSides): readonly [VoteEntry, VoteEntry, ...VoteEntry[]] | undefined {
  const inOrder = (wanted: VoteEntry['order']): VoteEntry | undefined => votes.find(({ order, third }) => order === wanted && third === undefined);
  const [first, second] = [inOrder('LP'), inOrder('PL')];
  if (first === undefined || second === undefined) return undefined;
  const wanted = wantsThird(supposedVerdict(first, known), supposedVerdict(second, known));
  return [first, second, ...votes.filter(({ third, verdict }) => wanted && third === true && verdict !== 'ERROR')];
}

function outcomeOf(votes: readonly VoteEntry[], known: KnownSides): Consensus {
  const [first, second, third] = votes.map((vote): Ballot => ({ order: vote.order, verdict: supposedVerdict(vote, known) }));
  if (first !== undefined && second !== undefined) return consensus(first, second, third);
  return { verdict: first?.verdict, agreeing: first?.verdict === undefined ? 0 : 1, labelStands: false };
}

function disagreement({ length }: readonly VoteEntry[]): string {
  if (length === 1) return 'the reply gives no verdict';
  return length === 2 ? 'the two orders do not agree' : 'three votes do not agree';
}

/**
 * What a person's decision says of an answer that matches the label: where the person called that label wrong, in whichever
 * round, the answer is as wrong as the label; a sample that was dropped stays dropped. Undefined where no decision overrules the match.
 */
export function overruledMatch(verifyCase: VerifyCase, context: JudgementContext): Judgement | undefined {
  const { decision } = context;
  if (decision?.ruling === 'drop') return ruling(verifyCase, context);
  if (decision?.labelHash !== verifyCase.sample.labelHash) return undefined;
  if (changesLabel(decision)) return ruling(verifyCase, context);
  const { predictions: _predictions, ...anyPair } = decision;
  return decision.ruling === 'bothWrong' ? ruling(verifyCase, { ...context, round: decision.round ?? context.round, decision: anyPair }) : undefined;
}

/** What is known of the sides before the judge: the label by a person's word on an earlier pair or by the schema, the prediction by the schema. */
export type KnownSides = { readonly label: 'right' | 'wrong' | 'unknown'; readonly predictionFault: string | undefined };

const nothingKnown: KnownSides = { label: 'unknown', predictionFault: undefined };

export function knownSides({ sample, probe }: VerifyCase, { decision }: Pick<JudgementContext, 'decision'>): KnownSides {
  const predictionFault = probe.prediction && faultOfPrediction(probe.prediction, sample);
  if (decision !== undefined && isConfirmed(sample.labelHash, decision)) return { label: 'right', predictionFault };
  if (decision?.labelHash === sample.labelHash || faultOfLabel(sample) !== undefined) return { label: 'wrong', predictionFault };
  return { label: 'unknown', predictionFault };
}

/** The person kept this label, or it is the one that the person chose. */
function isConfirmed(hash: string, { ruling: ruled, labelHash: seen, label }: Decision): boolean {
  if ((ruled === 'keepLabel' || ruled === 'bothCorrect') && seen === hash) return true;
  return (ruled === 'takePrediction' || ruled === 'edit') && label !== undefined && labelHash(label) === hash;
}

/** A vote is about two sides; where one of them is known, only its word on the other counts. */
export function supposedVerdict({ verdict }: Pick<VoteEntry, 'verdict'>, { label, predictionFault }: KnownSides): Verdict | undefined {
  if (verdict === 'UNPARSED' || verdict === 'ERROR') return undefined;
  const labelRight = label === 'unknown' ? verdict === 'PRED_WRONG' || verdict === 'BOTH_CORRECT' : label === 'right';
  const predictionRight = predictionFault === undefined && (verdict === 'LABEL_WRONG' || verdict === 'BOTH_CORRECT');
  if (labelRight) return predictionRight ? 'BOTH_CORRECT' : 'PRED_WRONG';
  return predictionRight ? 'LABEL_WRONG' : 'BOTH_WRONG';
}

function spoken({ order, verdict, third, error }: VoteEntry): string {
  return `${third === true ? 'third vote, ' : ''}${order === 'LP' ? 'label first' : 'prediction first'} ${verdict}${error === undefined ? '' : ` (${error})`}`;
}

function replacement({ sample, probe }: VerifyCase, rule: RelabelRule, votes: readonly VoteEntry[], asPublished: boolean): { readonly relabel: Label } | { readonly refused: string; readonly held?: true } {
  if (probe.prediction === undefined) return { refused: 'there is no prediction' };
  if (probe.unstable !== undefined) return { refused: 'the policy answered otherwise when it was asked again: such an answer replaces no label' };
  const fault = faultOfPrediction(probe.prediction, sample);
  if (fault !== undefined && !asPublished) return { refused: fault };
  const label = predictionToLabel(probe.prediction);
  if (label === undefined) return { refused: 'the prediction is not a label' };
  if (label.kind === 'text' && label.text.trim() === '') return { refused: 'the prediction is empty' };
  const held = heldBack(rule, votes);
  return held === undefined ? { relabel: label } : { refused: held, held: true };
}

/**
 * A person's ruling on this label. Of rulings from earlier rounds only what they say of the label holds on, because the
 * prediction that they were about may be another one, and so of rulings on a file of predictions; a label that the person
 * wrote is taken in any round. A sample is dropped whatever label it has by now.
 */
function ruling({ sample, probe }: VerifyCase, { decision, round }: JudgementContext): Judgement | undefined {
  if (decision === undefined || (decision.labelHash !== sample.labelHash && decision.ruling !== 'drop')) return undefined;
  const common = {
    sampleId: sample.id,
    labelHash: sample.labelHash,
    analysis: decision.note ?? '',
    approach: '',
    votes: 0,
    agreeing: 0,
    simulated: false,
    by: 'person' as const,
    source: decision.by,
  };
  const thisPair = decision.predictions === undefined && (decision.round === undefined || decision.round === round);
  switch (decision.ruling) {
    case 'takePrediction': {
      const label = decision.label ?? (thisPair && probe.prediction !== undefined ? predictionToLabel(probe.prediction) : undefined);
      if (label !== undefined) return { ...common, verdict: 'LABEL_WRONG', relabel: label };
      return thisPair ? { ...common, verdict: 'LABEL_WRONG', refused: 'the decision names no label' } : undefined;
    }
    case 'edit':
      return decision.label === undefined ? undefined : { ...common, verdict: 'LABEL_WRONG', relabel: decision.label };
    case 'bothWrong':
      return thisPair ? { ...common, verdict: 'BOTH_WRONG' } : undefined;
    case 'drop':
      return { ...common, verdict: 'BOTH_WRONG' };
    case 'unsure':
      return thisPair ? { ...common, verdict: 'NO_CONSENSUS' } : undefined;
    case 'keepLabel':
      return thisPair ? { ...common, verdict: 'PRED_WRONG' } : undefined;
    case 'bothCorrect':
      return thisPair ? { ...common, verdict: 'BOTH_CORRECT' } : undefined;
  }
}
