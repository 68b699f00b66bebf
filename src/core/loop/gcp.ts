import type { ProjectConfig } from '../config/projectConfig.ts';
import type { Label, Sample } from '../dataset/sample.ts';
import type { CompletionOutcome, Sampling } from '../llm/completionPort.ts';
import { samplingSchema } from '../llm/completionPort.ts';
import { measureReply } from '../llm/perplexity.ts';
import type { AcceptedLabels } from '../review/acceptedLabels.ts';
import type { ProbeEntry } from '../rounds/journalEntries.ts';
import { predictionFromReply } from '../toolcall/extract.ts';
import { matchPrediction } from '../toolcall/match.ts';
import type { CompiledTextKinds } from '../toolcall/textKinds.ts';
import { answeredBase, failureText, unaskedBase } from './journalEntry.ts';
import { noRequest, sampleRequestKeys, type ModelIdentity, type ModelRequest } from './requestKey.ts';

/** GCP, greedy capability probing (paper section 4.2; looptool-spec.md 3): plan, outcome, one more try for what was cut off. */

export type ProbeContext = {
  readonly policy: ModelIdentity;
  readonly settings: Pick<ProjectConfig['probe'], 'maxTokens' | 'retryMaxTokens'>;
  /** The endpoint's own sampling settings; temperature and length are the probe's. */
  readonly sampling: Partial<Sampling>;
  readonly textKinds: CompiledTextKinds;
  /** Further labels that people ruled to be right for a sample. */
  readonly accepted?: AcceptedLabels;
};

export type ProbeAsk = { readonly sample: Sample; readonly requestKey: string; readonly request: ModelRequest };
export type Unprobed = { readonly sample: Sample; readonly reason: string };
export type ProbePlan = {
  readonly asks: readonly ProbeAsk[];
  /** Samples that are not sent and have no entry saying so yet. */
  readonly unprobed: readonly Unprobed[];
  /** Samples with a final outcome in the journal. */
  readonly done: number;
};

/** What remains to be asked. Failed requests are asked again, finished ones never; see `followUp` for cut-off answers within a run. */
export function planProbe(samples: readonly Sample[], entries: Iterable<ProbeEntry>, context: ProbeContext): ProbePlan {
  const finished = finishedBySample(entries);
  const [first, retry] = [question(context, context.settings.maxTokens), question(context, context.settings.retryMaxTokens)];
  const asks: ProbeAsk[] = [];
  const unprobed: Unprobed[] = [];
  for (const sample of samples) {
    const held = finished.get(sample.id)?.filter(({ labelHash }) => labelHash === sample.labelHash) ?? [];
    const reason = unprobable(sample.label);
    if (reason !== undefined) {
      if (!held.some(({ requestKey }) => requestKey === noRequest)) unprobed.push({ sample, reason });
      continue;
    }
    const key = first.keyOf(sample.id);
    const entry = held.find(({ requestKey }) => requestKey === key);
    if (entry === undefined) asks.push(first.ask(sample));
    else if (deservesRetry(first.sampling, entry, context)) {
      const retryKey = retry.keyOf(sample.id);
      if (!held.some(({ requestKey }) => requestKey === retryKey)) asks.push(retry.ask(sample));
    }
  }
  return { asks, unprobed, done: samples.length - asks.length - unprobed.length };
}

function finishedBySample(entries: Iterable<ProbeEntry>): ReadonlyMap<string, readonly ProbeEntry[]> {
  const finished = new Map<string, ProbeEntry[]>();
  for (const entry of entries) {
    if (entry.outcome === 'ERROR' && entry.requestKey !== noRequest) continue;
    const held = finished.get(entry.sampleId);
    if (held === undefined) finished.set(entry.sampleId, [entry]);
    else held.push(entry);
  }
  return finished;
}

/** A cut-off answer is neither right nor wrong: it is asked for once more with the higher limit. */
export function followUp(ask: ProbeAsk, entry: ProbeEntry, context: ProbeContext): ProbeAsk | undefined {
  return deservesRetry(ask.request.sampling, entry, context) ? question(context, context.settings.retryMaxTokens).ask(ask.sample) : undefined;
}

function deservesRetry({ maxTokens }: Sampling, { outcome }: ProbeEntry, { settings }: ProbeContext): boolean {
  return outcome === 'TRUNCATED' && maxTokens < settings.retryMaxTokens;
}

/** The question at one limit, made ready for many samples. */
export function question(context: ProbeContext, maxTokens: number) {
  const sampling = samplingSchema.parse({ ...context.sampling, temperature: 0, maxTokens });
  const keyOf = sampleRequestKeys({ ...context.policy, sampling, logProbs: true });
  const ask = (sample: Sample): ProbeAsk => ({
    sample,
    request: { messages: sample.messages, tools: sample.tools, sampling, logProbs: true },
    requestKey: keyOf(sample.id),
  });
  return { sampling, keyOf, ask };
}

/** Why a label gives nothing to compare an answer with; undefined for one that does. */
export function unprobable(label: Label): string | undefined {
  switch (label.kind) {
    case 'trace':
      return 'the label is an execution trace, which has to be run, not compared';
    case 'invalid':
      return `the label cannot be read: ${label.reason}`;
    case 'calls':
    case 'text':
    case 'noCall':
    case 'anyCall':
      return undefined;
  }
}

export function probeOutcome(ask: ProbeAsk, outcome: CompletionOutcome, context: ProbeContext, startedAt: string): ProbeEntry {
  const { sample, requestKey } = ask;
  const base = { ...answeredBase(outcome, startedAt), type: 'probe' as const, sampleId: sample.id, labelHash: sample.labelHash, requestKey };
  if (!outcome.ok) return { ...base, outcome: 'ERROR', ppl: null, pplMissing: 'the request failed', error: failureText(outcome.failure) };
  const prediction = predictionFromReply(outcome.reply, context.textKinds);
  const match = matchPrediction(sample.label, prediction, context.textKinds, context.accepted?.(sample));
  const { all, answer, call, covers } = measureReply(outcome.reply);
  return {
    ...base,
    outcome: match.outcome,
    prediction,
    ...(match.comparison === undefined ? {} : { comparison: match.comparison }),
    ppl: all.ppl,
    ...('missing' in all ? { pplMissing: all.missing } : {}),
    ...(answer === undefined ? {} : { pplAnswer: answer }),
    ...(call === undefined ? {} : { pplCall: call }),
    ...(covers === undefined ? {} : { pplCovers: covers }),
    finishReason: outcome.reply.finishReason,
  };
}

/** Every sample has an entry, also one that cannot be probed. */
export function unprobedEntry({ sample, reason }: Unprobed, startedAt: string): ProbeEntry {
  return {
    ...unaskedBase(startedAt),
    type: 'probe',
    sampleId: sample.id,
    labelHash: sample.labelHash,
    requestKey: noRequest,
    outcome: 'ERROR',
    ppl: null,
    pplMissing: 'not probed',
    error: reason,
  };
}
