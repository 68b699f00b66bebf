/*
 * Questions about words and letters of an ASCII text that are answered by looking for them in it, where making a list of
 * all words or a copy without punctuation would cost more than all answers. `folded` is the same text in lower case.
 */

/** Kinds of ASCII characters: 0 for what stands between words. */
const lower = 1;
const upper = 2;
const digit = 3;
const kinds = Uint8Array.from({ length: 128 }, (_, code) => (code >= 0x61 && code <= 0x7a ? lower : code >= 0x41 && code <= 0x5a ? upper : code >= 0x30 && code <= 0x39 ? digit : 0));

/** Whether `camelCase`, `snake_case`, `A1` and all that is no letter or digit come apart before the character at `at`. */
function isSeam(text: string, at: number): boolean {
  const kind = at < text.length ? kinds[text.charCodeAt(at)] : 0;
  const before = at > 0 ? kinds[text.charCodeAt(at - 1)] : 0;
  if (kind === before && kind !== upper) return false;
  return !(before === upper && (kind === lower || (kind === upper && kinds[text.charCodeAt(at + 1)] !== lower)));
}

function startsWord(text: string, at: number): boolean {
  return (kinds[text.charCodeAt(at)] ?? 0) !== 0 && isSeam(text, at);
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (!isSeam(text, at)) at += 1;
  return at;
}

/** All words, in lower case. */
export function asciiWords(text: string): readonly string[] {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    if ((kinds[text.charCodeAt(at)] ?? 0) === 0) {
      at += 1;
      continue;
    }
    const end = endOfWord(text, at);
    // Word by word: the optimiser moves a call of toLowerCase for the whole text into the loop.
    words.push(text.slice(at, end).toLowerCase());
    at = end;
  }
  return words;
}

/** The words, in lower case, that start with a beginning that is not empty. */
export function wordsStartingWith(text: string, folded: string, beginning: string): readonly string[] {
  const words: string[] = [];
  for (let at = folded.indexOf(beginning); at >= 0; at = folded.indexOf(beginning, at + 1)) {
    if (!startsWord(text, at)) continue;
    const end = endOfWord(text, at);
    if (end - at >= beginning.length) words.push(folded.slice(at, end));
  }
  return words;
}

/** The first letters of all words, in lower case. */
export function initialsIn(text: string, folded: string): string {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at += 1) if (startsWord(text, at)) codes.push(folded.charCodeAt(at));
  let initials = '';
  // In pieces: arguments lie on the stack.
  for (let at = 0; at < codes.length; at += 4096) initials += String.fromCharCode(...codes.slice(at, at + 4096));
  return initials;
}

/** Characters that are looked at: 1 for each that is. */
export type Kept = Uint8Array;
export const lettersAndDigits: Kept = kinds.map((kind) => (kind === 0 ? 0 : 1));
/** All but what may stand between the digits of a number. */
export const betweenDigitsLeftOut: Kept = Uint8Array.from({ length: 128 }, (_, code) => (/[\s,_-]/.test(String.fromCharCode(code)) ? 0 : 1));

/** Whether the text has `wanted`, which is not empty, when all characters that are not kept are taken out of the text. */
export function hasWithout(text: string, wanted: string, kept: Kept): boolean {
  const first = wanted.charAt(0);
  if (kept[wanted.charCodeAt(0)] !== 1) return false;
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
    let found = 1;
    for (let at = start + 1; found < wanted.length && at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (kept[code] !== 1) continue;
      if (code !== wanted.charCodeAt(found)) break;
      found += 1;
    }
    if (found === wanted.length) return true;
  }
  return false;
}
