import { labelHash } from '../dataset/identity.ts';
import type { Label } from '../dataset/sample.ts';
import { acceptedLabels, type AcceptedLabels } from './acceptedLabels.ts';
import type { Decision, DecisionOperation } from './decision.ts';
import type { DecisionState } from './decisionState.ts';
import { withAlternatives } from './withAlternative.ts';

/** A sample that was saved with another label than the file had before. */
export type SavedLabel = {
  readonly sampleId: string;
  readonly before: { readonly label: Label; readonly labelHash: string };
  readonly after: { readonly label: Label; readonly labelHash: string };
  /** As in a decision. */
  readonly source: string;
};

/** Who writes operations, and how they are told apart. */
export type OperationStamp = { readonly by: string; readonly at: () => string; readonly newId: () => string };

/**
 * Operations that make the decisions in force say what was saved. Of several saves in a row one decision remains, from the
 * label before the first of them to the last one; saved with that first label again, none does. Decisions of a review are
 * never taken back, and what a decision in force says already is not said again: two windows on one file make one.
 */
export function operationsOnSave(saved: readonly SavedLabel[], state: Pick<DecisionState, 'inForce' | 'standingOf'>, stamp: OperationStamp): readonly DecisionOperation[] {
  const accepted = acceptedLabels(state);
  return saved.flatMap((one) => (isAccepted(one, accepted) ? [] : operationsFor(one, state.inForce.get(one.sampleId), stamp)));
}

/** The label took in what was ruled to be right beside it, and nothing else: the ruling says so already. */
function isAccepted({ sampleId, before, after }: SavedLabel, accepted: AcceptedLabels): boolean {
  const others = accepted({ id: sampleId, labelHash: before.labelHash });
  const both = others.length === 0 ? undefined : withAlternatives(before.label, others);
  return both !== undefined && labelHash(both) === after.labelHash;
}

function operationsFor({ sampleId, before, after, source }: SavedLabel, decided: Decision | undefined, { by, at, newId }: OperationStamp): readonly DecisionOperation[] {
  if (before.labelHash === after.labelHash) return [];
  if (decided?.label !== undefined && isRuledLabel(decided) && labelHash(decided.label) === after.labelHash) return [];
  const decide = (first: SavedLabel['before']): Decision => ({
    v: 1, op: 'decide', id: newId(), at: at(), by, sampleId, labelHash: first.labelHash,
    ruling: source === 'prediction' ? 'takePrediction' : 'edit',
    label: after.label, replaced: first.label, source,
  });
  const earlier = decided === undefined ? undefined : firstOf(decided, before.labelHash);
  if (decided === undefined || earlier === undefined) return [decide(before)];
  const undo: DecisionOperation = { v: 1, op: 'undo', id: newId(), at: at(), by, target: decided.id };
  return earlier.labelHash === after.labelHash ? [undo] : [undo, decide(earlier)];
}

function isRuledLabel({ ruling }: Decision): boolean {
  return ruling === 'edit' || ruling === 'takePrediction';
}

/** The label before the first of the saves that a decision stands for, where the file had what it says until now. */
function firstOf({ label, labelHash: seen, replaced }: Decision, hash: string): SavedLabel['before'] | undefined {
  return replaced !== undefined && label !== undefined && labelHash(label) === hash ? { label: replaced, labelHash: seen } : undefined;
}
