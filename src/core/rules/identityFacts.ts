import type { Label } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { KeyChains } from './keyChains.ts';
import type { Facts } from './rule.ts';
import type { SampleContext } from './sampleContext.ts';

/** Units of id and label hash that are kept: 64 bits each, so that a chance meeting in a million samples is one in ten million. */
const units = 4;
const idStart = 'smp_'.length;

/** The kind of these facts. */
export const identityFacts = 'identity';

/** Who a sample is, what its label is and of which kind, in nine UTF-16 units. */
export function identityFact({ sample }: SampleContext): JsonValue {
  const { kind } = sample.label;
  return unitsOf(sample.id) + unitsOf(sample.labelHash) + (kind === 'text' || kind === 'trace' ? kindUnits[kind] : kindUnits.other);
}

/** The kinds of label that rules tell apart. */
const kindUnits = { text: 't', trace: 'r', other: 'o' } as const satisfies Partial<Record<Label['kind'] | 'other', string>>;

/** A number of 32 bits for sample and label together. */
export function identityWord({ sample }: SampleContext): number {
  return (parseInt(sample.id.slice(idStart, idStart + 8), 16) ^ parseInt(sample.labelHash.slice(idStart, idStart + 8), 16)) >>> 0;
}

function unitsOf(id: string): string {
  const unit = (index: number): number => parseInt(id.slice(idStart + 4 * index, idStart + 4 * index + 4), 16);
  return String.fromCharCode(unit(0), unit(1), unit(2), unit(3));
}

/** Two units as one number of 32 bits. */
export function word(text: string, at: number): number {
  return ((text.charCodeAt(at) << 16) | text.charCodeAt(at + 1)) >>> 0;
}

/** A number of 32 bits as two units. */
export function unitsOfWord(number: number): string {
  return String.fromCharCode(number >>> 16, number & 0xffff);
}

export type Identified = { readonly sample: number; readonly label: string; readonly kind: 'text' | 'trace' | 'other' };

/** So many facts are looked at between two pauses. */
export const factsPerPause = 1024;

/** Groups of two and more samples with one id, in the order in which they become groups; undefined for a pause. A group may be walked more than once. */
export function* sameContext(facts: Facts): Generator<Iterable<Identified> | undefined> {
  const chains = new KeyChains(facts.length, 1);
  // Numbers that follow are one too high: 0 is none.
  const next = new Uint32Array(facts.length);
  const last = new Uint32Array(facts.length);
  const heads: number[] = [];
  let index = 0;
  for (const { fact } of facts) {
    const [head] = typeof fact === 'string' ? chains.add(index, word(fact, 0), word(fact, 2)) : [];
    if (head !== undefined) {
      const before = last[head] ?? 0;
      if (before === 0) heads.push(head);
      next[before === 0 ? head : before - 1] = index + 1;
      last[head] = index + 1;
    }
    index += 1;
    if (index % factsPerPause === 0) yield undefined;
  }
  for (const head of heads) yield { [Symbol.iterator]: () => walk(facts, next, head) };
}

function* walk(facts: Facts, next: Uint32Array, head: number): Generator<Identified> {
  for (let number = head + 1; number !== 0; number = next[number - 1] ?? 0) {
    const { sample, fact } = facts.at(number - 1) ?? {};
    if (sample === undefined || typeof fact !== 'string') continue;
    const kind = fact.charAt(2 * units);
    yield { sample, label: fact.slice(units, 2 * units), kind: kind === kindUnits.text ? 'text' : kind === kindUnits.trace ? 'trace' : 'other' };
  }
}
