import type { Rng } from '../../../core/random/rng.ts';
import type { Decision } from '../../../core/review/decision.ts';
import type { DecisionState } from '../../../core/review/decisionState.ts';
import type { Measurement } from '../../../core/review/measure/measurement.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import type { QueueSpec, SavedQueue } from '../../../core/review/queue/queueSpec.ts';
import type { ActiveRule } from '../../../core/rules/settings.ts';
import type { HostMessage } from '../../../protocol/review/messages.ts';
import type { DecisionLog } from '../decisionLog.ts';
import type { ReviewPair, ReviewSource } from '../reviewSource.ts';

/** Queues under a name, for everybody who works on the project. */
export interface SavedQueues {
  read(): Promise<readonly SavedQueue[]>;
  /** Replaces the one of the same name. */
  save(name: string, spec: QueueSpec): Promise<readonly SavedQueue[]>;
  delete(name: string): Promise<readonly SavedQueue[]>;
}

/** Turns a text of the session into the person's language; `{0}`, `{1}` … are filled in. */
export type Say = (text: string, ...values: readonly (string | number)[]) => string;

/** What a session of the review needs of its host. Callbacks resolve to what to announce; what they throw is told to the person. */
export type SessionPorts = {
  readonly source: ReviewSource;
  readonly log: DecisionLog;
  readonly queues: SavedQueues;
  /** Who decides; recorded with each decision. */
  readonly user: string;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Draws calibration samples. */
  readonly rng: Rng;
  /** For pushes: snapshots that answer no request. */
  readonly post: (message: HostMessage) => void;
  readonly openSource: (pair: ReviewPair) => Promise<void>;
  readonly askAgain: (pair: ReviewPair, what: 'judge' | 'probe') => Promise<string>;
  /** Shows the pending corrections and writes them when the person agrees. */
  readonly apply: (decisions: readonly Decision[]) => Promise<string>;
  readonly exportIssue: (pair: ReviewPair) => Promise<string>;
  readonly measure: (facts: { readonly items: readonly QueueItem[]; readonly state: DecisionState }) => Promise<Measurement>;
  /** Decisions in force whose label stands in the dataset's file already, by id: they are not counted as to be applied. */
  readonly applied?: () => Promise<ReadonlySet<string>>;
  /** Rules in force, for findings on either side; the recommended ones when absent. */
  readonly rules?: readonly ActiveRule[];
  /** Where the last session left off; undecided pairs by expected value where it is absent. */
  readonly spec?: QueueSpec;
  readonly blind?: boolean;
  readonly say?: Say;
};
