import type { StatsOptions } from '../../app/datasets/stats.ts';
import { withBytesProgress } from '../bytesProgress.ts';
import { exitCodes, type Command } from '../context.ts';
import { statsText } from '../writers/statsTable.ts';

export type StatsCommandOptions = Omit<StatsOptions, 'stdin' | 'signal' | 'onProgress'>;

export function statsCommand(options: StatsCommandOptions): Command {
  return async ({ app, ports, writer, signal }) => {
    const result = await withBytesProgress(process.stderr, () => ports.clock.now(), (onProgress) => app.stats({ ...options, stdin: process.stdin, signal, onProgress }));
    writer.result('stats', result, statsText(result));
    return exitCodes.ok;
  };
}
