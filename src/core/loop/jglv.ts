import type { Label, Sample } from '../dataset/sample.ts';
import type { CompletionOutcome, Sampling } from '../llm/completionPort.ts';
import { answerOfLabel, answerOfPrediction, type Answer } from '../llm/prompts/answer.ts';
import { buildJudgeRequest, parseJudgeReply, promptVersion, verdictOf, type AnswerOrder, type JudgeExample } from '../llm/prompts/judge.ts';
import { buildPaperRequest, paperVersion, parsePaperReply } from '../llm/prompts/judgePaper.ts';
import type { PreCheckEntry, ProbeEntry, VerifyEntry, VoteEntry } from '../rounds/journalEntries.ts';
import type { FinalVerdict, Verdict } from '../rounds/verdict.ts';
import { checkCalls } from '../schema/checkCalls.ts';
import { isMismatch } from '../toolcall/outcome.ts';
import type { Prediction } from '../toolcall/prediction.ts';
import { answeredBase, failureText, unaskedBase } from './journalEntry.ts';
import { pairKeys } from './pairKeys.ts';
import { noRequest, requestKey, type ModelIdentity, type ModelRequest } from './requestKey.ts';

/**
 * JGLV, judgement-guided label verification (paper section 4.3; looptool-spec.md 4): pre-checks, votes in both orders. Third
 * votes are in thirdVote.ts, what votes come to in consensus.ts, the fold in judgement.ts.
 */

/** A sample whose answer did not match its label. */
export type VerifyCase = { readonly sample: Sample; readonly probe: ProbeEntry };

/** An example is never shown with a pair of the family that it comes from. */
export type FamilyExample = JudgeExample & { readonly family: string };

export type VerifyContext = {
  readonly judge: ModelIdentity;
  readonly sampling: Partial<Sampling>;
  /** `paper`: the published protocol, one vote with the label first. */
  readonly protocol?: 'bothOrders' | 'paper';
  readonly examples?: readonly FamilyExample[];
};

export type VoteAsk = {
  readonly sample: Sample;
  readonly order: AnswerOrder;
  /** See pairKeys.ts. */
  readonly pair?: string;
  readonly third?: true;
  readonly promptVersion: string;
  readonly requestKey: string;
  readonly request: ModelRequest;
};
export type PreCheck = { readonly sample: Sample; readonly verdict: FinalVerdict; readonly reason: string };
export type VerifyPlan = {
  readonly votes: readonly VoteAsk[];
  /** Cases decided without the judge that have no entry yet. */
  readonly preChecks: readonly PreCheck[];
  readonly done: number;
};

/** The samples that verification is about. Matches were settled by the comparer, and a failed request answered nothing. */
export function verifyCases(samples: readonly Sample[], probes: ReadonlyMap<string, ProbeEntry>): readonly VerifyCase[] {
  return samples.flatMap((sample) => {
    const probe = probes.get(sample.id);
    return probe !== undefined && isMismatch(probe.outcome) ? [{ sample, probe }] : [];
  });
}

/** What remains to be decided or asked. A vote that could not be read is final: the same question gets the same answer. */
export function planVerify(cases: readonly VerifyCase[], entries: Iterable<VerifyEntry>, context: VerifyContext): VerifyPlan {
  const finished = new Set<string>();
  const votesOfPairs = new Map<string, number>();
  for (const entry of entries) {
    if (entry.type === 'preCheck') finished.add(preCheckKey(entry));
    else if (entry.verdict !== 'ERROR') {
      finished.add(voteKey(entry));
      if (entry.pair !== undefined && entry.third === undefined) votesOfPairs.set(entry.pair, (votesOfPairs.get(entry.pair) ?? 0) | (entry.order === 'LP' ? 1 : 2));
    }
  }
  const pairOf = pairKeys((standIn) => planVotes(standIn, context).map((ask) => ask.requestKey));
  const whole = context.protocol === 'paper' ? 1 : 3;
  const families = new Set(context.examples?.map(({ family }) => family));
  const votes: VoteAsk[] = [];
  const preChecks: PreCheck[] = [];
  let done = 0;
  for (const verifyCase of cases) {
    // A pair of an example's family is shown other examples than the rest.
    const pair = families.has(verifyCase.sample.family) ? undefined : pairOf(verifyCase);
    if (pair !== undefined && votesOfPairs.get(pair) === whole) {
      done++;
      continue;
    }
    const decided = context.protocol === 'paper' ? paperPreCheck(verifyCase) : preCheck(verifyCase);
    if (decided !== undefined) {
      if (finished.has(preCheckKey({ sampleId: decided.sample.id, labelHash: decided.sample.labelHash, ...decided }))) done++;
      else preChecks.push(decided);
      continue;
    }
    const missing = planVotes(verifyCase, context).filter((ask) => !finished.has(voteKey({ sampleId: ask.sample.id, labelHash: ask.sample.labelHash, ...ask })));
    if (missing.length === 0) done++;
    votes.push(...(pair === undefined ? missing : missing.map((ask) => ({ ...ask, pair }))));
  }
  return { votes, preChecks, done };
}

function preCheckKey(entry: Pick<PreCheckEntry, 'sampleId' | 'labelHash' | 'verdict' | 'reason'>): string {
  return `${entry.sampleId} ${entry.labelHash} ${entry.verdict} ${entry.reason}`;
}

/** Names the question that a vote answers. */
export function voteKey(entry: Pick<VoteEntry, 'sampleId' | 'labelHash' | 'order' | 'requestKey'>): string {
  return `${entry.sampleId} ${entry.labelHash} ${entry.order} ${entry.requestKey}`;
}

/**
 * What needs no judge: where neither side can be right a person has to look, an answer that was cut off says nothing, and a
 * label that only demands or forbids a call decides by itself. A side that is unreadable or breaks its tool's schema cannot be
 * right, but says nothing of the other one: that is still judged, and the fold knows the faulty side to be wrong whatever the
 * judge says (docs/judge-experiment.md: a prediction with a fault beside a wrong label).
 */
export function preCheck({ sample, probe }: VerifyCase): PreCheck | undefined {
  const { prediction } = probe;
  if (prediction === undefined || probe.outcome === 'TRUNCATED') {
    return { sample, verdict: 'NO_CONSENSUS', reason: 'the answer was cut off: it is neither right nor wrong' };
  }
  const predictionFault = faultOfPrediction(prediction, sample);
  if (predictionFault !== undefined) {
    const labelFault = faultOfLabel(sample);
    if (labelFault !== undefined) return { sample, verdict: 'NO_CONSENSUS', reason: `neither side can be right: ${labelFault}; ${predictionFault}` };
    if (shownLabel(sample) === undefined) return { sample, verdict: 'PRED_WRONG', reason: predictionFault };
  }
  if (sample.label.kind === 'noCall') return { sample, verdict: 'PRED_WRONG', reason: 'the label asks for an answer without a call' };
  if (sample.label.kind === 'anyCall') return { sample, verdict: 'PRED_WRONG', reason: 'the label asks for a call' };
  return undefined;
}

/** Why the label cannot be right; undefined when it may be. */
export function faultOfLabel({ label, tools }: Pick<Sample, 'label' | 'tools'>): string | undefined {
  switch (label.kind) {
    case 'calls':
      return faultOfCalls('the label', label, tools);
    case 'text':
      return label.text.trim() === '' ? 'the label is empty' : undefined;
    case 'invalid':
      return `the label cannot be read: ${label.reason}`;
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return undefined;
  }
}

/** Why the prediction cannot be right; undefined when it may be. */
export function faultOfPrediction(prediction: Prediction, { tools }: Pick<Sample, 'tools'>): string | undefined {
  switch (prediction.kind) {
    case 'CALL':
      return faultOfCalls('the prediction', prediction, tools);
    case 'EMPTY':
      return 'the prediction is empty';
    case 'TRUNCATED':
      return 'the prediction was cut off';
    case 'INVALID':
      return `the prediction cannot be read: ${prediction.warnings.join('; ')}`;
    case 'TEXT_ASK':
    case 'TEXT_DECLINE':
    case 'TEXT_ANSWER':
      return undefined;
  }
}

function faultOfCalls(side: string, { calls }: Extract<Label, { kind: 'calls' }> | Prediction, tools: Sample['tools']): string | undefined {
  const violations = checkCalls(calls, tools);
  return violations.length === 0 ? undefined : `${side} breaks the tools' definitions: ${violations.map(({ message }) => message).join('; ')}`;
}

/** What the published code sorts out before its judge: text against text is neither verified nor used (looptool-spec.md 4.1). It knows no schemas. */
function paperPreCheck({ sample, probe }: VerifyCase): PreCheck | undefined {
  const { prediction } = probe;
  if (prediction === undefined || probe.outcome === 'TRUNCATED') return { sample, verdict: 'NO_CONSENSUS', reason: 'the answer was cut off: it is neither right nor wrong' };
  if (shownLabel(sample) === undefined) return preCheck({ sample, probe });
  return sample.label.kind === 'text' && prediction.kind !== 'CALL' ? { sample, verdict: 'NO_CONSENSUS', reason: 'the published protocol judges no text against text' } : undefined;
}

function shownLabel({ label }: Sample): Answer | undefined {
  return answerOfLabel(label) ?? (label.kind === 'invalid' ? { text: label.raw } : undefined);
}

/** The pair in both orders: only a verdict that does not depend on the place of the answers counts. */
export function planVotes(verifyCase: VerifyCase, context: VerifyContext): readonly VoteAsk[] {
  return (context.protocol === 'paper' ? (['LP'] as const) : (['LP', 'PL'] as const)).flatMap((order) => planVote(verifyCase, order, context) ?? []);
}

/** One question about the pair; undefined where a side has nothing to show. */
export function planVote({ sample, probe }: VerifyCase, order: AnswerOrder, { judge, sampling, protocol, examples: pool = [] }: VerifyContext): VoteAsk | undefined {
  const label = shownLabel(sample);
  if (label === undefined || probe.prediction === undefined) return undefined;
  const prediction = answerOfPrediction(probe.prediction);
  const { tools, messages } = sample;
  if (protocol === 'paper') {
    const request = buildPaperRequest({ tools, messages, label, prediction, sampling });
    return { sample, order: 'LP', promptVersion: paperVersion, request, requestKey: requestKey({ ...judge, request }) };
  }
  const [first, second] = order === 'LP' ? [label, prediction] : [prediction, label];
  const examples = examplesFor(sample.family, pool);
  const request = buildJudgeRequest({ tools, messages, first, second, examples, sampling });
  return { sample, order, promptVersion: versionOf(examples), request, requestKey: requestKey({ ...judge, request }) };
}

function examplesFor(family: string, pool: readonly FamilyExample[]): readonly FamilyExample[] {
  return pool.some((example) => example.family === family) ? pool.filter((example) => example.family !== family) : pool;
}

const versions = new WeakMap<readonly JudgeExample[], string>();

/** Nearly all pairs are shown the whole pool, which is hashed once. */
function versionOf(examples: readonly JudgeExample[]): string {
  const known = versions.get(examples) ?? promptVersion(examples);
  versions.set(examples, known);
  return known;
}

export function voteOutcome(ask: VoteAsk, outcome: CompletionOutcome, { judge }: Pick<VerifyContext, 'judge'>, startedAt: string): VoteEntry {
  const { sample, order } = ask;
  const base = {
    ...answeredBase(outcome, startedAt),
    type: 'vote' as const,
    sampleId: sample.id,
    labelHash: sample.labelHash,
    requestKey: ask.requestKey,
    ...(ask.pair === undefined ? {} : { pair: ask.pair }),
    judge: judge.model,
    simulated: judge.simulated,
    promptVersion: ask.promptVersion,
    order,
    ...(ask.third === undefined ? {} : { third: ask.third }),
  };
  if (!outcome.ok) return { ...base, verdict: 'ERROR', analysis: '', approach: '', error: failureText(outcome.failure) };
  const reply = readVote(ask, outcome.reply.content);
  if ('unparsed' in reply) return { ...base, verdict: 'UNPARSED', analysis: '', approach: '', error: reply.unparsed };
  return { ...base, ...reply };
}

type ReadVote = { readonly verdict: Verdict; readonly analysis: string; readonly approach: string } | { readonly unparsed: string };

function readVote({ promptVersion: asked, order }: VoteAsk, content: string): ReadVote {
  if (asked === paperVersion) return parsePaperReply(content);
  const reply = parseJudgeReply(content);
  return 'unparsed' in reply ? reply : { verdict: verdictOf(reply.word, order), analysis: reply.analysis, approach: reply.approach };
}

export function preCheckEntry({ sample, verdict, reason }: PreCheck, startedAt: string): PreCheckEntry {
  return { ...unaskedBase(startedAt), type: 'preCheck', sampleId: sample.id, labelHash: sample.labelHash, requestKey: noRequest, verdict, reason };
}
