import type { Calibration, Decision, DecisionOperation } from './decision.ts';

/** What the decisions log says, as of its last line. Notes that were added later stand in their decisions. */
export interface DecisionState {
  /**
   * The decision in force by sample id: the latest that is not taken back and no second look, but where the same pair (label,
   * round, file of predictions) was adjudicated, the latest adjudication. It holds for the label with its `labelHash` alone.
   */
  readonly inForce: ReadonlyMap<string, Decision>;
  /** All decisions not taken back, oldest first; two people's decisions on one sample are both kept. */
  readonly standing: readonly Decision[];
  /** The same of one sample, oldest first. */
  standingOf(sampleId: string): readonly Decision[];
  /** The decision of any person that the next undo takes back; see `undoTargetOf`. */
  readonly undoTarget: Decision | undefined;
  /** What the next undo of this person takes back: the latest decision of theirs, or all of its group. */
  undoTargetOf(by: string): { readonly target: string; readonly decisions: readonly Decision[] } | undefined;
  /** What the next redo of this person puts back: nothing once they have decided anew. `target` is the undo to be undone. */
  redoTargetOf(by: string): { readonly target: string; readonly decisions: readonly Decision[] } | undefined;
  /** Samples whose standing decisions on the same label differ between people, and that nobody has adjudicated since. */
  readonly conflicts: ReadonlySet<string>;
  readonly calibrations: ReadonlyMap<string, Calibration>;
}

/** A state that takes in operations as they come, its maps and sets too: the cost is that of what was added. */
export interface LiveDecisionState extends DecisionState {
  /** Samples whose decisions are other ones than before. */
  add(operations: readonly DecisionOperation[]): ReadonlySet<string>;
}
