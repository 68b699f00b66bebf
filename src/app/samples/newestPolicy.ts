import type { Checkpoint } from '../../core/training/trainerPort.ts';
import { loadCheckpoint } from '../../embedded/gguf/checkpoint.ts';
import type { Project } from '../project.ts';
import type { Round } from '../round.ts';

/** Behind a remote endpoint answers whoever is there: without a round, nothing says which weights these are. */
const unknownFingerprint = 'unknown';

/** The newest policy of the project: what its newest training made, else what it starts from. */
export async function newestPolicy(project: Project, round: Round | undefined): Promise<Checkpoint> {
  if (round?.manifest.trained !== undefined && round.stage('train').status === 'done') return round.manifest.trained;
  if (round?.manifest.initial !== undefined) return round.manifest.initial;
  const before = round === undefined || round.number === 1 ? undefined : await project.files.round(round.number - 1).readManifest();
  if (before?.trained !== undefined) return before.trained;
  const { policy } = project.config.endpoints;
  if (policy.kind !== 'embedded') return { fingerprint: unknownFingerprint, source: 'initial' };
  const path = project.files.absolute(policy.checkpoint);
  return { path: project.files.relative(path), fingerprint: (await loadCheckpoint(path)).fingerprint, source: 'initial' };
}
