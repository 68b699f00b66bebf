import { splitEntries, type Container, type SplitEntry } from '../../core/jsonl/records.ts';

/** A text of which pieces can be had. */
export type PiecewiseText = { readonly length: number; slice(start: number, end: number): string };

/** So much is looked at first. */
export const windowUnits = 1 << 18;
/** So far back the start of a record's line is looked for: the recovery behind broken elements goes by indentation. */
const mostIndentation = 1000;

/**
 * The entries of `splitEntries` with offsets of the whole text, though only a window of it is ever looked at: an entry for
 * which that was not enough is read again in a larger one.
 */
export class EntryReader {
  private entries: Iterator<SplitEntry> | undefined;
  private base = 0;
  private windowEnd = 0;
  /** Where reading can begin again: the start of the last record that was given, and how many entries came since. */
  private resume: number | undefined;
  private since = 0;
  private size: number;
  private failure: string | undefined;

  /** From the start of a record, or from the beginning. The text may not change while it is read. */
  constructor(
    private readonly text: PiecewiseText,
    private readonly container: Container,
    from: number | undefined,
    private readonly window = windowUnits,
  ) {
    this.resume = from;
    this.size = window;
  }

  next(): SplitEntry | undefined {
    for (;;) {
      this.entries ??= this.open();
      const result = this.entries.next();
      const complete = this.windowEnd === this.text.length;
      if (result.done === true) {
        if (complete) return undefined;
        this.grow();
        continue;
      }
      const { value } = result;
      if (!complete && !this.holds(value)) {
        this.grow(value);
        continue;
      }
      this.size = this.window;
      this.failure = undefined;
      const moved = { ...value, start: value.start + this.base, end: value.end + this.base, reach: value.reach + this.base, ...(value.ok ? {} : { offset: value.offset + this.base }) };
      if (!value.ok && value.between) this.since += 1;
      else {
        this.resume = moved.start;
        this.since = 1;
      }
      return moved;
    }
  }

  /** Whether the entry would be the same if there were more text: a failure counts only if a larger window fails alike. */
  private holds(entry: SplitEntry): boolean {
    if (entry.reach + this.base >= this.windowEnd) return false;
    if (entry.ok) return true;
    const failure = `${entry.offset + this.base} ${entry.message}`;
    if (failure === this.failure) return true;
    this.failure = failure;
    return false;
  }

  private grow(entry?: SplitEntry): void {
    this.entries = undefined;
    if (entry !== undefined && !(!entry.ok && entry.between) && entry.start + this.base > (this.resume ?? -1)) {
      this.resume = entry.start + this.base;
      this.since = 0;
      // A failure is looked at again with more behind it.
      if (entry.ok) return;
    }
    this.size *= 2;
  }

  private open(): Iterator<SplitEntry> {
    const at = this.resume;
    this.base = at === undefined ? 0 : this.windowStart(at);
    this.windowEnd = Math.min(this.text.length, (at ?? 0) + this.size);
    const entries = splitEntries(this.text.slice(this.base, this.windowEnd), this.container, at === undefined ? undefined : at - this.base);
    for (let skipped = 0; skipped < this.since; skipped += 1) entries.next();
    return entries;
  }

  private windowStart(at: number): number {
    if (this.container === 'jsonl') return at;
    const before = this.text.slice(Math.max(0, at - mostIndentation), at);
    const line = before.lastIndexOf('\n');
    return line < 0 ? at : at - (before.length - line);
  }
}
