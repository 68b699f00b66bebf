import type { StatsOptions } from '../../app/datasets/stats.ts';
import { exitCodes, type Command } from '../context.ts';
import { statsText } from '../writers/statsTable.ts';

export type StatsCommandOptions = Omit<StatsOptions, 'stdin' | 'signal' | 'onProgress'>;

export function statsCommand(options: StatsCommandOptions): Command {
  return async ({ app, writer, signal }) => {
    const result = await app.stats({ ...options, stdin: process.stdin, signal });
    writer.result('stats', result, statsText(result));
    return exitCodes.ok;
  };
}
