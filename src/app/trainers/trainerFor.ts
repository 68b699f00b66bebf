import { availableParallelism } from 'node:os';
import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import type { TrainerPort } from '../../core/training/trainerPort.ts';
import type { CompiledTextKinds } from '../../core/toolcall/textKinds.ts';
import { createCommandTrainer } from '../../node/commandTrainer.ts';
import { noneTrainer } from '../../node/noneTrainer.ts';
import type { AppPorts } from '../ports.ts';
import type { Project } from '../project.ts';
import { createEmbeddedTrainer } from './embedded.ts';

const mostThreads = 8;

/** As many threads as cores, at most 8: the gradient shards are fixed, so the bits do not depend on it. */
export function threadCount(configured: number | undefined): number {
  return configured ?? Math.min(mostThreads, availableParallelism());
}

export function trainerFor(config: ProjectConfig, project: Project, ports: AppPorts, textKinds: CompiledTextKinds): TrainerPort {
  const relative = (path: string) => project.files.relative(path);
  const { trainer } = config;
  switch (trainer.kind) {
    case 'embedded':
      return createEmbeddedTrainer({ settings: trainer.grpo, threads: threadCount(trainer.threads), assetsDirectory: ports.assetsDirectory, textKinds, relative });
    case 'command':
      return createCommandTrainer({ argv: trainer.argv, environment: trainer.environment, workingDirectory: project.files.root, relative, clock: ports.clock });
    case 'none':
      return noneTrainer;
  }
}
