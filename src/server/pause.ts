import { Turns } from '../node/turns.ts';
import { isComing, isWanted } from './waiting.ts';

/** What a message takes from its bytes to its answer, if it takes no work. */
const rounds = 6;

/** Lets messages in that have arrived meanwhile, changes and cancellations, all the way to their handlers. */
export async function pause(): Promise<void> {
  await immediate();
  for (let round = 0; round < rounds && isComing(); round += 1) await immediate();
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Background work lets requests pass for so long at most, in milliseconds: one of them may wait for just this work. */
const longestWait = 10;

/** Turns of work that a request waits for. */
export function requestTurns(): Turns {
  return new Turns(pause);
}

/** Before whatever nobody waits for goes on, what somebody waits for is done, unless that takes long or is just this: `isUrgent` says so. */
export async function pauseInBackground(isUrgent: () => boolean = () => false): Promise<void> {
  await pause();
  const until = performance.now() + longestWait;
  while (isWanted() && !isUrgent() && performance.now() < until) await pause();
}
