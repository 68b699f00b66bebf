import { processSequences, type LossStats, type PolicyLoss, DEFAULT_POLICY_LOSS } from '../model/loss.ts';
import type { Engine } from '../model/engine.ts';
import type { ModelConfig } from '../model/config.ts';
import type { LayoutOptions } from '../model/layout.ts';
import type { Sequence } from '../model/sequence.ts';
import { packOwned, reduceOwned, updateOwned, type OptimiserSettings } from '../training/optimiser.ts';
import { rollout, type Completion, type RolloutPrompt, type RolloutStats, type Sampling } from '../training/rollout.ts';

/** What a worker thread is started with. */
export type WorkerData = {
  readonly config: ModelConfig;
  readonly layout: LayoutOptions;
  readonly thread: number;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
};

/** Score of one segment: the log-probability of each weighted token, and how many of them a greedy choice would have given. */
export type ScoredSegment = { readonly logProb: number; readonly rows: number; readonly correct: number; readonly logProbs: readonly number[] };

/** What a team's threads can be asked for. */
export type TaskInputs = {
  hello: Record<never, never>;
  pack: Record<never, never>;
  train: { readonly shards: readonly { readonly shard: number; readonly sequences: readonly Sequence[] }[]; readonly policy: PolicyLoss };
  score: { readonly sequences: readonly Sequence[] };
  reduce: Record<never, never>;
  update: { readonly settings: OptimiserSettings };
  rollout: { readonly prompts: readonly RolloutPrompt[]; readonly sampling: Sampling };
};

export type TaskOutputs = {
  hello: null;
  pack: null;
  train: readonly { readonly shard: number; readonly stats: LossStats }[];
  score: readonly (readonly ScoredSegment[])[];
  reduce: readonly { readonly tensor: number; readonly sumSquares: number }[];
  update: null;
  rollout: { readonly completions: readonly (readonly Completion[])[]; readonly stats: RolloutStats };
};

export type TaskKind = keyof TaskInputs;
export type TaskMessage = { [K in TaskKind]: { readonly id: number; readonly kind: K; readonly input: TaskInputs[K] } }[TaskKind];
export type TaskReply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

const tasks: { readonly [K in TaskKind]: (engine: Engine, input: TaskInputs[K]) => TaskOutputs[K] } = {
  hello: () => null,
  pack: (engine) => {
    packOwned(engine);
    return null;
  },
  train: (engine, { shards, policy }) => shards.map(({ shard, sequences }) => ({ shard, stats: processSequences(engine, sequences, policy, shard) })),
  score: (engine, { sequences }) => {
    const rows: { logProb: number; greedy: boolean }[][][] = sequences.map((s) => s.segments.map(() => []));
    processSequences(engine, sequences, DEFAULT_POLICY_LOSS, undefined, (sequence, segment, logProb, greedy) => rows[sequence]?.[segment]?.push({ logProb, greedy }));
    return rows.map((segments) =>
      segments.map((list) => {
        const logProbs = list.map((r) => r.logProb);
        return { logProb: logProbs.reduce((a, b) => a + b, 0), rows: list.length, correct: list.filter((r) => r.greedy).length, logProbs };
      }),
    );
  },
  reduce: (engine) => reduceOwned(engine),
  update: (engine, { settings }) => {
    updateOwned(engine, settings);
    return null;
  },
  rollout: (engine, { prompts, sampling }) => rollout(engine, prompts, sampling),
};

export function runTask(engine: Engine, message: TaskMessage): unknown {
  // The union pairs each kind with its input, which the compiler cannot follow through an index.
  const run = tasks[message.kind] as (engine: Engine, input: TaskMessage['input']) => unknown;
  return run(engine, message.input);
}
