import { isDifferent, type DiffOptions } from '../../app/datasets/diff.ts';
import { exitCodes, type Command } from '../context.ts';
import { diffJson, diffText } from '../writers/diffText.ts';

export type DiffCommandOptions = Omit<DiffOptions, 'stdin' | 'signal' | 'onProgress' | 'limit'> & { readonly limit?: number | undefined };

/** People look at the first few, programs want them all but not without end. */
const defaultLimits = { human: 10, json: 1000 } as const;

export function diffCommand({ limit, ...options }: DiffCommandOptions): Command {
  return async ({ app, writer, signal, json }) => {
    const result = await app.diff({ ...options, limit: limit ?? defaultLimits[json ? 'json' : 'human'], stdin: process.stdin, signal });
    writer.result('diff', diffJson(result), diffText(result));
    return isDifferent(result) ? exitCodes.findings : exitCodes.ok;
  };
}
