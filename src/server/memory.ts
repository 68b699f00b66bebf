import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Gives memory back that big work has left behind: opening a file of 20 MB makes many times that of strings, and a server that
 * then waits for a key to be pressed would hold on to them. It stops the server for some ten milliseconds: for idle times.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void; // What the flag puts into new contexts.
  }
  collect();
}
