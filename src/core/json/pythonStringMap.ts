import { StringMap, type LiteralReading, type Span } from './stringMap.ts';

/**
 * The map of a Python string literal whose value is `value`. Undefined where offsets have no one place: literals that stand
 * side by side, in parentheses, with a prefix that changes their meaning, or with names of characters.
 */
export function pythonStringMap(text: string, literal: Span, value: string, parent?: StringMap): StringMap | undefined {
  const opening = /^[uU]?('''|"""|'|")/.exec(text.slice(literal.start, literal.start + 4));
  const quotes = opening?.[1];
  if (opening === null || quotes === undefined) return undefined;
  const reading = readPythonLiteral(text, literal.start + opening[0].length, literal.end - quotes.length, quotes);
  return reading?.value === value ? new StringMap(text, literal, parent, reading) : undefined;
}

/** A string as a Python literal in the quotes given, or in the other ones where that saves escapes, as `repr` chooses them. */
export function writePythonString(value: string, preferred: "'" | '"' = "'", ascii = false): string {
  const other = preferred === "'" ? '"' : "'";
  const quote = value.includes(preferred) && !value.includes(other) ? other : preferred;
  return quote + escapePython(value, quote, ascii) + quote;
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([['n', '\n'], ['r', '\r'], ['t', '\t'], ['a', '\u0007'], ['b', '\b'], ['f', '\f'], ['v', '\v'], ['\\', '\\'], ["'", "'"], ['"', '"'], ['\n', '']]);
const numberEscape = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})/y;

function readPythonLiteral(text: string, contentStart: number, end: number, quotes: string): (LiteralReading & { readonly value: string }) | undefined {
  const decodedAfter: number[] = [];
  const sourceAfter: number[] = [];
  let value = '';
  let position = contentStart;
  let escapesNonAscii = false;
  for (let at = text.indexOf('\\', contentStart); at >= 0 && at < end; at = text.indexOf('\\', position)) {
    value += text.slice(position, at);
    const escape = readEscape(text, at);
    if (escape === undefined) return undefined;
    value += escape.value;
    position = at + escape.length;
    if (escape.value.charCodeAt(0) >= 0x80) escapesNonAscii = true;
    decodedAfter.push(value.length);
    sourceAfter.push(position);
  }
  value += text.slice(position, end);
  const ascii = escapesNonAscii && !/[\u0080-\uffff]/.test(text.slice(contentStart, end));
  return { contentStart, decodedAfter, sourceAfter, value, encode: (decoded) => escapePython(decoded, quotes, ascii) };
}

function readEscape(text: string, at: number): { readonly length: number; readonly value: string } | undefined {
  const character = text.charAt(at + 1);
  const simple = simpleEscapes.get(character);
  if (simple !== undefined) return { length: 2, value: simple };
  if (character === 'N') return undefined;
  numberEscape.lastIndex = at + 1;
  const match = numberEscape.exec(text);
  // Python leaves what is no escape sequence as it stands.
  if (match === null) return { length: 1, value: '\\' };
  const code = match[4] === undefined ? parseInt(match[1] ?? match[2] ?? match[3] ?? '', 16) : parseInt(match[4], 8);
  return code > 0x10ffff ? undefined : { length: 1 + match[0].length, value: String.fromCodePoint(code) };
}

function escapePython(value: string, quotes: string, ascii: boolean): string {
  const quote = quotes.charAt(0);
  let escaped = '';
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\' || character === quote) escaped += `\\${character}`;
    else if (character === '\n') escaped += '\\n';
    else if (character === '\r') escaped += '\\r';
    else if (character === '\t') escaped += '\\t';
    else if (code < 0x20 || code === 0x7f) escaped += `\\x${hex(code, 2)}`;
    else if (code >= 0xd800 && code <= 0xdfff) escaped += `\\u${hex(code, 4)}`;
    else if (ascii && code >= 0x80) escaped += code > 0xffff ? `\\U${hex(code, 8)}` : code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
    else escaped += character;
  }
  return escaped;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
