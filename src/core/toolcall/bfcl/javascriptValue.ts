import { objectOf } from '../../json/parse.ts';
import type { JsonValue } from '../../json/value.ts';
import { end, inner, isQuoted, isSpace, skipSpace, space, strip } from '../pythonModel/pythonText.ts';
import { parsePythonFloat, parsePythonInt } from '../pythonModel/pythonValue.ts';
import { ReferenceFault } from './referenceFault.ts';

const whole = new RegExp(`^-?\\p{Nd}+${end}`, 'u');
const decimal = new RegExp(`^-?\\p{Nd}+(?:\\.\\p{Nd}+)?${end}`, 'u');
const bigint = new RegExp(`^-?\\p{Nd}+n${end}`, 'u');
const newArray = new RegExp(`^new${space}+Array\\(`, 'u');

/**
 * The value of a JavaScript expression given as text, by its declared type; the text itself where it is no literal of that
 * type (BFCL `js_type_converter`).
 */
export function javascriptValue(text: string, type: string, memberType?: string): JsonValue {
  switch (type) {
    case 'String':
      return isQuoted(text, '"') || isQuoted(text, "'") ? inner(text) : text;
    case 'integer':
      return whole.test(text) ? orRaise(parsePythonInt(text)) : text;
    case 'float':
      return decimal.test(text) ? orRaise(parsePythonFloat(text)) : text;
    case 'Bigint': // With a line feed after the `n` the reference raises.
      return bigint.test(text) ? orRaise(parsePythonInt(text.slice(0, -1))) : text;
    case 'Boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'dict':
      return javascriptObject(strip(text));
    case 'array':
      return javascriptArray(strip(text), memberType);
    case 'any':
      return text;
    default:
      throw new ReferenceFault(`no conversion of ${type}`);
  }
}

function orRaise(value: JsonValue | undefined): JsonValue {
  if (value === undefined) throw new ReferenceFault('no number that Python reads');
  return value;
}

/** An array of arrays is read without types, and so are members that are not declared; what cannot be read stays text. */
function javascriptArray(code: string, memberType: string | undefined): JsonValue {
  const nested = nestedArrayEnd(code);
  if (nested !== -1) return nestedMembers(code.slice(0, nested));
  const body = /^\[([^\n]*?)\]/u.exec(code)?.[1] ?? new RegExp(`${newArray.source}([^\\n]*?)\\)`, 'u').exec(code)?.[1];
  if (body === undefined) return code;
  const members = strip(body) === '' ? [] : strip(body).split(',').map(strip);
  if (memberType === undefined) return members.map(untypedValue);
  try {
    return members.map((member) => javascriptValue(member, memberType, member.startsWith("'") || member.startsWith('"') ? 'String' : undefined));
  } catch (error) {
    if (error instanceof ReferenceFault) return code;
    throw error;
  }
}

function nestedMembers(code: string): JsonValue {
  return [...code.matchAll(/\[([^\n]*?)\]/gu)].map((match, index) => {
    const body = strip(match[1] ?? '');
    const members = index === 0 && body.startsWith('[') ? body.slice(1) : body;
    return members.split(',').map((member) => untypedValue(strip(member)));
  });
}

/**
 * Where an array of arrays that starts the text ends; -1 where there is none. An inner array ends at the first `]` from
 * which the rest can be read, which is found from the back: trying every one, as a pattern does, takes exponential time.
 */
function nestedArrayEnd(code: string): number {
  const start = code.startsWith('[') ? 1 : (newArray.exec(code)?.[0].length ?? -1);
  if (start === -1) return -1;
  const first = skipSpace(code, start);
  if (code[first] !== '[') return -1;
  const close = start === 1 && code.startsWith('[') ? ']' : ')';
  // ends[i]: where the outer array ends when an inner one has just been closed before i. inside[i]: the same within an inner one.
  const ends = new Int32Array(code.length + 2).fill(-1);
  const inside = new Int32Array(code.length + 2).fill(-1);
  for (let at = code.length - 1; at > first; at -= 1) {
    const character = code[at];
    if (isSpace(character)) ends[at] = ends[at + 1] ?? -1;
    else if (character === close) ends[at] = at + 1;
    else if (character === ',') {
      const next = skipSpace(code, at + 1);
      if (code[next] === '[') ends[at] = inside[next + 1] ?? -1;
    }
    if (character === ']' && (ends[at + 1] ?? -1) !== -1) inside[at] = ends[at + 1] ?? -1;
    else if (character !== '\n') inside[at] = inside[at + 1] ?? -1;
  }
  return inside[first + 1] ?? -1;
}

/** Only up to the first `}`, as the reference reads it: objects in objects are beyond it. */
function javascriptObject(code: string): JsonValue {
  if (code === '{}') return objectOf([]);
  const content = /^\{([^\n]*?)\}/u.exec(code)?.[1];
  if (content === undefined) return code;
  return objectOf(pairsOf(content).map(([key, value]) => [stripQuotes(strip(key)), memberValue(strip(value))]));
}

function memberValue(text: string): JsonValue {
  if (text.startsWith('[') && text.endsWith(']')) return javascriptArray(text, undefined);
  if (text.startsWith('{') && text.endsWith('}')) return javascriptObject(text);
  return untypedValue(stripQuotes(text));
}

/** `key: value` pairs: a value ends at a comma after which a colon comes before the next comma, or at the end. */
function pairsOf(content: string): [key: string, value: string][] {
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < content.length) {
    const colon = content.indexOf(':', at);
    if (colon === -1) break;
    if (colon === at) {
      at += 1;
      continue;
    }
    const from = skipSpace(content, colon + 1);
    const [to, next] = valueEnd(content, from);
    pairs.push([content.slice(at, colon), content.slice(from, to)]);
    at = next;
  }
  return pairs;
}

/** Where the value that starts at `from` ends, and where the next key starts. */
function valueEnd(content: string, from: number): [to: number, next: number] {
  for (let comma = content.indexOf(',', from); comma !== -1; comma = content.indexOf(',', comma + 1)) {
    const key = skipSpace(content, comma + 1);
    const following = content.indexOf(',', key);
    const lastColon = key + content.slice(key, following === -1 ? undefined : following).lastIndexOf(':');
    if (lastColon > key) return [comma, key];
    // A key has at least one character; a blank before the colon serves.
    if (content[key] === ':' && key > comma + 1) return [comma, key - 1];
  }
  return [content.length, content.length];
}

function stripQuotes(text: string): string {
  return text.replace(/^['"]+/, '').replace(/['"]+$/, '');
}

function untypedValue(given: string): JsonValue {
  const text = strip(given);
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (isQuoted(text, '"') || isQuoted(text, "'")) return inner(text);
  return parsePythonInt(text) ?? parsePythonFloat(text) ?? text;
}
