import { labelHash } from '../../../core/dataset/identity.ts';
import type { Label, ToolDefinition } from '../../../core/dataset/sample.ts';
import type { Decision, DecisionWay, Ruling } from '../../../core/review/decision.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import { applicable } from '../../../core/review/queue/similar.ts';
import { checkCalls } from '../../../core/schema/checkCalls.ts';
import { predictionToLabel } from '../../../core/toolcall/extract.ts';
import type { ReviewPair } from '../reviewSource.ts';

/** What a ruling makes of a pair. `none`: the ruling needs an answer, and the prediction is no complete one. */
export type Ruled = { readonly kind: 'ruled'; readonly ruling: Ruling; readonly label: Label | undefined } | { readonly kind: 'none' };

/** Whether a ruling takes the prediction, and so has to have read it. */
export function needsPrediction(ruling: Ruling): boolean {
  return !applicable(ruling, { predictionHash: undefined });
}

export function ruled(pair: ReviewPair, ruling: Exclude<Ruling, 'edit'>): Ruled {
  if (!needsPrediction(ruling)) return { kind: 'ruled', ruling, label: undefined };
  const label = predictionToLabel(pair.prediction);
  return label === undefined ? { kind: 'none' } : { kind: 'ruled', ruling, label };
}

/** A label that turns out to be one of the two sides is the ruling for that side. */
export function ruledByLabel(pair: ReviewPair, label: Label): Ruled {
  const hash = labelHash(label);
  if (hash === pair.sample.labelHash) return { kind: 'ruled', ruling: 'keepLabel', label: undefined };
  const prediction = predictionToLabel(pair.prediction);
  if (prediction !== undefined && labelHash(prediction) === hash) return { kind: 'ruled', ruling: 'takePrediction', label: prediction };
  return { kind: 'ruled', ruling: 'edit', label };
}

/** How a label breaks the definitions of the tools, in sentences. */
export function labelProblems(label: Label | undefined, tools: readonly ToolDefinition[]): readonly string[] {
  if (label?.kind !== 'calls') return [];
  const lists = [label.calls, ...(label.alternatives ?? [])];
  return [...new Set(lists.flatMap((calls) => checkCalls(calls, tools, { references: true }).map(({ message }) => message)))];
}

export type DecisionParts = {
  readonly stamp: { readonly id: string; readonly at: string; readonly by: string };
  readonly source: { readonly round: number | undefined; readonly predictions: string | undefined };
  readonly item: QueueItem;
  readonly way: DecisionWay;
  readonly ruling: Ruling;
  readonly label: Label | undefined;
  /** The label that stands there now; needed where the ruling gives another one. */
  readonly replaced: Label | undefined;
  /** What a check before the judge said, where no judge voted. */
  readonly checked?: string | undefined;
  readonly rest: Pick<Decision, 'elapsedMs' | 'note' | 'group' | 'pass' | 'calibration' | 'blind' | 'confirmed'>;
};

export function decisionOf({ stamp, source, item, way, ruling, label, replaced, checked, rest }: DecisionParts): Decision {
  const { round, predictions } = source;
  const gives = ruling === 'takePrediction' || ruling === 'edit';
  return {
    v: 1,
    op: 'decide',
    ...stamp,
    sampleId: item.sampleId,
    labelHash: item.labelHash,
    ...(round === undefined ? {} : { round }),
    ...(predictions === undefined ? {} : { predictions }),
    ...(item.predictionHash === undefined ? {} : { predictionHash: item.predictionHash }),
    ruling,
    ...(label === undefined ? {} : { label }),
    ...(gives && replaced !== undefined ? { replaced } : {}),
    way,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(item.verdict === undefined
      ? {}
      : { judged: { verdict: item.verdict, judge: item.judge ?? checked ?? '', promptVersion: item.promptVersion ?? '', votes: item.votes, agreeing: item.agreeing } }),
  };
}
