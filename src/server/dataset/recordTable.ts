import { countBelow } from '../../core/ascending.ts';
import { skipWhitespace, startOfJson } from '../../core/json/scanner.ts';
import { containerOf, type Container, type SplitEntry } from '../../core/jsonl/records.ts';
import type { TextChange } from '../text/liveText.ts';
import { spliceUndefined } from './spliceList.ts';
import { EntryReader, windowUnits, type PiecewiseText } from './entryReader.ts';

/** Entries from `first` on: `removed` old ones became `added` new ones; those behind only moved. */
export type Splice = { readonly first: number; readonly removed: number; readonly added: number };

/** `offset` is relative to the entry's start. */
export type EntryProblem = { readonly message: string; readonly offset: number };

/** A changed part of the text in its present offsets, by which it grew. */
type Region = { start: number; end: number; delta: number };

const [record, broken, between] = [0, 1, 2];
/** After an edit so much text is split at once; what lies behind is found as at the opening. */
const mostAtOnce = 1 << 20;

/**
 * Where the records of a text stand, kept in step with its edits: after one, records are split from the last one before it
 * until their boundaries meet the old ones again. The entries, readable or not, are those of `eachRecord`. What lies behind
 * `complete` is found by `readNext`, or when it is asked for.
 */
export class RecordTable {
  private starts = new Uint32Array(1024);
  private ends = new Uint32Array(1024);
  private reaches = new Uint32Array(1024);
  private kinds = new Uint8Array(1024);
  private readonly problems: (EntryProblem | undefined)[] = [];
  private count = 0;
  private finished = false;
  private container: Container;
  private reader: EntryReader | undefined;
  private regions: Region[] = [];
  /** Where the regions begin that are being taken in. */
  private changedFrom = 0;

  constructor(
    private readonly text: PiecewiseText,
    private readonly onSplice: (splice: Splice) => void,
    private readonly window = windowUnits,
  ) {
    this.container = this.containerNow();
  }

  /** Of the entries found so far. */
  get length(): number {
    this.settle();
    return this.count;
  }

  /** Whether all entries are found. */
  get complete(): boolean {
    this.settle();
    return this.finished;
  }

  /** Where the last entry so far was looked for to: the share of the text that is split. */
  get covered(): number {
    return this.finished ? this.text.length : this.count === 0 ? 0 : (this.ends[this.count - 1] as number);
  }

  /** Both of an entry below `length`. */
  startOf(index: number): number {
    return this.starts[index] as number;
  }

  endOf(index: number): number {
    return this.ends[index] as number;
  }

  /** Why an entry is no record; undefined for those that are. */
  problemOf(index: number): EntryProblem | undefined {
    return this.problems[index];
  }

  /** Whether it is a record that can be read, as far as JSON goes. */
  isRecord(index: number): boolean {
    return this.kinds[index] === record;
  }

  note(change: TextChange): void {
    this.reader = undefined;
    this.regions = withRegion(this.regions, change);
  }

  /** Forgets all: it is found again. */
  reset(): void {
    this.settle();
    this.restart();
  }

  /** Finds one more entry; undefined when all are there. */
  readNext(): SplitEntry | undefined {
    this.settle();
    if (this.finished) return undefined;
    const entry = this.nextEntry();
    if (entry === undefined) this.finished = true;
    else this.append(entry);
    return entry;
  }

  /** Finds entries up to an offset. */
  readTo(offset: number): void {
    while (!this.complete && (this.count === 0 || this.startOf(this.count - 1) <= offset) && this.readNext() !== undefined);
  }

  /** The first entry that ends at an offset or behind it; `length` for none. */
  firstEndingAt(offset: number): number {
    return countBelow(this.ends, offset, this.count);
  }

  private nextEntry(): SplitEntry | undefined {
    if (this.reader === undefined) {
      const last = this.lastRecordBefore(this.count);
      this.reader = new EntryReader(this.text, this.container, last < 0 ? undefined : this.startOf(last), this.window);
      for (let known = last < 0 ? 0 : last; known < this.count; known += 1) this.reader.next();
    }
    return this.reader.next();
  }

  private append(entry: SplitEntry): void {
    if (this.count === this.starts.length) this.grow(2 * this.count);
    this.put(this.count, entry);
    this.count += 1;
    this.onSplice({ first: this.count - 1, removed: 0, added: 1 });
  }

  private put(index: number, entry: SplitEntry): void {
    this.starts[index] = entry.start;
    this.ends[index] = entry.end;
    this.reaches[index] = entry.reach;
    this.kinds[index] = entry.ok ? record : entry.between ? between : broken;
    this.problems[index] = entry.ok ? undefined : { message: entry.message, offset: entry.offset - entry.start };
  }

  /** Brings the table in step with the edits that were noted. */
  private settle(): void {
    if (this.regions.length === 0) return;
    const { regions } = this;
    this.regions = [];
    const container = this.containerNow();
    if (container !== this.container || regions[0]?.start === 0) {
      this.container = container;
      this.restart();
      return;
    }
    for (let at = 0; at < regions.length; ) at += this.split(regions, at);
  }

  /** Splits again from before a region until the old boundaries are met; returns how many regions that took. */
  private split(regions: readonly Region[], at: number): number {
    this.changedFrom = (regions[at] as Region).start;
    const first = this.firstLookedAt(this.changedFrom);
    let tail = this.move(regions[at] as Region, first);
    const reader = new EntryReader(this.text, this.container, first < 0 ? undefined : this.startOf(first), this.window);
    const from = Math.max(0, first);
    const added: SplitEntry[] = [];
    let taken = 1;
    for (;;) {
      const entry = reader.next();
      if (entry === undefined) return this.cut(from, added, this.count, true, taken);
      for (let next = regions[at + taken]; next !== undefined && entry.reach >= next.start; next = regions[at + taken]) {
        tail = Math.max(tail, this.move(next, tail));
        taken += 1;
      }
      if (entry.start >= (regions[at + taken - 1] as Region).end && !(!entry.ok && entry.between)) {
        while (tail < this.count && (this.startOf(tail) < entry.start || this.kinds[tail] === between)) tail += 1;
        if (tail < this.count && this.startOf(tail) === entry.start && this.endOf(tail) === entry.end && this.kinds[tail] === (entry.ok ? record : broken)) return this.cut(from, added, tail, this.finished, taken);
      }
      added.push(entry);
      const size = entry.end - (added[0]?.start ?? 0);
      // What is behind the part that was known, or too far, is found later.
      if ((tail >= this.count && !this.finished) || size > mostAtOnce) return this.cut(from, added, this.count, false, regions.length - at);
    }
  }

  /** The first entry that depends on the text at an offset, at the start of a record; -1 for the beginning. */
  private firstLookedAt(offset: number): number {
    let index = 0;
    while (index < this.count && (this.reaches[index] as number) < offset) index += 1;
    const before = countBelow(this.starts, offset, this.count) - 1;
    return this.lastRecordBefore(Math.min(index, before) + 1);
  }

  private lastRecordBefore(index: number): number {
    let last = Math.min(index, this.count) - 1;
    while (last >= 0 && this.kinds[last] === between) last -= 1;
    return last;
  }

  /** Moves what stands behind a region; returns the first entry that does. */
  private move({ end, delta }: Region, from: number): number {
    const oldEnd = end - delta;
    let tail = Math.max(0, from);
    while (tail < this.count && this.startOf(tail) < oldEnd) tail += 1;
    if (delta !== 0) {
      for (let index = tail; index < this.count; index += 1) {
        this.starts[index] = this.startOf(index) + delta;
        this.ends[index] = this.endOf(index) + delta;
        this.reaches[index] = (this.reaches[index] as number) + delta;
      }
    }
    return tail;
  }

  /** Puts entries in the place of those from `first` up to `tail`. */
  private cut(from: number, added: readonly SplitEntry[], tail: number, finished: boolean, taken: number): number {
    const same = this.isSame(from, added[0]) && from < tail ? 1 : 0;
    const first = from + same;
    const entries = added.slice(same);
    const count = first + entries.length + this.count - tail;
    if (count > this.starts.length) this.grow(2 * count);
    for (const column of [this.starts, this.ends, this.reaches, this.kinds]) column.copyWithin(first + entries.length, tail, this.count);
    spliceUndefined(this.problems, first, tail - first, entries.length);
    for (const [index, entry] of entries.entries()) this.put(first + index, entry);
    this.count = count;
    this.finished = finished;
    this.onSplice({ first, removed: tail - first, added: entries.length });
    return taken;
  }

  /** Whether the entry that was read again is the record that stood there, with the same text. */
  private isSame(index: number, entry: SplitEntry | undefined): boolean {
    return entry?.ok === true && entry.end <= this.changedFrom && this.kinds[index] === record && this.startOf(index) === entry.start && this.endOf(index) === entry.end;
  }

  private restart(): void {
    const removed = this.count;
    this.count = 0;
    this.problems.length = 0;
    this.finished = false;
    this.reader = undefined;
    this.onSplice({ first: 0, removed, added: 0 });
  }

  private grow(size: number): void {
    const grown = <T extends Uint32Array | Uint8Array>(column: T, into: T): T => (into.set(column), into);
    this.starts = grown(this.starts, new Uint32Array(size));
    this.ends = grown(this.ends, new Uint32Array(size));
    this.reaches = grown(this.reaches, new Uint32Array(size));
    this.kinds = grown(this.kinds, new Uint8Array(size));
  }

  private containerNow(): Container {
    for (let size = 256; ; size *= 16) {
      const head = this.text.slice(0, size);
      if (size >= this.text.length || skipWhitespace(head, startOfJson(head)) < head.length) return containerOf(head);
    }
  }
}

/** The regions with one more, in the offsets behind it; those that it meets become one with it. */
function withRegion(regions: readonly Region[], { start, oldEnd, newEnd }: TextChange): Region[] {
  const delta = newEnd - oldEnd;
  const joined: Region = { start, end: newEnd, delta };
  const before: Region[] = [];
  const after: Region[] = [];
  for (const region of regions) {
    if (region.end < start) before.push(region);
    else if (region.start > oldEnd) after.push({ start: region.start + delta, end: region.end + delta, delta: region.delta });
    else {
      joined.start = Math.min(joined.start, region.start);
      joined.end = Math.max(joined.end, region.end + delta);
      joined.delta += region.delta;
    }
  }
  return [...before, joined, ...after];
}
