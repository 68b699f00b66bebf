import type { Sample } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { stringifyJson } from '../json/stringify.ts';
import { word } from './identityFacts.ts';
import { KeyChains } from './keyChains.ts';
import type { Facts } from './rule.ts';
import { shortHash, spread } from './shortHash.ts';

/** Places of a signature; a word triple falls into one of them, and the least hash of each place is kept (one permutation hashing). */
const places = 32;
const bandWidth = 4;
const unset = 0xffff;
/** Fewer word triples say nothing. */
const leastTriples = 12;

/**
 * The signature of what a sample says: messages but the system's, and the label. Two signatures agree in about that share of
 * their places in which the samples share word triples. Undefined for samples that say too little.
 */
export function signatureOf({ messages, label }: Sample): string | undefined {
  const least = new Uint16Array(places).fill(unset);
  let triples = 0;
  for (const message of messages) if (message.role !== 'system') triples += addText(least, message.content);
  if (label.kind === 'text') triples += addText(least, label.text);
  if (label.kind === 'calls') for (const call of label.calls) triples += addText(least, `${call.name} ${stringifyJson(call.arguments)}`);
  return triples < leastTriples ? undefined : String.fromCharCode(...least);
}

/** Adds every run of three words; words are runs of letters and digits, case apart. Returns how many there were. */
function addText(least: Uint16Array, text: string): number {
  let [first, second] = [0, 0];
  let word = 0;
  let words = 0;
  let triples = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 0x20;
    if (isWordCode(code)) {
      word = Math.imul(word ^ (code | 0x20), 0x01000193);
      if (word === 0) word = 1;
      continue;
    }
    if (word === 0) continue;
    words += 1;
    if (words >= 3) {
      triples += 1;
      keep(least, spread(Math.imul(first, 31) + Math.imul(second, 17) + word));
    }
    [first, second, word] = [second, word, 0];
  }
  return triples;
}

function isWordCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code >= 0xc0;
}

function keep(least: Uint16Array, hash: number): void {
  const place = hash % places;
  const value = Math.min((hash >>> 16) & 0xffff, unset - 1);
  if (value < (least[place] ?? unset)) least[place] = value;
}

/** Share of the places that are set in either in which two signatures agree. */
export function likeness(a: string, b: string): number {
  let same = 0;
  let used = 0;
  for (let i = 0; i < places; i += 1) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left === unset && right === unset) continue;
    used += 1;
    if (left === right) same += 1;
  }
  return used === 0 ? 0 : same / used;
}

/** `dialogue` is what the user says first, `length` the number of messages: steps of one dialogue share the first and differ in the second. */
export type Signed = { readonly sample: number; readonly identity: string; readonly signature: string; readonly dialogue: string; readonly length: number };

/** What a sample is kept by, for `nearPairs`. */
export function signedFact(identity: JsonValue, signature: string, { messages }: Sample): JsonValue {
  // A pair of texts: what else lists hold takes more room.
  return [identity, `${signature}${messages.length} ${shortHash(messages.find(({ role }) => role === 'user')?.content ?? '')}`];
}

/** Each step of a dialogue holds the one before it, and is nearly the same where that is long. */
export function areSteps(a: Signed, b: Signed): boolean {
  return a.dialogue === b.dialogue && a.length !== b.length;
}

/** Samples that one band brings together are compared with the first so many of it alone, since bands of set phrases hold thousands. */
const mostPerBand = 8;
const factsBetweenPauses = 1024;

/**
 * Pairs, earlier first, that agree in a whole band of their signatures: candidates for likeness, and nearly all alike pairs
 * are among them. They come band by band; undefined now and then, where the caller may pause.
 */
export function* nearPairs(facts: Facts): Generator<readonly [Signed, Signed] | undefined> {
  for (let band = 0; band < places; band += bandWidth) {
    const chains = new KeyChains(facts.length, mostPerBand);
    for (let index = 0; index < facts.length; index += 1) {
      if (index % factsBetweenPauses === 0) yield undefined;
      const signed = signedAt(facts, index);
      if (signed === undefined) continue;
      const [high, low] = [word(signed.signature, band), word(signed.signature, band + 2)];
      if (high === unsetWord && low === unsetWord) continue;
      for (const before of chains.add(index, high, low)) {
        const one = signedAt(facts, before);
        if (one !== undefined) yield [one, signed];
      }
    }
  }
}

/** A band of four places that no triple fell into. */
const unsetWord = 0xffffffff;

function signedAt(facts: Facts, index: number): Signed | undefined {
  const { sample, fact } = facts.at(index) ?? {};
  const [identity, kept] = Array.isArray(fact) ? (fact as readonly unknown[]) : [];
  if (sample === undefined || typeof identity !== 'string' || typeof kept !== 'string') return undefined;
  const [length = '', dialogue = ''] = kept.slice(places).split(' ');
  return { sample, identity, signature: kept.slice(0, places), dialogue, length: Number(length) };
}
