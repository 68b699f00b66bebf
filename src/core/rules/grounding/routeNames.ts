import { wordsOf } from './requestText.ts';

const starts = new Set(['from', 'origin', 'source', 'start', 'departure', 'starting', 'pickup', 'begin', 'departing', 'src']);
const ends = new Set(['to', 'destination', 'target', 'end', 'arrival', 'ending', 'dropoff', 'arriving', 'dest', 'dst']);

/** Names of arguments that say where something begins. */
export function isStart(name: string): boolean {
  return wordsOf(name).some((word) => starts.has(word));
}

/** Names of arguments that say where something ends. */
export function isEnd(name: string): boolean {
  return wordsOf(name).some((word) => ends.has(word));
}

/** `from_city` goes with `to_city`, not with `to_date`. */
export function isPair(start: string, end: string): boolean {
  const rest = (name: string): string => wordsOf(name).filter((word) => !starts.has(word) && !ends.has(word)).join(' ');
  return rest(start) === rest(end);
}
