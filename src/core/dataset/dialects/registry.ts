import { LoopToolError } from '../../errors.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { Sample } from '../sample.ts';
import type { Dialect } from './dialect.ts';
import { looptoolRows } from './looptoolRows.ts';
import { openaiChat } from './openaiChat.ts';

export const dialects: readonly Dialect[] = [looptoolRows, openaiChat];

export function dialectById(id: string): Dialect | undefined {
  return dialects.find((dialect) => dialect.id === id);
}

/** One row of a dataset in the given dialect, on one line and without a line end. */
export function writeRow(dialectId: string, sample: Sample): string {
  const dialect = dialectById(dialectId);
  if (dialect === undefined) throw new LoopToolError('write-failed', `There is no dialect ${JSON.stringify(dialectId)} to write.`);
  return stringifySpaced(dialect.write(sample));
}
