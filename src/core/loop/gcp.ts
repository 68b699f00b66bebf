import type { ProjectConfig } from '../config/projectConfig.ts';
import type { Label, Sample } from '../dataset/sample.ts';
import type { CompletionOutcome, Sampling } from '../llm/completionPort.ts';
import { samplingSchema } from '../llm/completionPort.ts';
import { perplexity } from '../llm/perplexity.ts';
import type { ProbeEntry } from '../rounds/journalEntries.ts';
import { predictionFromReply } from '../toolcall/extract.ts';
import { matchPrediction } from '../toolcall/match.ts';
import type { CompiledTextKinds } from '../toolcall/textKinds.ts';
import { answeredBase, failureText, unaskedBase } from './journalEntry.ts';
import { noRequest, sampleRequestKey, type ModelIdentity, type ModelRequest } from './requestKey.ts';

/** GCP, greedy capability probing (paper section 4.2; looptool-spec.md 3): plan, outcome, one more try for what was cut off. */

export type ProbeContext = {
  readonly policy: ModelIdentity;
  readonly settings: ProjectConfig['probe'];
  /** The endpoint's own sampling settings; temperature and length are the probe's. */
  readonly sampling: Partial<Sampling>;
  readonly textKinds: CompiledTextKinds;
  /** Further labels that people ruled to be right for a sample. */
  readonly accepted?: (sample: Sample) => readonly Label[];
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
  const finished = new Map<string, ProbeEntry>();
  for (const entry of entries) if (entry.outcome !== 'ERROR' || entry.requestKey === noRequest) finished.set(entryKey(entry), entry);
  const asks: ProbeAsk[] = [];
  const unprobed: Unprobed[] = [];
  for (const sample of samples) {
    const reason = unprobable(sample.label);
    if (reason !== undefined) {
      if (!finished.has(entryKey({ sampleId: sample.id, labelHash: sample.labelHash, requestKey: noRequest }))) unprobed.push({ sample, reason });
      continue;
    }
    const ask = nextAsk(sample, finished, context);
    if (ask !== undefined) asks.push(ask);
  }
  return { asks, unprobed, done: samples.length - asks.length - unprobed.length };
}

function nextAsk(sample: Sample, finished: ReadonlyMap<string, ProbeEntry>, context: ProbeContext): ProbeAsk | undefined {
  const first = probeAsk(sample, context.settings.maxTokens, context);
  const entry = finished.get(entryKey({ sampleId: sample.id, labelHash: sample.labelHash, requestKey: first.requestKey }));
  if (entry === undefined) return first;
  const retry = followUp(first, entry, context);
  return retry === undefined || finished.has(entryKey({ sampleId: sample.id, labelHash: sample.labelHash, requestKey: retry.requestKey })) ? undefined : retry;
}

function entryKey({ sampleId, labelHash, requestKey }: Pick<ProbeEntry, 'sampleId' | 'labelHash' | 'requestKey'>): string {
  return `${sampleId} ${labelHash} ${requestKey}`;
}

/** A cut-off answer is neither right nor wrong: it is asked for once more with the higher limit. */
export function followUp(ask: ProbeAsk, entry: ProbeEntry, context: ProbeContext): ProbeAsk | undefined {
  const { retryMaxTokens } = context.settings;
  return entry.outcome === 'TRUNCATED' && ask.request.sampling.maxTokens < retryMaxTokens ? probeAsk(ask.sample, retryMaxTokens, context) : undefined;
}

function probeAsk(sample: Sample, maxTokens: number, context: ProbeContext): ProbeAsk {
  const sampling = samplingSchema.parse({ ...context.sampling, temperature: 0, maxTokens });
  const request: ModelRequest = { messages: sample.messages, tools: sample.tools, sampling, logProbs: true };
  return { sample, request, requestKey: sampleRequestKey({ ...context.policy, sampleId: sample.id, sampling, logProbs: true }) };
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
  const measured = perplexity(outcome.reply);
  return {
    ...base,
    outcome: match.outcome,
    prediction,
    ...(match.comparison === undefined ? {} : { comparison: match.comparison }),
    ppl: measured.ppl,
    ...('missing' in measured ? { pplMissing: measured.missing } : {}),
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
