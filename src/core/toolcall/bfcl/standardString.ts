/** What the checker takes out of every string before it compares: blanks and `,./-_*^`. */
const dropped = /[ ,./\-_*^]/g;

/** BFCL's `standardize_string`: without blanks and some punctuation, in lower case, single quotes made double. */
export function standardString(text: string): string {
  return text.replace(dropped, '').toLowerCase().replace(/'/g, '"');
}

/** For each ASCII code what stands in its place; `none` for what is dropped. */
const none = 255;
const folded = Uint8Array.from({ length: 128 }, (_, code) => {
  const text = standardString(String.fromCharCode(code));
  return text === '' ? none : text.charCodeAt(0);
});

/** Whether two strings are the same once standardised. Walks both at once, so that ASCII texts need no copies. */
export function sameStandardString(a: string, b: string): boolean {
  if (a === b) return true;
  let i = 0;
  let j = 0;
  for (;;) {
    let left = none;
    while (i < a.length && left === none) {
      const code = a.charCodeAt(i);
      if (code > 127) return standardString(a) === standardString(b);
      left = folded[code] ?? none;
      i += 1;
    }
    let right = none;
    while (j < b.length && right === none) {
      const code = b.charCodeAt(j);
      if (code > 127) return standardString(a) === standardString(b);
      right = folded[code] ?? none;
      j += 1;
    }
    if (left !== right) return false;
    if (left === none) return true;
  }
}
