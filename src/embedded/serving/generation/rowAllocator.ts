type Gap = { start: number; length: number };

/** First-fit allocation of contiguous cache rows. */
export class RowAllocator {
  private gaps: Gap[];

  constructor(rows: number) {
    this.gaps = [{ start: 0, length: rows }];
  }

  /** First row of the block, or undefined when no gap is long enough. */
  take(length: number): number | undefined {
    const gap = this.gaps.find((one) => one.length >= length);
    if (!gap) return undefined;
    const start = gap.start;
    gap.start += length;
    gap.length -= length;
    if (gap.length === 0) this.gaps = this.gaps.filter((one) => one !== gap);
    return start;
  }

  give(start: number, length: number): void {
    if (length === 0) return;
    const at = this.gaps.findIndex((gap) => gap.start > start);
    this.gaps.splice(at === -1 ? this.gaps.length : at, 0, { start, length });
    const merged: Gap[] = [];
    for (const gap of this.gaps) {
      const last = merged.at(-1);
      if (last && last.start + last.length === gap.start) last.length += gap.length;
      else merged.push(gap);
    }
    this.gaps = merged;
  }
}
