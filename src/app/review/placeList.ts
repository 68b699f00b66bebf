import type { LinePlace } from '../followedBytes.ts';

/** Places of many lines, twelve bytes each. */
export class PlaceList {
  #starts: Float64Array;
  #lengths: Uint32Array;
  #count: number;

  constructor(starts: readonly number[] = [], lengths: readonly number[] = []) {
    this.#starts = Float64Array.from(starts);
    this.#lengths = Uint32Array.from(lengths);
    this.#count = starts.length;
  }

  get length(): number {
    return this.#count;
  }

  /** Resolves to its index. */
  add({ start, length }: LinePlace): number {
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts[this.#count] = start;
    this.#lengths[this.#count] = length;
    return this.#count++;
  }

  at(index: number): LinePlace {
    return { start: this.#starts[index] ?? 0, length: this.#lengths[index] ?? 0 };
  }

  /** In the form that the constructor takes. */
  toArrays(): readonly [readonly number[], readonly number[]] {
    return [[...this.#starts.subarray(0, this.#count)], [...this.#lengths.subarray(0, this.#count)]];
  }

  #grow(): void {
    const size = Math.max(256, 2 * this.#count);
    const [starts, lengths] = [new Float64Array(size), new Uint32Array(size)];
    starts.set(this.#starts);
    lengths.set(this.#lengths);
    [this.#starts, this.#lengths] = [starts, lengths];
  }
}
