import type { Sample } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { stringifyJson } from '../json/stringify.ts';
import { factsPerPause, unitsOfWord, word } from './identityFacts.ts';
import { KeyChains } from './keyChains.ts';
import type { Facts } from './rule.ts';
import { spread } from './shortHash.ts';

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

/** `identity` stands for sample and label, `dialogue` for what the user says first, in 32 bits each; `length` is the number of messages: steps of one dialogue share the first and differ in the second. */
export type Signed = { readonly sample: number; readonly identity: number; readonly signature: string; readonly dialogue: number; readonly length: number };

const headUnits = 5;

/** What a sample is kept by, for `nearPairs`: one text of 37 units. */
export function signedFact(identity: number, signature: string, { messages }: Sample): JsonValue {
  const said = textWord(messages.find(({ role }) => role === 'user')?.content ?? '');
  return unitsOfWord(identity) + unitsOfWord(said) + String.fromCharCode(Math.min(messages.length, 0xffff)) + signature;
}

function textWord(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return spread(hash);
}

/** Each step of a dialogue holds the one before it, and is nearly the same where that is long. */
export function areSteps(a: Signed, b: Signed): boolean {
  return a.dialogue === b.dialogue && a.length !== b.length;
}

/** Samples that one band brings together are compared with the first so many of it alone, since bands of set phrases hold thousands. */
const mostPerBand = 8;
/**
 * Pairs, earlier first, that agree in a whole band of their signatures: candidates for likeness, and nearly all alike pairs
 * are among them. They come band by band, with an undefined for a pause, and no more of them for a later sample that is settled.
 */
export function* nearPairs(facts: Facts, isSettled: (sample: number) => boolean): Generator<readonly [Signed, Signed] | undefined> {
  for (let band = 0; band < places; band += bandWidth) {
    const chains = new KeyChains(facts.length, mostPerBand);
    const at = headUnits + band;
    let index = -1;
    for (const { sample, fact } of facts) {
      index += 1;
      if (index % factsPerPause === 0) yield undefined;
      if (typeof fact !== 'string') continue;
      const [high, low] = [word(fact, at), word(fact, at + 2)];
      if (high === unsetWord && low === unsetWord) continue;
      const earlier = chains.add(index, high, low);
      if (earlier.length === 0 || isSettled(sample)) continue;
      const signed = signedOf(sample, fact);
      for (const before of earlier) {
        const one = facts.at(before);
        if (typeof one?.fact === 'string') yield [signedOf(one.sample, one.fact), signed];
      }
    }
  }
}

/** A band of four places that no triple fell into. */
const unsetWord = 0xffffffff;

function signedOf(sample: number, fact: string): Signed {
  return { sample, identity: word(fact, 0), dialogue: word(fact, 2), length: fact.charCodeAt(4), signature: fact.slice(headUnits) };
}
