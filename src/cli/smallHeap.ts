import { setFlagsFromString } from 'node:v8';
import type { Command } from './context.ts';

/**
 * Runs what goes through datasets in batches, which are garbage as soon as they are done: the space for young objects stays
 * as V8 starts with it, in the place of growing to three times 16 MB. It takes no longer, and 30 MB less.
 */
export function withSmallHeap(command: Command): Command {
  return (context) => {
    setFlagsFromString('--semi-space-growth-factor=1');
    return command(context);
  };
}
