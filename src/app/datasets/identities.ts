import type { Sample } from '../../core/dataset/sample.ts';
import { spread } from '../../core/rules/shortHash.ts';
import { Uint32Column } from './columns.ts';

/**
 * Numbers that a sample is known by: two each of id and label hash, one each of family and messages (those of the system left out, which are edited all at once). 64 bits of the hashes
 * make a chance meeting among a million samples one in forty million; the others only say whom to compare.
 */
export const identityWords = 6;
const [idHigh, idLow, labelHigh, labelLow, familyWord, messagesWord] = [0, 1, 2, 3, 4, 5];

export function identityOf(sample: Sample): readonly number[] {
  return [...words(sample.id), ...words(sample.labelHash), hash(sample.family), hash(sample.messages.filter(({ role }) => role !== 'system').map(({ role, content }) => `${role}\n${content}`).join('\n'))];
}

/** The first 64 bits of a hash that is written `smp_…` or `lbl_…`. */
function words(id: string): readonly [number, number] {
  return [parseInt(id.slice(4, 12), 16), parseInt(id.slice(12, 20), 16)];
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return spread(value);
}

/** Who the samples of a dataset are, in 24 bytes each. Samples are numbered as they come. */
export class IdentityTable {
  private readonly column = new Uint32Column();

  get length(): number {
    return this.column.length / identityWords;
  }

  append(batch: Uint32Array): void {
    this.column.append(batch);
  }

  family(sample: number): number {
    return this.word(sample, familyWord);
  }

  messages(sample: number): number {
    return this.word(sample, messagesWord);
  }

  /** All samples ordered by id, then label, then place. */
  sorted(): Uint32Array {
    const order = new Uint32Array(this.length);
    for (let i = 0; i < order.length; i += 1) order[i] = i;
    return order.sort((a, b) => this.compareId(a, this, b) || this.compareLabel(a, this, b) || a - b);
  }

  compareId(own: number, other: IdentityTable, theirs: number): number {
    return this.compare(own, other, theirs, idHigh) || this.compare(own, other, theirs, idLow);
  }

  compareLabel(own: number, other: IdentityTable, theirs: number): number {
    return this.compare(own, other, theirs, labelHigh) || this.compare(own, other, theirs, labelLow);
  }

  private compare(own: number, other: IdentityTable, theirs: number, word: number): number {
    return this.word(own, word) - other.word(theirs, word);
  }

  private word(sample: number, word: number): number {
    return this.column.at(sample * identityWords + word);
  }
}
