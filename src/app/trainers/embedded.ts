import { join } from 'node:path';
import type { GrpoSettings } from '../../core/config/projectConfig.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { TrainEvent, TrainerPort, TrainRequest, TrainResult, TrainingRun } from '../../core/training/trainerPort.ts';
import { labelHash } from '../../core/dataset/identity.ts';
import type { AcceptedLabels } from '../../core/review/acceptedLabels.ts';
import { answerReward } from '../../core/toolcall/reward.ts';
import type { CompiledTextKinds } from '../../core/toolcall/textKinds.ts';
import { encodeSegments } from '../../embedded/chat/segments.ts';
import { renderSegments } from '../../embedded/chat/template.ts';
import { loadCheckpoint } from '../../embedded/gguf/checkpoint.ts';
import { Team } from '../../embedded/team.ts';
import { runGrpo } from '../../embedded/training/grpoRun.ts';
import { EventQueue } from '../../node/eventQueue.ts';

export type EmbeddedTrainerOptions = {
  readonly settings: GrpoSettings;
  readonly threads: number;
  readonly assetsDirectory: string;
  readonly textKinds: CompiledTextKinds;
  /** Further answers that are worth the reward. */
  readonly accepted: AcceptedLabels;
  readonly relative: (path: string) => string;
};

/** GRPO by the embedded engine, in this process: the reward is the comparer that probe and evaluation use too. */
export function createEmbeddedTrainer(options: EmbeddedTrainerOptions): TrainerPort {
  return {
    kind: 'embedded',
    start(request, signal) {
      const controller = new AbortController();
      const forward = () => controller.abort(signal.reason);
      signal.addEventListener('abort', forward, { once: true });
      if (signal.aborted) forward();
      const events = new EventQueue<TrainEvent>();
      const result = train(options, request, controller.signal, (event) => events.push(event)).finally(() => {
        signal.removeEventListener('abort', forward);
        events.end();
      });
      // Whoever never awaits the result must not crash the job.
      result.catch(() => undefined);
      const cancel = async () => {
        controller.abort();
        await result.catch(() => undefined);
      };
      return Promise.resolve({ events, result, cancel } satisfies TrainingRun);
    },
  };
}

async function train(options: EmbeddedTrainerOptions, request: TrainRequest, signal: AbortSignal, onEvent: (event: TrainEvent) => void): Promise<TrainResult> {
  if (request.initialPath === undefined) throw new LoopToolError('trainer-failed', 'The embedded trainer needs a checkpoint file to start from. Set endpoints.policy.checkpoint in looptool.json.');
  const initial = await loadCheckpoint(request.initialPath);
  const team = await Team.start(initial.config, { assetsDirectory: options.assetsDirectory, threads: options.threads, purpose: 'train' });
  try {
    const result = await runGrpo({
      team,
      initial,
      rows: request.rows,
      settings: options.settings,
      seed: request.seed,
      directory: request.directory,
      encodePrompt: (row) => encodeSegments(renderSegments(row.messages, row.tools), initial.tokenizer),
      reward: (row, answer, finished) => answerReward(row, answer, finished, options.textKinds, options.accepted),
      rewardKey: request.rows.flatMap((row) => options.accepted(row).map((label) => `${row.id} ${labelHash(label)}`)).join('\n'),
      signal,
      onEvent,
    });
    return { ...result, checkpoint: { ...result.checkpoint, path: options.relative(result.checkpoint.path ?? join(request.directory, 'checkpoint.gguf')) } };
  } finally {
    await team.close();
  }
}
