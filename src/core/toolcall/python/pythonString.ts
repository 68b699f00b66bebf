/** A string literal of Python source. `prefix` is in lower case; of an f-string, `value` is the text with its braces as written. */
export type PythonString = { readonly ok: true; readonly end: number; readonly value: string; readonly prefix: string; readonly rawNewline: boolean };
export type PythonFailure = { readonly ok: false; readonly message: string; readonly offset: number };

export type PythonStringOptions = {
  /** Takes a line break inside of single quotes for part of the string, which Python does not. */
  readonly newlines?: boolean;
};

const prefixes: ReadonlySet<string> = new Set(['', 'r', 'u', 'b', 'f', 'br', 'rb', 'fr', 'rf']);
const simpleEscapes: Readonly<Record<string, string>> = { '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\n': '' };

/** Reads the one string literal that starts at `at`, prefix included; undefined where none starts. Linear in the literal's length. */
export function readPythonString(text: string, at: number, options: PythonStringOptions = {}): PythonString | PythonFailure | undefined {
  let open = at;
  while (open < at + 2 && isPrefixLetter(text.charCodeAt(open))) open += 1;
  const quote = text[open];
  if (quote !== '"' && quote !== "'") return undefined;
  const prefix = text.slice(at, open).toLowerCase();
  if (!prefixes.has(prefix)) return undefined;
  const triple = text.startsWith(quote.repeat(3), open);
  return readBody(text, { at, from: open + (triple ? 3 : 1), close: triple ? quote.repeat(3) : quote, prefix, newlines: triple || options.newlines === true });
}

type Opened = { readonly at: number; readonly from: number; readonly close: string; readonly prefix: string; readonly newlines: boolean };

function readBody(text: string, opened: Opened): PythonString | PythonFailure {
  const { from, close, prefix } = opened;
  const raw = prefix.includes('r');
  const quoteCode = close.charCodeAt(0);
  const parts: string[] = [];
  let copied = from;
  let rawNewline = false;
  let at = from;
  for (; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === quoteCode && (close.length === 1 || text.startsWith(close, at))) {
      parts.push(text.slice(copied, at));
      return { ok: true, end: at + close.length, value: parts.join(''), prefix, rawNewline: rawNewline && close.length === 1 };
    }
    if (code === 0x0a) {
      if (!opened.newlines) return { ok: false, message: 'a string is not closed on its line', offset: opened.at };
      rawNewline = true;
    }
    if (code !== 0x5c) at += 1;
    else if (raw) at += 2;
    else {
      const escape = readEscape(text, at, prefix.includes('b'));
      if (escape === undefined) return { ok: false, message: 'an escape sequence is not valid', offset: at };
      if (escape.value !== undefined) {
        parts.push(text.slice(copied, at), escape.value);
        copied = at + escape.length;
      }
      at += escape.length;
    }
  }
  return { ok: false, message: 'the text ends inside of a string', offset: text.length };
}

type Escape = { readonly length: number; readonly value: string | undefined };

/** An escape sequence at a backslash; `value` is undefined where Python keeps the text as it stands; undefined where Python refuses it. */
function readEscape(text: string, at: number, bytes: boolean): Escape | undefined {
  const letter = text[at + 1];
  if (letter === undefined) return { length: 1, value: undefined };
  if (Object.hasOwn(simpleEscapes, letter)) return { length: 2, value: simpleEscapes[letter] ?? '' };
  if (letter >= '0' && letter <= '7') {
    let length = 2;
    while (length < 4 && (text[at + length] ?? '') >= '0' && (text[at + length] ?? '') <= '7') length += 1;
    return { length, value: String.fromCharCode(parseInt(text.slice(at + 1, at + length), 8)) };
  }
  if (letter === 'x') return hexEscape(text, at, 2);
  if (letter === 'u' && !bytes) return hexEscape(text, at, 4);
  if (letter === 'U' && !bytes) return hexEscape(text, at, 8);
  return { length: 2, value: undefined };
}

function hexEscape(text: string, at: number, digits: number): Escape | undefined {
  const hex = text.slice(at + 2, at + 2 + digits);
  if (hex.length < digits || !isHex(hex)) return undefined;
  const code = parseInt(hex, 16);
  return code > 0x10ffff ? undefined : { length: 2 + digits, value: String.fromCodePoint(code) };
}

function isHex(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i) | 0x20;
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

function isPrefixLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower === 0x72 || lower === 0x62 || lower === 0x75 || lower === 0x66;
}
