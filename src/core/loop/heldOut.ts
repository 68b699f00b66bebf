import type { Sample } from '../dataset/sample.ts';
import { samplingSchema, type CompletionOutcome } from '../llm/completionPort.ts';
import type { EvaluateEntry } from '../rounds/journalEntries.ts';
import { predictionFromReply } from '../toolcall/extract.ts';
import { matchPrediction } from '../toolcall/match.ts';
import { unprobable, type ProbeContext } from './gcp.ts';
import { answeredBase, failureText } from './journalEntry.ts';
import { sampleRequestKeys, type ModelRequest } from './requestKey.ts';

/** Held-out accuracy: the same greedy question as the probe asks, without log-probabilities and without a second try. */

export type EvaluationAsk = { readonly set: string; readonly phase: 'before' | 'after'; readonly sample: Sample; readonly requestKey: string; readonly request: ModelRequest };
export type EvaluationPlan = {
  readonly asks: readonly EvaluationAsk[];
  /** Entries that another phase or round has already paid for: the same weights, the same question. To be journaled as they are. */
  readonly known: readonly EvaluateEntry[];
  readonly done: number;
};

/** `context.policy` is the policy of this phase. `earlier` may hold entries of other rounds and phases. */
export function planEvaluation(
  place: { readonly set: string; readonly phase: 'before' | 'after' },
  samples: readonly Sample[],
  entries: Iterable<EvaluateEntry>,
  context: ProbeContext,
  earlier: Iterable<EvaluateEntry> = [],
): EvaluationPlan {
  const finished = new Set<string>();
  const answered = new Map<string, EvaluateEntry>();
  for (const entry of earlier) if (entry.outcome !== 'ERROR') answered.set(answerKey(entry), entry);
  for (const entry of entries) {
    if (entry.outcome === 'ERROR') continue;
    answered.set(answerKey(entry), entry);
    if (entry.set === place.set && entry.phase === place.phase) finished.add(answerKey(entry));
  }
  const asks: EvaluationAsk[] = [];
  const known: EvaluateEntry[] = [];
  const probable = samples.filter(({ label }) => unprobable(label) === undefined);
  const sampling = samplingSchema.parse({ ...context.sampling, temperature: 0, maxTokens: context.settings.maxTokens });
  const keyOf = sampleRequestKeys({ ...context.policy, sampling, logProbs: false });
  for (const sample of probable) {
    const requestKey = keyOf(sample.id);
    const key = answerKey({ sampleId: sample.id, labelHash: sample.labelHash, requestKey });
    const other = answered.get(key);
    if (finished.has(key)) continue;
    if (other === undefined) asks.push({ ...place, sample, requestKey, request: { messages: sample.messages, tools: sample.tools, sampling, logProbs: false } });
    else known.push({ ...other, ...place });
  }
  return { asks, known, done: probable.length - asks.length - known.length };
}

function answerKey({ sampleId, labelHash, requestKey }: Pick<EvaluateEntry, 'sampleId' | 'labelHash' | 'requestKey'>): string {
  return `${sampleId} ${labelHash} ${requestKey}`;
}

export function evaluationOutcome(ask: EvaluationAsk, outcome: CompletionOutcome, context: ProbeContext, startedAt: string): EvaluateEntry {
  const { set, phase, sample, requestKey } = ask;
  const base = { ...answeredBase(outcome, startedAt), type: 'evaluation' as const, sampleId: sample.id, labelHash: sample.labelHash, requestKey, set, phase };
  if (!outcome.ok) return { ...base, outcome: 'ERROR', error: failureText(outcome.failure) };
  const prediction = predictionFromReply(outcome.reply, context.textKinds);
  return { ...base, outcome: matchPrediction(sample.label, prediction, context.textKinds, context.accepted?.(sample)).outcome, prediction };
}
