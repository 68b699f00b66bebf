import type { RunnerEvent } from '../../protocol/runnerEvents.ts';
import type { SampleRequest } from '../../protocol/sampleRequest.ts';
import type { AppPorts } from '../ports.ts';
import { Reporter } from '../reporter.ts';
import { outcomeOf, type JobOutcome } from '../runJob.ts';
import { runSampleAction, type SampleActionTarget } from './sampleActions.ts';

/** One action on one sample, as the editor's runner does it: its notes, its result and its end are given to `emit`. */
export async function runSample(ports: AppPorts, request: SampleRequest, signal: AbortSignal, emit: (event: RunnerEvent) => void): Promise<JobOutcome> {
  const { project, action } = request;
  const reporter = new Reporter(ports.clock, emit);
  let outcome: JobOutcome;
  try {
    const result = await runSampleAction(ports, { project, action, target: targetOf(request), signal, reporter });
    reporter.result(`sample ${action}`, result);
    outcome = { status: 'done' };
  } catch (error) {
    outcome = outcomeOf(error);
  }
  reporter.jobEnd(outcome.status, outcome.code, outcome.message);
  return outcome;
}

function targetOf({ sample }: SampleRequest): SampleActionTarget {
  if (sample.by === 'pair') return { sample: sample.sample, probe: sample.probe, ...(sample.occurrence === undefined ? {} : { occurrence: sample.occurrence }) };
  const { file, record, step, text } = sample;
  return { address: { file, record, step, text } };
}
