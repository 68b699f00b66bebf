import { countBelow } from '../../core/ascending.ts';
import type { LiveText } from '../text/liveText.ts';

/** What of a document a memo needs: its edits since it was looked at last. */
type EditedText = Pick<LiveText, 'editCount' | 'editsSince'>;

/**
 * Results by the place of a record's text, kept through edits elsewhere: those of records that an edit touched are gone, those
 * behind it move with their text. In the order of the text.
 */
export class RecordMemo<T> {
  private starts: number[] = [];
  private ends: number[] = [];
  private values: T[] = [];
  private seen: number;

  /** `onDrop` is told of each result that goes. */
  constructor(
    private readonly text: EditedText,
    private readonly onDrop: (value: T) => void = () => undefined,
  ) {
    this.seen = text.editCount;
  }

  get size(): number {
    this.follow();
    return this.values.length;
  }

  /** By place. */
  at(index: number): { readonly start: number; readonly value: T } | undefined {
    this.follow();
    const start = this.starts[index];
    return start === undefined ? undefined : { start, value: this.values[index] as T };
  }

  get(start: number, end: number): T | undefined {
    this.follow();
    const index = countBelow(this.starts, start);
    return this.starts[index] === start && this.ends[index] === end ? this.values[index] : undefined;
  }

  /** In the place of whatever overlaps it. */
  set(start: number, end: number, value: T): void {
    this.follow();
    const first = this.starts.length === 0 || (this.ends.at(-1) ?? 0) <= start ? this.starts.length : this.firstEndingBehind(start);
    let count = 0;
    while (first + count < this.starts.length && (this.starts[first + count] ?? 0) < end) count += 1;
    this.replace(first, count, { start, end, value });
  }

  /** Keeps nothing between the end of one record and the start of the next: a record that was there is none any more. */
  clearBetween(start: number, end: number): void {
    this.follow();
    const first = this.firstEndingBehind(start);
    let count = 0;
    while (first + count < this.starts.length && (this.starts[first + count] ?? 0) < end) count += 1;
    if (count > 0) this.replace(first, count);
  }

  clear(): void {
    this.replace(0, this.values.length);
    this.seen = this.text.editCount;
  }

  private follow(): void {
    if (this.seen === this.text.editCount) return;
    const edits = this.text.editsSince(this.seen);
    this.seen = this.text.editCount;
    if (edits === undefined) return void this.replace(0, this.values.length);
    for (const { start, oldEnd, newEnd } of edits) {
      let first = this.firstEndingBehind(start - 1);
      let count = 0;
      // What only touches the edit may have grown by it.
      while (first + count < this.starts.length && (this.starts[first + count] ?? 0) <= oldEnd) count += 1;
      if (count > 0) this.replace(first, count);
      const delta = newEnd - oldEnd;
      for (; delta !== 0 && first < this.starts.length; first += 1) {
        this.starts[first] = (this.starts[first] ?? 0) + delta;
        this.ends[first] = (this.ends[first] ?? 0) + delta;
      }
    }
  }

  private firstEndingBehind(offset: number): number {
    return countBelow(this.ends, offset + 1);
  }

  private replace(first: number, count: number, by?: { readonly start: number; readonly end: number; readonly value: T }): void {
    if (by !== undefined && count === 0 && first === this.starts.length) {
      this.starts.push(by.start);
      this.ends.push(by.end);
      this.values.push(by.value);
      return;
    }
    this.starts.splice(first, count, ...(by === undefined ? [] : [by.start]));
    this.ends.splice(first, count, ...(by === undefined ? [] : [by.end]));
    for (const gone of this.values.splice(first, count, ...(by === undefined ? [] : [by.value]))) this.onDrop(gone);
  }
}
