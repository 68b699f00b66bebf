import type { Calibration, Decision, DecisionOperation } from './decision.ts';

export type DecisionState = {
  /** The decision in force by sample id: the latest that is not taken back. */
  readonly inForce: ReadonlyMap<string, Decision>;
  /** The operation that the next undo takes back. */
  readonly undoTarget: Decision | undefined;
  /** All decisions not taken back, oldest first; two people's decisions on one sample are both kept. */
  readonly standing: readonly Decision[];
  readonly calibrations: ReadonlyMap<string, Calibration>;
};

/**
 * State of the decisions log. An `undo` takes back the operation that it names; an undo of an undo puts it back.
 * Operations with an id that came before are ignored, so that a line written twice counts once.
 */
export function foldDecisions(operations: readonly DecisionOperation[]): DecisionState {
  const byId = new Map<string, DecisionOperation>();
  for (const operation of operations) if (!byId.has(operation.id)) byId.set(operation.id, operation);
  const unique = [...byId.values()];
  const undone = new Set<string>();
  // Backwards: whether an undo counts is known from the undos after it.
  for (const operation of [...unique].reverse()) {
    if (operation.op === 'undo' && !undone.has(operation.id)) undone.add(operation.target);
  }
  const standing = unique.filter((o): o is Decision => o.op === 'decide' && !undone.has(o.id));
  const inForce = new Map<string, Decision>();
  for (const decision of standing) inForce.set(decision.sampleId, decision);
  const calibrations = new Map(unique.flatMap((o) => (o.op === 'calibrate' && !undone.has(o.id) ? [[o.id, o] as const] : [])));
  return { inForce, standing, calibrations, undoTarget: standing[standing.length - 1] };
}

/** Whether a decision changes the label of its sample, and so has something to apply. */
export function changesLabel(decision: Decision): boolean {
  return (decision.ruling === 'takePrediction' || decision.ruling === 'edit') && decision.label !== undefined;
}
