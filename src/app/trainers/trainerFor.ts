import { availableParallelism } from 'node:os';
import type { TrainerPort } from '../../core/training/trainerPort.ts';
import { createCommandTrainer } from '../../node/commandTrainer.ts';
import { noneTrainer } from '../../node/noneTrainer.ts';
import type { StageContext } from '../stages/stage.ts';
import { createEmbeddedTrainer } from './embedded.ts';

const mostThreads = 8;

/** As many threads as cores, at most 8: the gradient shards are fixed, so the bits do not depend on it. */
export function threadCount(configured: number | undefined): number {
  return configured ?? Math.min(mostThreads, availableParallelism());
}

export function trainerFor({ config, project, ports, textKinds, accepted }: Pick<StageContext, 'config' | 'project' | 'ports' | 'textKinds' | 'accepted'>): TrainerPort {
  const relative = (path: string) => project.files.relative(path);
  const { trainer } = config;
  switch (trainer.kind) {
    case 'embedded':
      return createEmbeddedTrainer({ settings: trainer.grpo, threads: threadCount(trainer.threads), assetsDirectory: ports.assetsDirectory, textKinds, accepted, relative });
    case 'command':
      return createCommandTrainer({ argv: trainer.argv, environment: trainer.environment, workingDirectory: project.files.root, relative, clock: ports.clock });
    case 'none':
      return noneTrainer;
  }
}
