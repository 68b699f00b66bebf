import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { l10n, type CancellationToken } from 'vscode';
import { LoopToolError, type ErrorCode } from '../../core/errors.ts';
import type { PreviewRequest } from '../../protocol/expansionView.ts';
import { runnerEventSchema, type RunnerEvent } from '../../protocol/runnerEvents.ts';
import type { SampleRequest } from '../../protocol/sampleRequest.ts';
import { jsonOrUndefined } from '../../core/json/jsonOrUndefined.ts';

/**
 * Runs a short request in a process of its own, which no job file tells of: the request goes over its standard input, keys
 * with it. Resolves to the data of its result, undefined when it was cancelled; what was asked by then is in the journal.
 * Throws LoopToolError with what the process says.
 */
export async function runRunner(runner: string, request: SampleRequest | PreviewRequest, token: CancellationToken, onEvent: (event: RunnerEvent) => void): Promise<unknown> {
  const child = spawn(process.execPath, [runner], { cwd: request.project, windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
  const cancel = token.onCancellationRequested(() => child.kill('SIGTERM'));
  let result: { readonly data: unknown } | undefined;
  let end: Extract<RunnerEvent, { type: 'job-end' }> | undefined;
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = `${errors}${text}`.slice(-2000)));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const event = runnerEventSchema.safeParse(jsonOrUndefined(line)).data;
    if (event?.type === 'result') result = { data: event.data };
    else if (event?.type === 'job-end') end = event;
    else if (event !== undefined) onEvent(event);
  });
  const read = new Promise<void>((resolve) => lines.once('close', resolve));
  const closed = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(new LoopToolError('engine-failed', l10n.t('The command line of LoopTool could not be started: {0}', cause.message), { cause })));
    child.once('close', () => resolve());
  });
  // A process that cannot start, or ends at once, has said why by other means.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(request)}\n`);
  try {
    await closed;
    await read;
  } finally {
    cancel.dispose();
  }
  if (token.isCancellationRequested) return undefined;
  if (result !== undefined) return result.data;
  throw new LoopToolError((end?.code ?? 'engine-failed') as ErrorCode, end?.message ?? l10n.t('LoopTool could not ask: {0}', errors.trim().split('\n').at(-1) ?? ''));
}
