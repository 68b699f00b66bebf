import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { l10n } from 'vscode';
import { LoopToolError } from '../core/errors.ts';

export type CommandLineResult = { readonly exitCode: number; readonly output: string; readonly errors: string };

export type CommandLineOptions = {
  /** Ends the process. */
  readonly signal?: AbortSignal;
  /** Gets each line of the output, which is not kept then. */
  readonly onLine?: (line: string) => void;
};

/**
 * Runs the `looptool` command line that is shipped with the extension, for what is too heavy for the extension host and too
 * short for a job. Throws LoopToolError `engine-failed` when it cannot be started; a non-zero exit code is a value.
 */
export function runCommandLine(program: string, argv: readonly string[], directory: string, { signal, onLine }: CommandLineOptions = {}): Promise<CommandLineResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: directory,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    if (onLine === undefined) child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    else createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', onLine);
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    const stop = (): void => void child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    child.once('error', (cause) => reject(new LoopToolError('engine-failed', l10n.t('The command line of LoopTool could not be started: {0}', cause.message), { cause })));
    child.once('close', (code) => {
      signal?.removeEventListener('abort', stop);
      resolve({ exitCode: code ?? -1, output: Buffer.concat(output).toString('utf8'), errors: Buffer.concat(errors).toString('utf8') });
    });
  });
}
