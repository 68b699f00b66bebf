import type { Message, Sample } from '../../dataset/sample.ts';
import { isJsonArray } from '../../json/member.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import { enumOf } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from './declaredDefault.ts';
import { impliesNumber } from './impliedNumbers.ts';
import { saysByAnotherName } from './otherNames.ts';
import { RequestText } from './requestText.ts';
import { isTextSaid } from './said.ts';

/** Words of a message around a value: `match` as they stand there, from the UTF-16 offset `start` of the message's text on. */
export type Quotation = { readonly before: string; readonly match: string; readonly after: string; readonly start: number };

/**
 * Where a text, number or constant of an argument comes from. `message` is 0-based; without a quotation the message says it in
 * other words. `derivable`: another unit, a sum, a count of what is said; `otherName`: a code or a short form of it.
 */
export type Provenance = { readonly value: JsonValue } & (
  | { readonly kind: 'said'; readonly message: number; readonly quotation?: Quotation }
  | { readonly kind: 'default' | 'derivable' | 'otherName' | 'listed' | 'unknown' }
);

const mostParts = 8;
const deepest = 8;

/** Where each text, number and constant in a value comes from, the first eight of them; `schema` is the argument's. */
export function provenanceOf(value: JsonValue, schema: JsonObject | undefined, { messages }: Pick<Sample, 'messages'>): readonly Provenance[] {
  const parts: JsonValue[] = [];
  collect(value, parts, 0);
  return parts.slice(0, mostParts).map((part) => originOf(part, schema, messages));
}

function collect(value: JsonValue, into: JsonValue[], depth: number): void {
  if (into.length >= mostParts || depth > deepest) return;
  if (isJsonArray(value)) for (const item of value) collect(item, into, depth + 1);
  else if (isJsonObject(value)) for (const member of Object.values(value)) collect(member, into, depth + 1);
  else into.push(value);
}

/** Where one text, number or constant comes from. */
export function originOf(value: JsonValue, schema: JsonObject | undefined, messages: readonly Message[]): Provenance {
  // What the system says comes last: it often holds the tools' definitions.
  const isSpoken = ({ role }: Message): boolean => role !== 'system';
  const quoted = quotedIn(value, messages, isSpoken);
  if (quoted !== undefined) return quoted;
  const byDefault = declaredDefault(schema);
  const isDefault = byDefault !== undefined && saysTheSame(byDefault, value);
  const inOtherWords = saidIn(value, messages);
  if (inOtherWords !== undefined) return inOtherWords;
  if (isDefault) return { kind: 'default', value };
  const request = new RequestText(messages.filter(isSpoken));
  if (typeof value === 'number' || value instanceof JsonNumber) {
    const number = Number(value);
    if (request.derivesNumber(number) || impliesNumber(number, request.folded) || request.counts(number)) return { kind: 'derivable', value };
  } else if (typeof value === 'string' && value !== '') {
    if (isTextSaid(value, request)) return { kind: 'derivable', value };
    if (saysByAnotherName(value, request)) return { kind: 'otherName', value };
  }
  if (enumOf(schema).some((member) => saysTheSame(member, value))) return { kind: 'listed', value };
  return quotedIn(value, messages, (message) => !isSpoken(message)) ?? { kind: 'unknown', value };
}

/** The last message of a user that has the value in its letters, else the last one of anybody. */
function quotedIn(value: JsonValue, messages: readonly Message[], takes: (message: Message) => boolean): Provenance | undefined {
  const find = finderOf(value);
  if (find === undefined) return undefined;
  const order = [...messages.keys()].reverse().sort((a, b) => Number(messages[b]?.role === 'user') - Number(messages[a]?.role === 'user'));
  for (const message of order) {
    const one = messages[message];
    if (one === undefined || !takes(one)) continue;
    const { content } = one;
    const at = find(content);
    if (at !== undefined) return { kind: 'said', value, message, quotation: quotation(content, at.start, at.end) };
  }
  return undefined;
}

function saidIn(value: JsonValue, messages: readonly Message[]): Provenance | undefined {
  for (const message of [...messages.keys()].reverse()) {
    const one = messages[message];
    if (one === undefined || one.role === 'system') continue;
    const request = new RequestText([one]);
    const isSaid = typeof value === 'string' ? value.trim() !== '' && isTextSaid(value, request) : (typeof value === 'number' || value instanceof JsonNumber) && request.saysNumber(Number(value));
    if (isSaid) return { kind: 'said', value, message };
  }
  return undefined;
}

type Finder = (content: string) => { readonly start: number; readonly end: number } | undefined;

function finderOf(value: JsonValue): Finder | undefined {
  if (typeof value === 'string' && value.trim() !== '') {
    const wanted = value.trim();
    const lower = wanted.toLowerCase();
    return (content) => wordAt(content, wanted) ?? wordAt(content.toLowerCase().length === content.length ? content.toLowerCase() : content, lower);
  }
  if (typeof value !== 'number' && !(value instanceof JsonNumber)) return undefined;
  const digits = typeof value === 'number' ? String(value) : value.raw;
  return (content) => {
    const match = new RegExp(String.raw`(?<![\d.,])${digits.replaceAll(/[.+]/g, String.raw`\$&`)}(?!\d|[.,]\d)`).exec(content);
    return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
  };
}

/** The first place where a text stands as whole words, else none. */
function wordAt(content: string, wanted: string): { readonly start: number; readonly end: number } | undefined {
  for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    const joinsBefore = /\w/.test(wanted.charAt(0)) && /\w/.test(content.charAt(at - 1));
    const joinsAfter = /\w/.test(wanted.charAt(wanted.length - 1)) && /\w/.test(content.charAt(end));
    if (!joinsBefore && !joinsAfter) return { start: at, end };
  }
  return undefined;
}

const around = 40;

function quotation(content: string, start: number, end: number): Quotation {
  return {
    before: `${start > around ? '…' : ''}${content.slice(Math.max(0, start - around), start)}`,
    match: content.slice(start, end),
    after: `${content.slice(end, end + around)}${end + around < content.length ? '…' : ''}`,
    start,
  };
}
