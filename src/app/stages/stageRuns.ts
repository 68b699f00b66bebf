import type { StageName } from '../../core/rounds/manifest.ts';
import { prepareRoundReview } from '../review/roundSource.ts';
import { runCompose } from './compose.ts';
import { runEvaluate } from './evaluate.ts';
import { runExpand } from './expand.ts';
import { runProbe } from './probe.ts';
import type { StageRun } from './stage.ts';
import { runTrain } from './train.ts';
import { runVerify } from './verify.ts';

export const stageRuns: Readonly<Record<StageName, StageRun>> = {
  train: runTrain,
  probe: runProbe,
  verify: runVerifyForReview,
  expand: runExpand,
  compose: runCompose,
  evaluate: runEvaluate,
};

/** The review of what was judged opens at once: its pairs are read here, where nobody waits for them. */
async function runVerifyForReview(context: Parameters<StageRun>[0]): ReturnType<StageRun> {
  const result = await runVerify(context);
  // A help for later: whatever keeps it from being made, the stage is done.
  await prepareRoundReview(context.project.files.root, context.round.number, context.signal).catch(() => undefined);
  return result;
}
