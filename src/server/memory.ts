import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isWanted } from './waiting.ts';

/** Records of so many characters leave much behind when they are read. */
const muchRead = 4_000_000;
const idleMs = 2000;
let collect: (() => void) | undefined;
let read = 0;
let timer: NodeJS.Timeout | undefined;

/**
 * Gives memory back that big work has left behind: opening a file of 20 MB makes many times that of strings, and a server that
 * then waits for a key to be pressed would hold on to them. It stops the server for a tenth of a second: for idle times.
 */
export function collectGarbage(): void {
  clearTimeout(timer);
  timer = undefined;
  read = 0;
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void; // What the flag puts into new contexts.
  }
  // What is left lies scattered over as many pages as all took before; moved together, it takes half of them.
  setFlagsFromString('--compact-on-every-full-gc');
  collect();
  setFlagsFromString('--no-compact-on-every-full-gc');
}

/** Counts what is read of records for a moment; when it was much, memory is given back at the next idle time. */
export function noteRead(characters: number): void {
  read += characters;
  if (read < muchRead) return;
  timer ??= setTimeout(collectWhenIdle, idleMs).unref();
  timer.refresh();
}

function collectWhenIdle(): void {
  if (isWanted()) timer?.refresh();
  else collectGarbage();
}
