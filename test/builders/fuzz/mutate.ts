import { isJsonArray } from '../../../src/core/json/member.ts';
import { objectOf, parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson, stringifySpaced } from '../../../src/core/json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import type { Rng } from '../../../src/core/random/rng.ts';
import { deepValue, hostileKey, hostileScalar, hostileText, hostileValue, tokens } from './hostile.ts';

/** The value with so many changes somewhere in it: none leaves what JSON can say. */
export function mutated(rng: Rng, value: JsonValue, changes: number): JsonValue {
  let result = value;
  for (let count = 0; count < changes; count++) result = mutatedOnce(rng, result);
  return result;
}

function mutatedOnce(rng: Rng, value: JsonValue): JsonValue {
  if (isJsonArray(value) && value.length > 0 && rng.chance(0.85)) {
    const at = rng.int(value.length);
    return value.map((item, index) => (index === at ? mutatedOnce(rng, item) : item));
  }
  if (isJsonObject(value) && rng.chance(0.85)) {
    const members = Object.entries(value);
    const at = rng.int(Math.max(1, members.length));
    return objectOf(members.map(([key, member], index) => [key, index === at ? mutatedOnce(rng, member) : member]));
  }
  if (isJsonArray(value) && rng.chance(0.6)) return mutatedList(rng, value);
  if (isJsonObject(value) && rng.chance(0.6)) return objectOf(mutatedMembers(rng, Object.entries(value)));
  if (typeof value === 'string' && rng.chance(0.7)) return mutatedString(rng, value);
  return replaced(rng, value);
}

function mutatedList(rng: Rng, list: readonly JsonValue[]): JsonValue {
  const at = rng.int(Math.max(1, list.length));
  switch (rng.int(5)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, ...list.slice(at, at + 1));
    case 2:
      return list.toSpliced(at, 0, hostileValue(rng));
    case 3:
      return rng.shuffle(list);
    default:
      return list.length > 50 ? list.slice(0, 3) : Array.from({ length: rng.between(2, 60) }, () => list[at] ?? null);
  }
}

function mutatedMembers(rng: Rng, members: readonly [string, JsonValue][]): readonly [string, JsonValue][] {
  const at = rng.int(Math.max(1, members.length));
  const [key, value] = members[at] ?? ['a', null];
  switch (rng.int(5)) {
    case 0:
      return members.toSpliced(at, 1);
    case 1:
      return members.toSpliced(at, 1, [hostileKey(rng), value]);
    case 2:
      return [...members, [hostileKey(rng), hostileValue(rng)]];
    case 3:
      return members.toSpliced(at, 1, [`${key}${hostileKey(rng)}`, value]);
    default:
      return [...members, [hostileKey(rng), value]];
  }
}

/** JSON inside of a string is changed as JSON now and then, so that readers get past it. */
function mutatedString(rng: Rng, text: string): JsonValue {
  if (rng.chance(0.6) && /^\s*[{[]/.test(text)) {
    const parsed = parseJson(text);
    if (parsed.ok) {
      const changed = mutatedOnce(rng, parsed.value);
      return rng.chance(0.1) ? changed : rng.chance(0.5) ? stringifyJson(changed) : stringifySpaced(changed);
    }
  }
  return mutatedText(rng, text, rng.between(1, 3));
}

function replaced(rng: Rng, value: JsonValue): JsonValue {
  switch (rng.int(7)) {
    case 0:
      return [value];
    case 1:
      return objectOf([[hostileKey(rng), value]]);
    case 2:
      return stringifyJson(value);
    case 3:
      return rng.chance(0.1) ? deepValue(rng, rng.between(100, 400)) : hostileScalar(rng);
    case 4:
      return null;
    default:
      return hostileValue(rng);
  }
}

export function mutatedText(rng: Rng, text: string, changes: number): string {
  let result = text;
  for (let count = 0; count < changes; count++) {
    const at = rng.int(result.length + 1);
    const to = Math.min(result.length, at + rng.int(rng.chance(0.3) ? 60 : 4));
    switch (rng.int(6)) {
      case 0:
        result = result.slice(0, at);
        break;
      case 1:
        result = result.slice(0, at) + result.slice(to);
        break;
      case 2:
        result = result.slice(0, to) + result.slice(at, to) + result.slice(to);
        break;
      case 3:
        result = result.slice(0, at) + String.fromCharCode(rng.int(0x10000)) + result.slice(at + 1);
        break;
      case 4:
        result = result.slice(0, at) + hostileText(rng) + result.slice(at);
        break;
      default:
        result = result.slice(0, at) + rng.pick(tokens) + result.slice(at);
    }
  }
  return result;
}

/** A part of the text many times over, up to some ten thousand characters: what costs more than its length shows. */
export function amplified(rng: Rng, text: string, limit = 60_000): string {
  const from = rng.int(text.length + 1);
  const part = text.slice(from, from + rng.between(1, rng.chance(0.5) ? 12 : 200));
  const times = Math.floor(rng.between(1, limit) / Math.max(1, part.length));
  return text.slice(0, from) + part.repeat(times) + (rng.chance(0.5) ? text.slice(from + part.length) : '');
}

export function mutatedBytes(rng: Rng, bytes: Uint8Array, changes: number): Uint8Array {
  let result = bytes;
  for (let count = 0; count < changes; count++) {
    const at = rng.int(result.length + 1);
    switch (rng.int(6)) {
      case 0:
        result = result.slice(0, at);
        break;
      case 1:
        result = joined(result.subarray(0, at), new Uint8Array([0xef, 0xbb, 0xbf]), result.subarray(at));
        break;
      case 2:
        result = joined(result.subarray(0, at), Uint8Array.from({ length: rng.between(1, 4) }, () => rng.int(256)), result.subarray(at));
        break;
      case 3:
        result = joined(result.subarray(0, at), new TextEncoder().encode(rng.pick(['\r\n', '\n', '\r', '[', ']', '{', '}', ',', '"', '\\', '\u0000', '\u2028', '\n\n{', '\n[', ' '])), result.subarray(at));
        break;
      case 4:
        result = joined(result.subarray(0, at), result.subarray(Math.min(result.length, at + rng.int(8))));
        break;
      default:
        result = result.map((byte, index) => (index === at ? byte ^ (1 << rng.int(8)) : byte));
    }
  }
  return result;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
