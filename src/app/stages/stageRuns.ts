import type { StageName } from '../../core/rounds/manifest.ts';
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
  verify: runVerify,
  expand: runExpand,
  compose: runCompose,
  evaluate: runEvaluate,
};
