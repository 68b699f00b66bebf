/** Python's `\s` for `str` patterns, which is not JavaScript's: U+001C to U+001F and U+0085 are in it, U+FEFF is not. */
export const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
/** Python's `\w` for `str` patterns. */
export const word = '[\\p{L}\\p{N}_]';
/** Python's `$` without MULTILINE: the end, or before a line feed that ends the text. */
export const end = '(?=\\n?$)';

const leading = new RegExp(`^${space}+`, 'u');
const oneSpace = new RegExp(`^${space}$`, 'u');

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && oneSpace.test(character);
}

/** First offset at or after `from` that is not white space. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

/** `str.strip()`. */
export function strip(text: string): string {
  return stripEnd(text.replace(leading, ''));
}

/** `str.rstrip()`; by hand, for a pattern tries every run of blanks. */
export function stripEnd(text: string): string {
  let to = text.length;
  while (to > 0 && isSpace(text[to - 1])) to -= 1;
  return text.slice(0, to);
}

/** `text[1:-1]`, which counts code points. */
export function inner(text: string): string {
  const from = (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
  const last = text.charCodeAt(text.length - 1);
  const to = text.length - (last >= 0xdc00 && last < 0xe000 && text.length > 1 && isHighSurrogate(text.charCodeAt(text.length - 2)) ? 2 : 1);
  return from < to ? text.slice(from, to) : '';
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

export function isQuoted(text: string, quote: string): boolean {
  return text.startsWith(quote) && text.endsWith(quote);
}
