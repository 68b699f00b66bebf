import type { CancellationToken } from 'vscode';
import { sampleActionResultSchema, type SampleActionResult, type SampleRequest } from '../../protocol/sampleRequest.ts';
import { runRunner } from './runnerProcess.ts';

/** Runs an action on one sample in a process of its own; see `runRunner`. Undefined when it was cancelled. */
export async function runSampleProcess(runner: string, request: SampleRequest, token: CancellationToken, onNote: (message: string) => void): Promise<SampleActionResult | undefined> {
  const data = await runRunner(runner, request, token, (event) => {
    if (event.type === 'note' || event.type === 'warning') onNote(event.message);
  });
  return data === undefined ? undefined : sampleActionResultSchema.parse(data);
}
