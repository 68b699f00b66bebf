import type { Span } from './stringMap.ts';

/** The end counts: a cursor behind the last character of a part is still at it. */
export function isAt({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

/** The same part of a text that starts elsewhere in another one. */
export function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
