import type { ProjectConfig } from '../config/projectConfig.ts';
import type { Sample } from '../dataset/sample.ts';
import { sha256Hex } from '../hash.ts';
import { samplingSchema, type CompletionOutcome } from '../llm/completionPort.ts';
import { Rng } from '../random/rng.ts';
import type { ProbeEntry, RepeatEntry } from '../rounds/journalEntries.ts';
import { isComplete } from '../rounds/fold.ts';
import { predictionFromReply } from '../toolcall/extract.ts';
import { matchPrediction } from '../toolcall/match.ts';
import { isMatch } from '../toolcall/outcome.ts';
import { sameAnswer } from '../toolcall/sameAnswer.ts';
import { question, unprobable, type ProbeContext } from './gcp.ts';
import { answeredBase, failureText } from './journalEntry.ts';
import { sampleRequestKeys, type ModelRequest } from './requestKey.ts';

/**
 * Further answers to probed questions: a second greedy pass over some of them, which says how far the server can be trusted
 * to be deterministic, and sampled ones, which say how often the policy is right and what training can learn from.
 */

export type RepeatContext = ProbeContext & {
  readonly round: number;
  readonly seed: number;
  /** How many samples are asked greedily again. */
  readonly again: number;
  readonly repeats: Pick<ProjectConfig['probe']['repeats'], 'n' | 'temperature' | 'samples'>;
};

export type RepeatAsk = { readonly sample: Sample; readonly pass: RepeatEntry['pass']; readonly k: number; readonly requestKey: string; readonly request: ModelRequest };
export type RepeatPlan = { readonly asks: readonly RepeatAsk[]; readonly done: number };

/**
 * What remains to be asked of samples that have an answer. Which samples are drawn depends on the set and the seed alone: a
 * larger draw holds the smaller one, and one whose sample was not answered is a draw less.
 */
export function planRepeats(samples: readonly Sample[], probes: ReadonlyMap<string, ProbeEntry>, entries: Iterable<RepeatEntry>, context: RepeatContext): RepeatPlan {
  const finished = new Set<string>();
  for (const entry of entries) if (isComplete(entry)) finished.add(`${entry.labelHash} ${entry.requestKey}`);
  const wanted = [...greedyAsks(samples, probes, context), ...sampledAsks(samples, probes, context)];
  const asks = wanted.filter(({ sample, requestKey }) => !finished.has(`${sample.labelHash} ${requestKey}`));
  return { asks, done: wanted.length - asks.length };
}

/** The question that was answered, word for word: at the higher limit where the answer was asked for again. */
function greedyAsks(samples: readonly Sample[], probes: ReadonlyMap<string, ProbeEntry>, context: RepeatContext): readonly RepeatAsk[] {
  const [first, retry] = [question(context, context.settings.maxTokens), question(context, context.settings.retryMaxTokens)];
  return drawn(samples, context.again, context, 'again').flatMap((sample) => {
    const probe = answered(sample, probes);
    if (probe === undefined) return [];
    const ask = (retry.keyOf(sample.id) === probe.requestKey ? retry : first).ask(sample);
    return [{ sample, pass: 'greedy' as const, k: 0, requestKey: passKey(ask.requestKey, 'greedy', 0), request: { ...ask.request, logProbs: false } }];
  });
}

/** A seed for each answer, so that repeats differ from one another and a resumed run asks the same questions. */
function sampledAsks(samples: readonly Sample[], probes: ReadonlyMap<string, ProbeEntry>, context: RepeatContext): readonly RepeatAsk[] {
  const { n, temperature, samples: most } = context.repeats;
  if (n === 0) return [];
  const sampling = samplingSchema.parse({ ...context.sampling, temperature, maxTokens: context.settings.maxTokens });
  const keyOf = sampleRequestKeys({ ...context.policy, sampling, logProbs: false });
  return drawn(samples, most, context, 'repeats').flatMap((sample) => {
    if (answered(sample, probes) === undefined) return [];
    const rng = new Rng(context.seed, 'probe', context.round, 'repeat', sample.id);
    return Array.from({ length: n }, (_, k): RepeatAsk => {
      const seed = rng.int(2 ** 31);
      const request = { messages: sample.messages, tools: sample.tools, sampling: { ...sampling, seed }, logProbs: false };
      return { sample, pass: 'sampled', k, requestKey: passKey(`${keyOf(sample.id)} ${seed}`, 'sampled', k), request };
    });
  });
}

function passKey(key: string, pass: RepeatEntry['pass'], k: number): string {
  return `req_${sha256Hex(`${key} ${pass} ${k}`).slice(0, 32)}`;
}

function drawn(samples: readonly Sample[], most: number | undefined, { seed, round }: RepeatContext, name: string): readonly Sample[] {
  const probable = samples.filter(({ label }) => unprobable(label) === undefined).sort((a, b) => (a.id < b.id ? -1 : 1));
  return most === undefined ? probable : new Rng(seed, 'probe', round, name).shuffle(probable).slice(0, most);
}

function answered({ id, labelHash }: Sample, probes: ReadonlyMap<string, ProbeEntry>): ProbeEntry | undefined {
  const probe = probes.get(id);
  return probe !== undefined && probe.labelHash === labelHash && isComplete(probe) ? probe : undefined;
}

export function repeatOutcome(ask: RepeatAsk, outcome: CompletionOutcome, context: ProbeContext, startedAt: string): RepeatEntry {
  const { sample, pass, k, requestKey } = ask;
  const base = { ...answeredBase(outcome, startedAt), type: 'repeat' as const, sampleId: sample.id, labelHash: sample.labelHash, requestKey, pass, k };
  if (!outcome.ok) return { ...base, outcome: 'ERROR', error: failureText(outcome.failure) };
  const prediction = predictionFromReply(outcome.reply, context.textKinds);
  const match = matchPrediction(sample.label, prediction, context.textKinds, context.accepted?.(sample));
  return { ...base, outcome: match.outcome, prediction, finishReason: outcome.reply.finishReason };
}

/** What the second greedy pass says of the first: undefined where both agree, or where one of them has no answer. */
export function stabilityOf(probe: ProbeEntry, greedy: RepeatEntry | undefined): ProbeEntry['unstable'] {
  if (greedy === undefined || !isComplete(probe) || !isComplete(greedy)) return undefined;
  if (isMatch(probe.outcome) !== isMatch(greedy.outcome)) return 'verdict';
  const { prediction: a } = probe;
  const { prediction: b } = greedy;
  return a === undefined || b === undefined || sameAnswer(a, b) ? undefined : 'answer';
}

/**
 * Probe entries to be said again with what the second pass found of them: whoever reads the probe's journal then knows it.
 * Nothing was sent for them: they have no attempt and no time of their own.
 */
export function stabilityMarks(probes: ReadonlyMap<string, ProbeEntry>, repeats: ReadonlyMap<string, { readonly greedy?: RepeatEntry }>): readonly ProbeEntry[] {
  return [...probes.values()].flatMap((probe) => {
    const unstable = stabilityOf(probe, repeats.get(probe.sampleId)?.greedy);
    return unstable === undefined || probe.unstable === unstable ? [] : [{ ...probe, attempt: 0, elapsedMs: 0, unstable }];
  });
}
