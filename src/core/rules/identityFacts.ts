import type { JsonValue } from '../json/value.ts';
import type { Fact } from './rule.ts';
import type { SampleContext } from './sampleContext.ts';

/** Digits of id and label hash that are kept: 64 bits each, so that a chance meeting in a million samples is one in ten million. */
const digits = 16;
const idStart = 'smp_'.length;

/** Who a sample is and what its label is, in few characters. */
export function identityFact({ sample }: SampleContext): JsonValue {
  return sample.id.slice(idStart, idStart + digits) + sample.labelHash.slice(idStart, idStart + digits);
}

/** Stands in for the label hash of any text. */
export const textLabel = 'text';

/** Who a sample with a text label is, whatever the text says. */
export function textFact({ sample }: SampleContext): JsonValue {
  return sample.id.slice(idStart, idStart + digits) + textLabel;
}

export type Identified = { readonly sample: number; readonly label: string };

/** Groups of two and more samples with one id. */
export function sameContext(facts: readonly Fact[]): readonly (readonly Identified[])[] {
  const first = new Map<string, number>();
  const groups = new Map<string, Identified[]>();
  facts.forEach(({ sample, fact }, index) => {
    if (typeof fact !== 'string') return;
    const id = fact.slice(0, digits);
    const label = fact.slice(digits);
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, index);
      return;
    }
    const group = groups.get(id);
    if (group !== undefined) group.push({ sample, label });
    else groups.set(id, [identified(facts[before]), { sample, label }]);
  });
  return [...groups.values()];
}

function identified(fact: Fact | undefined): Identified {
  return { sample: fact?.sample ?? 0, label: typeof fact?.fact === 'string' ? fact.fact.slice(digits) : '' };
}
