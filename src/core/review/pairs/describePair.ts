import { labelHash } from '../../dataset/identity.ts';
import type { Label, Occurrence, Sample, SampleOrigin, ToolCall } from '../../dataset/sample.ts';
import type { ProbeOutcome } from '../../rounds/journalEntries.ts';
import type { FinalVerdict } from '../../rounds/verdict.ts';
import type { Comparison } from '../../toolcall/difference.ts';
import { predictionToLabel } from '../../toolcall/extract.ts';
import type { Prediction } from '../../toolcall/prediction.ts';
import { differenceShape, errorKindsOf } from '../queue/differenceShape.ts';
import type { QueueItem } from '../queue/queueItem.ts';
import { queueText } from '../queue/queueText.ts';

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
    kinds: errorKindsOf(outcome, comparison, label),
    shape: differenceShape(label, prediction, outcome, comparison),
    rules: [],
    verdict: judgement?.verdict,
    judge: named(votes[0]?.judge),
    promptVersion: named(votes[0]?.promptVersion),
    votes: votes.length,
    agreeing: judgement?.agreeing ?? 0,
    weight: 1,
    text: queueText(sample.messages, label, prediction),
  };
}

function callsOf(label: Label): readonly ToolCall[] {
  return label.kind === 'calls' ? label.calls : [];
}

/** Files of others do not always say who judged. */
function named(name: string | undefined): string | undefined {
  return name === '' ? undefined : name;
}
