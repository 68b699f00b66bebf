import type { StageName } from '../../core/rounds/manifest.ts';
import { runCompose } from './compose.ts';
import { runEvaluate } from './evaluate.ts';
import { runProbe } from './probe.ts';
import type { StageRun } from './stage.ts';
import { runTrain } from './train.ts';
import { runVerify } from './verify.ts';

export const stageRuns: Readonly<Record<StageName, StageRun>> = {
  train: runTrain,
  probe: runProbe,
  verify: runVerifyForReview,
  // The rules that ground a generated call are large, and only this stage needs them.
  expand: async (context) => (await import('./expand.ts')).runExpand(context),
  compose: runCompose,
  evaluate: runEvaluate,
};

/** The review of what was judged opens at once: its pairs are read here, where nobody waits for them. */
async function runVerifyForReview(context: Parameters<StageRun>[0]): ReturnType<StageRun> {
  const result = await runVerify(context);
  // A help for later: whatever keeps it from being made, the stage is done.
  const { prepareRoundReview } = await import('../review/roundSource.ts');
  await prepareRoundReview(context.project.files.root, context.round.number, context.signal).catch(() => undefined);
  return result;
}
