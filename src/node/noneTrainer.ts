import type { TrainerPort, TrainingRun } from '../core/training/trainerPort.ts';

/** Leaves the policy as it is, and says so. */
export const noneTrainer: TrainerPort = {
  kind: 'none',
  start: ({ initial }) =>
    Promise.resolve({
      events: noEvents(),
      result: Promise.resolve({ checkpoint: initial, steps: 0, notes: ['Nothing was trained (trainer "none"): the policy goes on as it is.'] }),
      cancel: () => Promise.resolve(),
    } satisfies TrainingRun),
};

async function* noEvents(): AsyncGenerator<never> {
  // A training that does nothing reports nothing.
}
