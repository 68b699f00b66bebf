import type { JsonObject, JsonValue } from '../json/value.ts';
import { objectOf } from '../json/parse.ts';
import { literalOf, literalOr, splitTop } from './typeText.ts';

/** JSON Schema for a type name as datasets write them; `optional` and `default` where the name says so, `unknown` names allow anything. */
export type NamedType = { readonly schema: JsonObject; readonly optional: boolean; readonly unknown?: string; readonly default?: JsonValue };

const spellings: readonly (readonly [type: string, names: string])[] = [
  ['string', 'string str char character text varchar nvarchar enum literal bytes bytestring charsequence symbol regex uuid guid url uri email date time datetime localdate localdatetime zoneddatetime instant timedelta duration path filepath filename file image audio video binary base64 password phone html markdown xml csv sql id identifier locale currency country color colour'],
  ['integer', 'integer int long short byte bigint biginteger int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 unsigned'],
  ['number', 'number float double decimal bigdecimal numeric real float16 float32 float64 floating percentage percent'],
  ['boolean', 'boolean bool flag'],
  ['array', 'array list tuple sequence arraylist linkedlist queue deque stack vector collection iterable iterator ndarray series arr'],
  ['object', 'object dict dictionary map mapping hashmap hashtable linkedhashmap treemap record struct typeddict ordereddict defaultdict namedtuple basemodel model interface mutablemapping'],
  ['null', 'null none nonetype void undefined nil'],
];
const names: ReadonlyMap<string, string> = new Map(spellings.flatMap(([type, list]) => list.split(' ').map((name) => [name, type] as const)));
/** A set reads as an array whose order and doubles carry no meaning, as pydantic writes it. */
const sets = new Set(['set', 'frozenset', 'hashset', 'treeset', 'linkedhashset', 'abstractset', 'mutableset', 'readonlyset']);
/** Code, handles and values of several kinds: nothing to check. `json` may be a text or the value. */
const anything = new Set(['any', 'unknown', 'mixed', 'varies', 'various', 'variant', 'json', 'complex', 'timestamp', 'function', 'func', 'callable', 'callback', 'promise', 'element', 'node', 'class', 'dataframe', 't', 'value', 'primitive', 'scalar', '*', '...', '']);
const wrappers = new Set(['annotated', 'final', 'required', 'classvar', 'promise', 'partial', 'readonly', 'awaitable', 'type']);
const plainTypes: ReadonlyMap<string, NamedType> = new Map<string, NamedType>([
  ...[...names].map(([name, type]) => [name, { schema: typed(type), optional: false }] as const),
  ...[...sets].map((name) => [name, { schema: objectOf([['type', 'array'], ['uniqueItems', true]]), optional: false }] as const),
  ...[...anything].map((name) => [name, { schema: objectOf([]), optional: false }] as const),
]);
const deepest = 8;
const longest = 1000;
const longestPhrase = 80;
/** Readings that one name may cost: prose can be taken apart in very many ways. */
const mostReadings = 120;
let readings = 0;

/**
 * Reads the type names of JSON Schema, BFCL (`dict`, `float`, `tuple`, `any`), Java (`ArrayList<String>`, `int[]`), JavaScript
 * and TypeScript (`Bigint`, `Record<string, number>`, `"a" | "b"`), Python (`List[int]`, `Optional[str]`, `Literal["a"]`,
 * `int | None`) and xLAM (`str, optional`), and phrases (`list of strings`, `Date (yyyy-mm-dd)`). Case never matters.
 */
export function namedType(name: string, depth = 0): NamedType {
  const plain = plainType(name.trim());
  if (plain !== undefined) return plain;
  const text = name.trim().replace(/(?<![\s.;:])[\s.;:]+$/, '');
  readings = depth === 0 ? 0 : readings + 1;
  if (depth >= deepest || text.length > (/[[<{|]/.test(text) ? longest : longestPhrase) || readings > mostReadings) return unknownType(text);
  return annotated(text, depth) ?? alternatives(text, depth) ?? composed(text, depth) ?? phrase(text, depth) ?? unknownType(text);
}

function unknownType(text: string): NamedType {
  return { schema: objectOf([]), optional: false, unknown: text };
}

function plainType(text: string): NamedType | undefined {
  const lower = text.toLowerCase();
  return plainTypes.get(lower) ?? (lower.includes('.') ? plainTypes.get(/^[\w.$]+[.]([a-z]\w*)$/.exec(lower)?.[1] ?? 'no type') : undefined);
}

/** JSON's own name for a type that is named by a single word and says nothing more. */
export function simpleTypeName(name: string): string | undefined {
  return names.get(name) ?? names.get(name.toLowerCase());
}

/** `str, optional`, `int, default 5`, `string (required)`, `Date (yyyy-mm-dd)`, `string = "x"`, `string?`. */
function annotated(text: string, depth: number): NamedType | undefined {
  const parts = splitTop(text, ',');
  if (parts.length > 1 && parts.slice(1).every(isNote)) return noted(parts[0] ?? '', parts.slice(1), depth);
  const assigned = text.indexOf('=');
  const type = text.slice(0, Math.max(0, assigned));
  if (assigned > 0 && assigned < text.length - 1 && !/['"{]/.test(type)) return { ...namedType(type, depth + 1), optional: true, default: literalOr(text.slice(assigned + 1)) };
  const bracket = text.endsWith(')') ? text.lastIndexOf('(') : -1;
  if (bracket > 0 && /^[\w .[\]<>|]+$/.test(text.slice(0, bracket))) {
    const head = text.slice(0, bracket).trim();
    const note = text.slice(bracket + 1, -1);
    const outer = head.toLowerCase();
    if (outer === 'enum' || outer === 'literal') return literals(splitTop(note, ','));
    if (names.get(outer) === 'array' || sets.has(outer)) {
      const inner = arrayOf(note, depth, sets.has(outer));
      if (inner.unknown === undefined) return inner;
    }
    return noted(head, splitTop(note, ','), depth);
  }
  if (text.endsWith('?')) return { ...unionOf([text.slice(0, -1), 'null'], depth), optional: true };
  return undefined;
}

function isNote(part: string): boolean {
  return /^(optional|required|default\b.*|nullable)$/is.test(part);
}

function noted(head: string, notes: readonly string[], depth: number): NamedType {
  const inner = notes.some((note) => /^nullable$/i.test(note)) ? unionOf([head, 'null'], depth) : namedType(head, depth + 1);
  const given = notes.map((note) => /^default(?:s to|\s+is)?\s*[:=]?\s*(.+)$/is.exec(note)?.[1]).find((value) => value !== undefined);
  const isOptional = inner.optional || notes.some((note) => /^(optional|default)/i.test(note));
  return { ...inner, optional: isOptional, ...(given === undefined ? {} : { default: literalOr(given) }) };
}

function alternatives(text: string, depth: number): NamedType | undefined {
  const bars = splitTop(text, '|').filter((part) => part !== '');
  if (bars.length > 1) return bars.every((part) => literalOf(part) !== undefined) ? literals(bars) : unionOf(bars, depth);
  const words = text.split(/\s+or\s+|\s*\/\s*/i);
  if (words.length > 1 && words.length < 8) {
    const union = unionOf(words, depth);
    if (union.unknown === undefined) return union;
  }
  return /^(["']).*\1$/s.test(text) ? literals([text]) : undefined;
}

function composed(text: string, depth: number): NamedType | undefined {
  const suffix = /^(.+)\[\d*\]$/s.exec(text);
  if (suffix !== null) return javaArray(suffix[1] ?? '', depth);
  const generic = /^(?:[\w$]+\.)*([A-Za-z_]+)\s*[[<](.*)[\]>]$/s.exec(text);
  if (generic !== null) return genericType(generic[1] ?? '', generic[2] ?? '', depth);
  if (/^(?:object|dict)?\s*\{/i.test(text) && text.endsWith('}')) return inlineObject(text.slice(text.indexOf('{') + 1, -1), depth);
  return undefined;
}

/** Bytes and characters in arrays are as often written as one text. */
function javaArray(inner: string, depth: number): NamedType {
  const array = arrayOf(inner, depth);
  return /^(byte|char)$/i.test(inner.trim()) ? { schema: objectOf([['type', ['array', 'string']]]), optional: false } : array;
}

function genericType(name: string, inner: string, depth: number): NamedType {
  const outer = name.toLowerCase();
  if (outer === 'optional' || outer === 'nullable') return { ...unionOf([inner, 'null'], depth), optional: true };
  if (outer === 'notrequired') return { ...namedType(inner, depth + 1), optional: true };
  if (outer === 'union' || outer === 'oneof' || outer === 'anyof') return unionOf(splitTop(inner, ','), depth);
  if (outer === 'literal' || outer === 'enum') return literals(splitTop(inner, ','));
  if (outer === 'tuple') {
    const members = splitTop(inner, ',').filter((part) => part !== '...');
    return new Set(members).size === 1 ? arrayOf(members[0] ?? '', depth) : { schema: typed('array'), optional: false };
  }
  if (wrappers.has(outer)) return namedType(splitTop(inner, ',')[0] ?? '', depth + 1);
  if (sets.has(outer) || names.get(outer) === 'array') return arrayOf(inner, depth, sets.has(outer));
  if (names.get(outer) === 'object') {
    const values = namedType(splitTop(inner, ',')[1] ?? 'any', depth + 1);
    return { ...values, schema: objectOf([['type', 'object'], ['additionalProperties', values.schema]]), optional: false };
  }
  // A bound or a unit in brackets (`float[0,1]`, `string<date>`) says more than can be checked.
  return plainType(name) ?? { schema: objectOf([]), optional: false, unknown: name };
}

/** `{ city: string; days?: number }`. Members without types (`Object{results, total}`) and prose leave an object of any kind. */
function inlineObject(inner: string, depth: number): NamedType {
  const separator = splitTop(inner, ';').length > 1 ? ';' : ',';
  const members = splitTop(inner, separator).filter((part) => part !== '').map((part) => /^["']?([\w$-]+)["']?(\?)?\s*:\s*(.+)$/s.exec(part));
  const known = members.flatMap((member) => {
    const type = member === null ? undefined : namedType(member[3] ?? '', depth + 1);
    return type === undefined || type.unknown !== undefined ? [] : [{ name: member?.[1] ?? '', isOptional: member?.[2] === '?' || type.optional, type }];
  });
  if (known.length === 0 || known.length < members.length) return { schema: typed('object'), optional: false };
  const required = known.filter((member) => !member.isOptional).map((member) => member.name);
  return { schema: objectOf([['type', 'object'], ['properties', objectOf(known.map((member) => [member.name, member.type.schema]))], ...(required.length > 0 ? ([['required', required]] as const) : [])]), optional: false };
}

const containerPhrase = /^(?:an?\s+|the\s+)?(list|array|arraylist|tuple|set|sequence|collection)\s+(?:of|containing)\s+(?:the\s+)?(.+)$/is;
const filler = /^(?:an?|the|single|valid|positive|negative|non-negative|non-empty|unsigned|signed|long|whole|floating[- ]point|json|python|java|iso|url|unix|comma[- ]separated|key[- ]value)\s+/i;

/** `array of strings`, `a positive integer`, `string value`. */
function phrase(text: string, depth: number): NamedType | undefined {
  const container = containerPhrase.exec(text);
  if (container !== null) return arrayOf(container[2] ?? '', depth, (container[1] ?? '').toLowerCase() === 'set');
  const shorter = text.replace(filler, '');
  if (shorter !== text) return known(shorter, depth);
  const tail = /[\s-](?:values?|type|enum|number|string|object|format|literal|pairs?)$/i.exec(text);
  if (tail !== null) {
    // `String Enum` is a string; `number string` is one too.
    const last = /\bstring$/i.test(text) ? known('string', depth) : undefined;
    const read = last ?? known(text.slice(0, tail.index), depth);
    if (read !== undefined) return read;
  }
  return /[a-z]s$/i.test(text) && /^[\w$]+$/.test(text) ? known(text.replace(/ies$/i, 'y').replace(/s$/i, ''), depth) : undefined;
}

function known(text: string, depth: number): NamedType | undefined {
  const read = namedType(text, depth + 1);
  return read.unknown === undefined ? read : undefined;
}

function literals(parts: readonly string[]): NamedType {
  const values: JsonValue[] = parts.map((part) => literalOr(part));
  return { schema: objectOf([['enum', values]]), optional: false };
}

function arrayOf(inner: string, depth: number, isSet = false): NamedType {
  const items = namedType(inner, depth + 1);
  return { ...items, schema: objectOf([['type', 'array'], ['items', items.schema], ...(isSet ? ([['uniqueItems', true]] as const) : [])]), optional: false };
}

function unionOf(parts: readonly string[], depth: number): NamedType {
  const read = parts.map((part) => {
    const value = /^["'\d-]/.test(part) ? literalOf(part) : undefined;
    return value === undefined ? namedType(part, depth + 1) : literals([part]);
  });
  const unknown = read.find((part) => part.unknown !== undefined)?.unknown;
  return {
    schema: read.some((part) => Object.keys(part.schema).length === 0) ? objectOf([]) : objectOf([['anyOf', read.map((part) => part.schema)]]),
    optional: read.some((part) => part.optional) || parts.some((part) => part.trim() === 'undefined'),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function typed(type: string): JsonObject {
  return objectOf([['type', type]]);
}
