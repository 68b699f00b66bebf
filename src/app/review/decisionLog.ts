import type { DecisionOperation } from '../../core/review/decision.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';

/** `.looptool/decisions.jsonl` as a host of the review sees it. */
export interface DecisionLog {
  /** As of the last `refresh` or `append`. */
  readonly state: DecisionState;
  /** Takes in what others wrote. Resolves to the samples whose decisions are other ones than before. */
  refresh(): Promise<ReadonlySet<string>>;
  /** Resolves when all lines are on the disk; several are one write. Throws LoopToolError `write-failed`. */
  append(operations: readonly DecisionOperation[]): Promise<ReadonlySet<string>>;
  /** Calls back within a second of what any process writes; to be disposed. */
  watch(changed: () => void): { dispose(): void };
  /** Lines that cannot be read, with their places: they decide nothing. */
  readonly warnings: readonly string[];
}
