import type { Span } from '../json/stringMap.ts';

export function isBlankCode(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029 || code === 0x3000 || (code >= 0x2000 && code <= 0x200a);
}

export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlankCode(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where the text before `to` ends without its trailing blanks, not before `from`. */
export function withoutTrailingBlanks(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isBlankCode(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** Nothing but blanks between `at` and the start of its line, or `from` (where the piece before ended). */
export function startsLine(text: string, at: number, from: number): boolean {
  for (let i = at - 1; i >= from; i -= 1) {
    const code = text.charCodeAt(i);
    if (code === 0x0a) return true;
    if (!isBlankCode(code)) return false;
  }
  return true;
}

/** Behind the mark of a code fence with its language word, when one stands at `at`, and the blanks after it. */
export function skipFence(text: string, at: number): number {
  if (!text.startsWith('```', at)) return at;
  let position = at + 3;
  while (isLanguageCode(text.charCodeAt(position))) position += 1;
  return skipBlanks(text, position);
}

/** Where the mark of a code fence starts that ends, with its language word and blanks, at `at`; it starts not before `from`. */
export function fenceBefore(text: string, from: number, at: number): number | undefined {
  let start = withoutTrailingBlanks(text, from, at);
  while (start > from && isLanguageCode(text.charCodeAt(start - 1))) start -= 1;
  start -= 3;
  return start >= from && text.startsWith('```', start) ? start : undefined;
}

function isLanguageCode(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a && code < 0x80) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d;
}

const endTokens = ['<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|eom_id|>', '<|end_of_text|>', '<|return|>', '<|end|>', '<｜end▁of▁sentence｜>', '<end_of_turn>', '</s>'];

/** Where the text ends without blanks and the tokens that end a turn. */
export function withoutEndTokens(text: string): number {
  let end = withoutTrailingBlanks(text, 0, text.length);
  // They all end alike, so that most texts are done here.
  while (text.charCodeAt(end - 1) === 0x3e) {
    const token = endTokens.find((t) => text.endsWith(t, end));
    if (token === undefined) return end;
    end = withoutTrailingBlanks(text, 0, end - token.length);
  }
  return end;
}

/** First of the marks at or after `from` and before `to`. The marks all start with `<`. */
export function findMark(text: string, marks: readonly string[], from: number, to: number): (Span & { readonly mark: string }) | undefined {
  for (let at = text.indexOf('<', from); at >= 0 && at < to; at = text.indexOf('<', at + 1)) {
    const mark = marks.find((m) => text.startsWith(m, at));
    if (mark !== undefined) return { start: at, end: at + mark.length, mark };
  }
  return undefined;
}
