import { labelHash } from '../../dataset/identity.ts';
import type { Label, Message, Occurrence, Sample, SampleOrigin, ToolCall } from '../../dataset/sample.ts';
import { stringifyJson } from '../../json/stringify.ts';
import type { ProbeOutcome } from '../../rounds/journalEntries.ts';
import type { FinalVerdict } from '../../rounds/verdict.ts';
import type { Comparison } from '../../toolcall/difference.ts';
import { predictionToLabel } from '../../toolcall/extract.ts';
import type { Prediction } from '../../toolcall/prediction.ts';
import type { ErrorKind, QueueItem } from '../queue/queueItem.ts';

/** What a queue has to know of a pair. */
export type DescribedPair = {
  readonly sample: Sample;
  readonly origin: SampleOrigin | 'file';
  readonly occurrence: Occurrence | undefined;
  readonly prediction: Prediction;
  readonly outcome: ProbeOutcome;
  readonly comparison: Comparison | undefined;
  readonly ppl: number | undefined;
  readonly judgement: { readonly verdict: FinalVerdict; readonly votes: readonly { readonly order: string; readonly judge: string; readonly promptVersion: string }[]; readonly agreeing: number } | undefined;
};

/** The short form of a pair. `judge` and `promptVersion` are those of a model that voted: a pre-check has neither, and no votes. */
export function describePair(pair: DescribedPair): QueueItem {
  const { sample, origin, occurrence, prediction, outcome, comparison, ppl, judgement } = pair;
  const { label } = sample;
  const taken = predictionToLabel(prediction);
  const votes = judgement?.votes.filter(({ order }) => order !== 'none') ?? [];
  return {
    sampleId: sample.id,
    labelHash: sample.labelHash,
    predictionHash: taken === undefined ? undefined : labelHash(taken),
    family: sample.family,
    origin,
    file: occurrence?.file,
    record: occurrence?.record,
    outcome,
    ppl,
    tools: [...new Set([...callsOf(label), ...prediction.calls].map(({ name }) => name))],
    kinds: errorKindsOf(outcome, comparison),
    shape: differenceShape(label, prediction, comparison),
    rules: [],
    verdict: judgement?.verdict,
    judge: votes[0]?.judge,
    promptVersion: votes[0]?.promptVersion,
    votes: votes.length,
    agreeing: judgement?.agreeing ?? 0,
    weight: 1,
    text: searchText(sample, prediction),
  };
}

function callsOf(label: Label): readonly ToolCall[] {
  return label.kind === 'calls' ? label.calls : [];
}

const longestText = 600;
const longestPart = 240;

/** The last request, then what either side answers; lower case, cut. */
function searchText({ messages, label }: Pick<Sample, 'messages' | 'label'>, prediction: Prediction): string {
  const parts = [lastRequest(messages), sideText(callsOf(label), label.kind === 'text' ? label.text : ''), sideText(prediction.calls, prediction.text)];
  return parts.map((part) => part.slice(0, longestPart)).join('\n').slice(0, longestText).toLowerCase();
}

function lastRequest(messages: readonly Message[]): string {
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

function sideText(calls: readonly ToolCall[], text: string): string {
  if (calls.length === 0) return text.slice(0, longestPart);
  const shown: string[] = [];
  let length = 0;
  for (const call of calls) {
    if (length > longestPart) break;
    const part = `${call.name} ${shortJson(call)}`;
    shown.push(part);
    length += part.length;
  }
  return shown.join('\n');
}

/** Whole texts of arguments are not written only to be cut. */
function shortJson({ arguments: given }: ToolCall): string {
  return Object.entries(given)
    .slice(0, 20)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value.slice(0, longestPart) : stringifyJson(value).slice(0, longestPart)}`)
    .join(', ');
}

function errorKindsOf(outcome: ProbeOutcome, comparison: Comparison | undefined): readonly ErrorKind[] {
  if (outcome === 'TRUNCATED' || outcome === 'INVALID' || outcome === 'EMPTY') return [outcome.toLowerCase() as ErrorKind];
  return [...new Set(comparison?.differences.map(({ kind }) => kind) ?? ['text' as const])];
}

function differenceShape(label: Label, prediction: Prediction, comparison: Comparison | undefined): string {
  const parts = comparison?.differences.map(({ kind, path }) => `${kind} ${callsOf(label)[Number(path[0] ?? 0)]?.name ?? ''}.${path.slice(1).map((step) => (typeof step === 'number' ? '*' : step)).join('.')}`) ?? [label.kind];
  return `${prediction.kind}: ${[...new Set(parts)].sort().join('; ')}`;
}
