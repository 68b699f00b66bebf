/**
 * Small seeded generator (sfc32). Everything random in the product is drawn from one of these, never from `Math.random`.
 * A generator is named by its labels (`new Rng(seed, 'compose', round)`), so that work may be split and resumed freely:
 * two parts never share a stream, and what one draws does not move the other. Golden vectors in the tests fix the bits.
 */
export class Rng {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  constructor(...labels: readonly (number | string)[]) {
    let h1 = 0x9e3779b9;
    let h2 = 0x243f6a88;
    let h3 = 0xb7e15162;
    for (const character of labels.join('\u0001')) {
      const k = character.codePointAt(0) ?? 0;
      h1 = Math.imul(h1 ^ k, 0x85ebca6b) ^ (h2 >>> 15);
      h2 = Math.imul(h2 ^ k, 0xc2b2ae35) ^ (h3 >>> 13);
      h3 = Math.imul(h3 ^ k, 0x27d4eb2f) ^ (h1 >>> 16);
    }
    this.a = h1 | 0;
    this.b = h2 | 0;
    this.c = h3 | 0;
    for (let i = 0; i < 15; i++) this.u32();
  }

  /** Uniform over the unsigned 32-bit integers. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.u32() / 4294967296;
  }

  /** Uniform over 0 … n − 1. */
  int(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Uniform over low … high, both included. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  /** One item; throws RangeError on an empty list. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('pick from an empty list');
    return items[this.int(items.length)] as T; // the index is below the length
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  /** A shuffled copy (Fisher–Yates from the end). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = out[i] as T; // both indices are within the list
      out[i] = out[j] as T;
      out[j] = held;
    }
    return out;
  }

  /** Standard normal (Box–Muller, one of the pair; the other is not kept so that each draw costs the same two numbers). */
  normal(): number {
    const u = Math.max(this.next(), 1e-12);
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.next());
  }
}
