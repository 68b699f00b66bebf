import { LoopToolError } from '../errors.ts';
import { stringifySpaced } from '../json/stringify.ts';
import type { Dialect } from './dialect.ts';
import { dialects } from './dialects.generated.ts';
import type { Sample } from './sample.ts';

export function dialectById(id: string): Dialect | undefined {
  return dialects.find((dialect) => dialect.id === id);
}

/** One row of a dataset in the given dialect, on one line and without a line end. */
export function writeRow(dialectId: string, sample: Sample): string {
  const write = dialectById(dialectId)?.write;
  if (write === undefined) throw new LoopToolError('write-failed', `There is no dialect ${JSON.stringify(dialectId)} that can be written. Use one of ${dialects.filter((one) => one.write !== undefined).map(({ id }) => id).join(', ')}.`);
  return stringifySpaced(write(sample));
}
