import * as z from 'zod';
import type { TrainRow } from '../dataset/sample.ts';

/** A set of weights: where it lies and the proof of what it is. */
export const checkpointSchema = z.object({
  /** Path relative to the project where possible; undefined for a policy that lives behind a remote endpoint. */
  path: z.string().optional(),
  /** `sha256:<hex>` of the file, or of fixed greedy answers for a remote policy. */
  fingerprint: z.string(),
  /** What trained it: `initial`, `embedded`, `command`, `none`. */
  source: z.string(),
});
export type Checkpoint = Readonly<z.infer<typeof checkpointSchema>>;

export type TrainRequest = {
  readonly round: number;
  readonly seed: number;
  readonly rows: readonly TrainRow[];
  /** Absolute folder `rounds/NNNN/train`; everything that a resumed run needs is under it. */
  readonly directory: string;
  /** Absolute folder `rounds/NNNN/export`, already filled with the exported set. */
  readonly exportDirectory: string;
  readonly initial: Checkpoint;
  /** Absolute path of the initial weights when they are a file. */
  readonly initialPath: string | undefined;
};

export const trainEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    step: z.number().int(),
    steps: z.number().int(),
    epoch: z.number().int(),
    /** Mean reward, share of groups without a learning signal, mean answer tokens, mean token entropy in nats, share of clipped tokens. */
    metrics: z.record(z.string(), z.number()),
  }),
  z.object({ type: z.literal('log'), line: z.string() }),
  z.object({ type: z.literal('checkpoint'), epoch: z.number().int(), path: z.string(), fingerprint: z.string() }),
]);
export type TrainEvent = Readonly<z.infer<typeof trainEventSchema>>;

export type TrainResult = {
  readonly checkpoint: Checkpoint;
  readonly steps: number;
  /** Share of rollouts right per sample id, where the trainer knows it: a free forecast of live groups. */
  readonly passRates?: Readonly<Record<string, number>>;
  /** What the round must say about this training (for example that there was none). */
  readonly notes: readonly string[];
};

/** A training under way. `events` ends when the training ends; `result` rejects with LoopToolError `trainer-failed`. */
export interface TrainingRun {
  readonly events: AsyncIterable<TrainEvent>;
  readonly result: Promise<TrainResult>;
  cancel(): Promise<void>;
}

/** Turns a policy and a training set into a checkpoint. `start` continues whatever `directory` already holds. */
export interface TrainerPort {
  readonly kind: 'embedded' | 'command' | 'none';
  start(request: TrainRequest, signal: AbortSignal): Promise<TrainingRun>;
}
