const usualBits = 14;

/** Columns of numbers, as many as millions of samples need. They grow by pieces, so that nothing is copied and there is never more than is needed. */
abstract class Column {
  length = 0;
  private readonly chunks: (Uint32Array | Uint8Array)[] = [];

  /** A piece holds two to the power of `bits` numbers. */
  constructor(private readonly bits = usualBits) {}

  protected abstract chunk(length: number): Uint32Array | Uint8Array;

  push(value: number): void {
    const at = this.length & ((1 << this.bits) - 1);
    if (at === 0) this.chunks.push(this.chunk(1 << this.bits));
    const chunk = this.chunks[this.length >>> this.bits];
    if (chunk !== undefined) chunk[at] = value;
    this.length += 1;
  }

  append(values: Iterable<number>): void {
    for (const value of values) this.push(value);
  }

  at(index: number): number {
    return this.chunks[index >>> this.bits]?.[index & ((1 << this.bits) - 1)] ?? 0;
  }
}

/** Whole numbers below 2^32. */
export class Uint32Column extends Column {
  protected override chunk(length: number): Uint32Array {
    return new Uint32Array(length);
  }
}

/** Whole numbers below 2^8. */
export class ByteColumn extends Column {
  protected override chunk(length: number): Uint8Array {
    return new Uint8Array(length);
  }
}
