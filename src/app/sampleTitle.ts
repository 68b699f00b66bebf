import type { Message } from '../core/dataset/sample.ts';

const longest = 120;

/** What the user last said, in one line: by this a person knows a sample again. */
export function lastUserText(messages: readonly Message[]): string {
  return oneLine(messages.findLast((m) => m.role === 'user')?.content ?? '');
}

/** Text without line ends and control characters, cut to what a tree shows. */
export function oneLine(text: string): string {
  const flat = text.slice(0, longest * 4).replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}
