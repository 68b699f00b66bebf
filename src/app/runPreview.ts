import type { PreviewRequest } from '../protocol/expansionView.ts';
import type { RunnerEvent } from '../protocol/runnerEvents.ts';
import type { AppPorts } from './ports.ts';
import { Reporter } from './reporter.ts';
import { outcomeOf, type JobOutcome } from './runJob.ts';
import { previewExpansions } from './runRounds.ts';

/** A preview of a round's expansions, as the editor's runner makes it: its progress, its result and its end are given to `emit`. */
export async function runPreview(ports: AppPorts, { project, round }: PreviewRequest, signal: AbortSignal, emit: (event: RunnerEvent) => void): Promise<JobOutcome> {
  const reporter = new Reporter(ports.clock, emit);
  let outcome: JobOutcome;
  try {
    reporter.result('expand --preview', await previewExpansions(ports, { project, round, signal, reporter }));
    outcome = { status: 'done' };
  } catch (error) {
    outcome = outcomeOf(error);
  }
  reporter.jobEnd(outcome.status, outcome.code, outcome.message);
  return outcome;
}
