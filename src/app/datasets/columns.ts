/** A growing column of whole numbers below 2^32, as many as millions of samples need. */
export class Uint32Column {
  length = 0;
  private values = new Uint32Array(1024);

  push(value: number): void {
    if (this.length === this.values.length) this.grow(this.length + 1);
    this.values[this.length] = value;
    this.length += 1;
  }

  append(values: Uint32Array): void {
    if (this.length + values.length > this.values.length) this.grow(this.length + values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  private grow(least: number): void {
    const grown = new Uint32Array(Math.max(least, Math.ceil(this.values.length * 1.5)));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }
}
