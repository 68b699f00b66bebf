import { LoopToolError } from '../../core/errors.ts';
import type { Checkpoint } from '../../core/training/trainerPort.ts';
import type { Round } from '../round.ts';

/** The policy that the round's training made. */
export function policyNow(round: Round): Checkpoint {
  const { trained } = round.manifest;
  if (trained && round.stage('train').status === 'done') return trained;
  throw new LoopToolError('usage', `Round ${round.number} has not been trained yet. Run: looptool train (or looptool run, which does all stages).`);
}
