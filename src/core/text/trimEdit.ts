import type { Span } from '../json/stringMap.ts';

/** Cuts off what an edit would not change, without splitting a surrogate pair. */
export function trimEdit(text: string, edit: Span & { readonly newText: string }): Span & { readonly newText: string } {
  const { start, end, newText } = edit;
  const shortest = Math.min(end - start, newText.length);
  let head = 0;
  while (head < shortest && text.charCodeAt(start + head) === newText.charCodeAt(head)) head++;
  if (splitsPair(text, start + head) || splitsPair(newText, head)) head--;
  let tail = 0;
  while (tail < shortest - head && text.charCodeAt(end - 1 - tail) === newText.charCodeAt(newText.length - 1 - tail)) tail++;
  if (tail > 0 && (splitsPair(text, end - tail) || splitsPair(newText, newText.length - tail))) tail--;
  return { start: start + head, end: end - tail, newText: newText.slice(head, newText.length - tail) };
}

/** Whether an offset lies between the halves of a surrogate pair. */
export function splitsPair(text: string, offset: number): boolean {
  return isBetween(text.charCodeAt(offset - 1), 0xd800) && isBetween(text.charCodeAt(offset), 0xdc00);
}

function isBetween(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}
