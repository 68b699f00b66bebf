import type { JsonValue } from '../json/value.ts';
import { KeyChains } from './keyChains.ts';
import type { Facts } from './rule.ts';
import type { SampleContext } from './sampleContext.ts';

/** Units of id and label hash that are kept: 64 bits each, so that a chance meeting in a million samples is one in ten million. */
const units = 4;
const idStart = 'smp_'.length;

/** Who a sample is and what its label is, in eight UTF-16 units. */
export function identityFact({ sample }: SampleContext): JsonValue {
  return unitsOf(sample.id) + unitsOf(sample.labelHash);
}

function unitsOf(id: string): string {
  const unit = (index: number): number => parseInt(id.slice(idStart + 4 * index, idStart + 4 * index + 4), 16);
  return String.fromCharCode(unit(0), unit(1), unit(2), unit(3));
}

/** Two units as one number of 32 bits. */
export function word(text: string, at: number): number {
  return ((text.charCodeAt(at) << 16) | text.charCodeAt(at + 1)) >>> 0;
}

/** Stands in for the label hash of any text. */
export const textLabel = 'text';

/** Who a sample with a text label is, whatever the text says. */
export function textFact({ sample }: SampleContext): JsonValue {
  return unitsOf(sample.id) + textLabel;
}

export type Identified = { readonly sample: number; readonly label: string };

const factsBetweenPauses = 1024;

/** Groups of two and more samples with one id; yields now and then, where the caller may pause. */
export function* sameContext(facts: Facts): Generator<undefined, readonly (readonly Identified[])[]> {
  const chains = new KeyChains(facts.length, 1);
  const groups = new Map<number, Identified[]>();
  for (let index = 0; index < facts.length; index += 1) {
    if (index % factsBetweenPauses === 0) yield undefined;
    const identified = identifiedAt(facts, index);
    if (identified === undefined) continue;
    const [before] = chains.add(index, word(identified.id, 0), word(identified.id, 2));
    if (before === undefined) continue;
    const group = groups.get(before);
    const first = identifiedAt(facts, before);
    if (group !== undefined) group.push(identified);
    else if (first !== undefined) groups.set(before, [first, identified]);
  }
  return [...groups.values()];
}

function identifiedAt(facts: Facts, index: number): (Identified & { readonly id: string }) | undefined {
  const { sample, fact } = facts.at(index) ?? {};
  return sample === undefined || typeof fact !== 'string' ? undefined : { sample, id: fact.slice(0, units), label: fact.slice(units) };
}
