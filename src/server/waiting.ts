import type { MessageStrategy } from 'vscode-languageserver/node';

/** A message takes some rounds of the event loop from its bytes to its answer, and a few milliseconds at most. */
const onTheWay = 4;
/** Who asked for long work longer ago, in milliseconds, waits for more than this server. */
const patience = 300;
let inFlight = 0;
let lastBytes = -Infinity;

/** Whether a message is just coming in, and has perhaps not reached its handler. */
export function isComing(): boolean {
  return performance.now() - lastBytes < onTheWay;
}

/** Whether somebody waits for an answer, or a message is just coming in. */
export function isWanted(): boolean {
  return isComing() || (inFlight > 0 && performance.now() - lastBytes < patience);
}

export function noteBytes(): void {
  lastBytes = performance.now();
}

/** Counts the messages that are being handled. */
export const countMessages: MessageStrategy = {
  handleMessage(message, next) {
    inFlight += 1;
    lastBytes = performance.now();
    const done = next(message);
    const leave = (): void => void (inFlight -= 1);
    if (done instanceof Promise) void done.then(leave, leave);
    else leave();
    return done;
  },
};
