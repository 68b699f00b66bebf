import type { DiffOptions } from '../../app/datasets/diff.ts';
import { withBytesProgress } from '../bytesProgress.ts';
import { exitCodes, type Command } from '../context.ts';
import { diffJson, diffText } from '../writers/diffText.ts';

export type DiffCommandOptions = Omit<DiffOptions, 'stdin' | 'signal' | 'onProgress' | 'limit'> & { readonly limit?: number | undefined };

/** People look at the first few, programs want them all but not without end. */
const defaultLimits = { human: 10, json: 1000 } as const;

export function diffCommand({ limit, ...options }: DiffCommandOptions): Command {
  return async ({ app, ports, writer, signal, json }) => {
    const result = await withBytesProgress(process.stderr, () => ports.clock.now(), (onProgress) => app.diff({ ...options, limit: limit ?? defaultLimits[json ? 'json' : 'human'], stdin: process.stdin, signal, onProgress }));
    writer.result('diff', diffJson(result), diffText(result));
    return result.different ? exitCodes.findings : exitCodes.ok;
  };
}
