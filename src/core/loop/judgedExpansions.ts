import type { ExpandGates } from '../config/projectConfig.ts';
import type { CompletionOutcome, Sampling } from '../llm/completionPort.ts';
import { answerOfLabel } from '../llm/prompts/answer.ts';
import { buildCritiqueRequest, parseCritiqueReply } from '../llm/prompts/critique.ts';
import { buildSolveRequest, parseSolveReply } from '../llm/prompts/solve.ts';
import { builtInPrompts, type PromptSet } from '../llm/prompts/promptSet.ts';
import { promptRef, versionLabel } from '../llm/prompts/template.ts';
import type { Sample } from '../dataset/sample.ts';
import type { CritiqueEntry, ExpandEntry, GenerationEntry, SolutionEntry } from '../rounds/journalEntries.ts';
import { labelToPrediction } from '../toolcall/extract.ts';
import { matchPrediction } from '../toolcall/match.ts';
import type { CompiledTextKinds } from '../toolcall/textKinds.ts';
import type { ErrorSeed } from './buckets.ts';
import { labelOf } from './edde.ts';
import { answeredBase, failureText } from './journalEntry.ts';
import { requestKey, type ModelIdentity, type ModelRequest } from './requestKey.ts';
import type { Settled } from './settledExpansions.ts';

/** The gates solver and judge of EDDE: first the judge answers the new request without its label, then it rules on the label. */

export type JudgeContext = {
  readonly judge: ModelIdentity;
  readonly sampling: Partial<Sampling>;
  readonly textKinds: CompiledTextKinds;
  readonly gates: Pick<ExpandGates, 'solver' | 'critic'>;
  /** The shipped ones when absent. */
  readonly prompts?: PromptSet | undefined;
};
type Candidate = { readonly seed: ErrorSeed; readonly k: number; readonly sample: Sample; readonly generation: GenerationEntry };
export type JudgeAsk = { readonly task: 'solve' | 'critique'; readonly candidate: Candidate; readonly requestKey: string; readonly request: ModelRequest };
export type JudgePlan = { readonly asks: readonly JudgeAsk[]; readonly done: number };
export type JudgedEntry = SolutionEntry | CritiqueEntry;

/** What the judge has to be asked next about each candidate. To be planned when every generation is answered, else a later sibling could still turn out to be the original. */
export function planJudging(settled: readonly Settled[], entries: Iterable<ExpandEntry>, context: JudgeContext): JudgePlan {
  const finished = new Map<string, JudgedEntry>();
  for (const entry of entries) {
    if (entry.type === 'critique' && entry.verdict !== 'ERROR') finished.set(`${entry.sampleId} ${entry.requestKey}`, entry);
    if (entry.type === 'solution' && entry.outcome !== 'ERROR') finished.set(`${entry.sampleId} ${entry.requestKey}`, entry);
  }
  const asks: JudgeAsk[] = [];
  let done = 0;
  for (const one of settled) {
    if (!one.passed) continue;
    let ask = firstAsk(one, context);
    while (ask !== undefined) {
      const entry = finished.get(`${one.sample.id} ${ask.requestKey}`);
      if (entry === undefined) break;
      ask = askAfter(ask, entry, context);
    }
    if (ask === undefined) done++;
    else asks.push(ask);
  }
  return { asks, done };
}

function firstAsk(candidate: Candidate, context: JudgeContext): JudgeAsk | undefined {
  return context.gates.solver ? solveAsk(candidate, context) : context.gates.critic ? critiqueAsk(candidate, context) : undefined;
}

/** The critic is asked about what the solver agrees with. */
export function askAfter(ask: JudgeAsk, entry: JudgedEntry, context: JudgeContext): JudgeAsk | undefined {
  return context.gates.critic && entry.type === 'solution' && agrees(entry) ? critiqueAsk(ask.candidate, context) : undefined;
}

function solveAsk(candidate: Candidate, { judge, sampling, prompts }: JudgeContext): JudgeAsk {
  const { tools, messages } = candidate.sample;
  const request = buildSolveRequest({ tools, messages, sampling, prompts });
  return { task: 'solve', candidate, request, requestKey: requestKey({ ...judge, request }) };
}

function critiqueAsk(candidate: Candidate, { judge, sampling, prompts }: JudgeContext): JudgeAsk | undefined {
  const { tools, messages, label } = candidate.sample;
  const answer = answerOfLabel(label);
  if (answer === undefined) return undefined;
  const request = buildCritiqueRequest({ tools, messages, answer, sampling, prompts });
  return { task: 'critique', candidate, request, requestKey: requestKey({ ...judge, request }) };
}

export function judgeOutcome(ask: JudgeAsk, outcome: CompletionOutcome, context: JudgeContext, startedAt: string): JudgedEntry {
  const { seed, k, sample } = ask.candidate;
  const template = (context.prompts ?? builtInPrompts)[ask.task];
  const base = {
    ...answeredBase(outcome, startedAt),
    sampleId: sample.id,
    labelHash: sample.labelHash,
    requestKey: ask.requestKey,
    seedId: seed.row.id,
    k,
    judge: context.judge.model,
    simulated: context.judge.simulated,
    promptVersion: versionLabel(template),
    prompt: promptRef(template),
  };
  if (ask.task === 'solve') return { ...base, type: 'solution', ...solved(sample, outcome, context.textKinds) };
  const critique = { ...base, type: 'critique' as const };
  if (!outcome.ok) return { ...critique, verdict: 'ERROR', analysis: failureText(outcome.failure) };
  const reply = parseCritiqueReply(outcome.reply.content);
  return 'unparsed' in reply ? { ...critique, verdict: 'UNPARSED', analysis: reply.unparsed } : { ...critique, verdict: reply.word, analysis: reply.analysis };
}

/** The judge's answer against the label, by the project's comparer. */
function solved({ label }: Sample, outcome: CompletionOutcome, textKinds: CompiledTextKinds): Pick<SolutionEntry, 'outcome' | 'prediction' | 'reason'> {
  if (!outcome.ok) return { outcome: 'ERROR', reason: failureText(outcome.failure) };
  const reply = parseSolveReply(outcome.reply.content);
  if ('unparsed' in reply) return { outcome: 'UNPARSED', reason: reply.unparsed };
  const prediction = labelToPrediction(labelOf(reply.answer, textKinds), textKinds);
  const match = matchPrediction(label, prediction, textKinds);
  if (match.outcome === 'MATCH' || match.outcome === 'MATCH_UNVERIFIED') return { outcome: match.outcome, prediction, reason: '' };
  const differences = match.comparison?.differences.map(({ message }) => message).join('; ');
  return { outcome: 'MISMATCH', prediction, reason: `the judge answers otherwise: ${differences ?? (prediction.text || 'another kind of text')}` };
}

/** Whether the judge came to the label by itself. */
export function agrees({ outcome }: SolutionEntry): boolean {
  return outcome === 'MATCH' || outcome === 'MATCH_UNVERIFIED';
}
