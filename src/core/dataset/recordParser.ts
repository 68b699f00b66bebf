import { parseJson, type ParsedJson } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';

/** Shorter parts are parsed faster than found. */
const leastCharacters = 200;
/** Parts are slices of the records that they came with, and keep these in memory. */
const mostCharacters = 8_000_000;
const mostAlike = 64;
/** Where fewer than one record in four repeats the part of another, looking for it does not pay. */
const trial = 2048;
const leastHits = 4;

/**
 * Parses the records of a file as `parseJson` does, and parses a part that many of them share (the tools at their end, an
 * instruction at their start) only once. Values of such a part are one object in all records: nobody changes them.
 */
export class RecordParser {
  private readonly first = new SharedMember('first');
  private readonly last = new SharedMember('last');

  parse(text: string): ParsedJson {
    const shared = this.first.parse(text) ?? this.last.parse(text);
    if (shared !== undefined) return shared;
    const parsed = parseJson(text);
    if (parsed.ok && parsed.warnings.length === 0 && isJsonObject(parsed.value)) {
      this.first.learn(text, parsed.value);
      this.last.learn(text, parsed.value);
    }
    return parsed;
  }
}

/** A part of a text with whole members in it: from `{` to before the second key, or from a key to the end. */
type Part = { readonly text: string; readonly key: string; readonly value: JsonValue; readonly more: readonly (readonly [string, JsonValue])[] };

/**
 * Remembers the first member of records, or the last long one with what follows it. Why a known part may be left out of the parsing: what comes before a
 * place in a JSON text and what comes after it meet in nothing but the parser's state there. If a text is JSON with another
 * member of the same key put in the place of the part, then the state at the seam is that of the top-level object, before or
 * behind a member of it (within a string, the quote of a key would end that string, and no JSON goes on so), and the text
 * with the part itself is JSON as well: the same object but for the value of that member.
 */
class SharedMember {
  /** By `sketch`. */
  private parts = new Map<number, Part[]>();
  private characters = 0;
  private asked = 0;
  private hits = 0;
  private off = false;
  /** The key that the part ends before or starts with, as it was with the last record. */
  private seam = '';

  constructor(private readonly which: 'first' | 'last') {}

  /** Undefined where the text has no known part. */
  parse(text: string): ParsedJson | undefined {
    if (this.off || this.seam === '') return undefined;
    const at = text.indexOf(this.seam);
    // An escaped quote starts no key.
    const part = at <= 0 || text.charCodeAt(at - 1) === 0x5c ? undefined : this.known(text, at);
    if (part === undefined) return undefined;
    const parsed = parseJson(this.which === 'first' ? `{"${part.key}":null,${text.slice(at)}` : `${text.slice(0, at)}"${part.key}":null}`);
    // Errors and warnings are told with their places in the whole text.
    if (!parsed.ok || parsed.warnings.length > 0 || !isJsonObject(parsed.value)) return undefined;
    const record: { [key: string]: JsonValue } = parsed.value; // Made here, so that it may be completed here.
    for (const [key] of part.more) if (Object.hasOwn(record, key)) return undefined;
    this.hits += 1;
    record[part.key] = part.value;
    for (const [key, value] of part.more) record[key] = value;
    return parsed;
  }

  private known(text: string, at: number): Part | undefined {
    this.asked += 1;
    if (this.asked % trial === 0) {
      this.off = this.hits * leastHits < this.asked;
      if (this.off) this.parts.clear();
    }
    const [start, end] = this.which === 'first' ? [0, at] : [at, text.length];
    const alike = this.parts.get(sketch(text, start, end));
    if (alike === undefined) return undefined;
    const part = text.slice(start, end);
    return alike.find((one) => one.text === part);
  }

  /** `value` is what the whole text was parsed to. */
  learn(text: string, value: JsonObject): void {
    if (this.off) return;
    const keys = Object.keys(value);
    // Keys like `1` stand first in an object wherever the text has them.
    if (!keys.every(isPlainKey)) return;
    const place = this.which === 'first' ? 0 : keys.findLastIndex((key) => isLong(value[key]));
    const key = keys[place];
    const seamKey = this.which === 'first' ? keys[1] : key;
    // What stands first and is a list is the dialogue, which no two records share.
    if (key === undefined || seamKey === undefined || (this.which === 'first' && typeof value[key] !== 'string')) return;
    this.seam = `"${seamKey}":`;
    const at = text.indexOf(this.seam);
    const part = this.which === 'first' ? text.slice(0, at) : text.slice(at);
    if (at < 0 || part.length < leastCharacters) return;
    // The key may have been met somewhere deeper.
    const seen = parseJson(`${text.slice(0, at)}"${seamKey}":null}`);
    if (!seen.ok || !isJsonObject(seen.value) || !Object.hasOwn(seen.value, seamKey) || Object.keys(seen.value).length !== (this.which === 'first' ? 2 : place + 1)) return;
    const more = this.which === 'first' ? [] : keys.slice(place + 1).map((one) => [one, value[one] ?? null] as const);
    this.keep({ text: part, key, value: value[key] ?? null, more }, text.length);
  }

  private keep(part: Part, characters: number): void {
    this.characters += characters;
    if (this.characters > mostCharacters) {
      this.parts = new Map();
      this.characters = characters;
    }
    const key = sketch(part.text, 0, part.text.length);
    const alike = this.parts.get(key);
    if (alike === undefined) this.parts.set(key, [part]);
    else if (alike.length < mostAlike) alike.push(part);
    else alike[this.asked % mostAlike] = part;
  }
}

/** A number that tells most parts apart: made of their length and of some of their characters. */
function sketch(text: string, start: number, end: number): number {
  const step = Math.max(1, Math.floor((end - start) / 128));
  let hash = end - start;
  for (let at = start; at < end; at += step) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

function isLong(value: JsonValue | undefined): boolean {
  return typeof value === 'string' ? value.length >= leastCharacters : typeof value === 'object' && value !== null;
}

function isPlainKey(key: string): boolean {
  return /^[A-Za-z]\w*$/.test(key);
}
