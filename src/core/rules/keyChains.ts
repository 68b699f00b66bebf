/** Numbers from 0 by keys of 64 bits, of each key the first few in the order in which they came; twelve to twenty bytes a number. */
export class KeyChains {
  private readonly slots: Uint32Array;
  private readonly next: Uint32Array;
  private readonly high: Uint32Array;
  private readonly low: Uint32Array;

  /** `size`: numbers are below it. `most`: so many are kept of each key. */
  constructor(
    size: number,
    private readonly most: number,
  ) {
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, size * 1.5))));
    this.next = new Uint32Array(most > 1 ? size : 0);
    this.high = new Uint32Array(size);
    this.low = new Uint32Array(size);
  }

  /** Those that came before with the same key, as far as they are kept. */
  add(number: number, high: number, low: number): readonly number[] {
    const mask = this.slots.length - 1;
    let slot = (Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b) >>> 7) & mask;
    for (let head = this.slots[slot] ?? 0; head !== 0; head = this.slots[slot] ?? 0) {
      if (this.high[head - 1] === high && this.low[head - 1] === low) return this.append(head - 1, number);
      slot = (slot + 1) & mask;
    }
    this.slots[slot] = number + 1;
    this.high[number] = high;
    this.low[number] = low;
    return [];
  }

  private append(head: number, number: number): readonly number[] {
    const chain = [head];
    let last = head;
    for (let next = this.next[last] ?? 0; next !== 0; next = this.next[last] ?? 0) {
      last = next - 1;
      chain.push(last);
    }
    if (chain.length < this.most) this.next[last] = number + 1;
    return chain;
  }
}
