import type { Severity } from '../../core/rules/finding.ts';
import { severityBit, takeWide, type LiveFinding, type LiveRecord } from './recordCheck.ts';
import { spliceUndefined } from './spliceList.ts';

/** What was found of the records by their number, undefined for those that are still to be checked; edits move and remove them. */
export class CheckedRecords {
  private readonly records: (LiveRecord | undefined)[] = [];
  /** The severities of each record's findings: passing over those without takes no look at them. */
  private readonly bits: number[] = [];
  /** No record before this one is still to be checked. */
  private unchecked = 0;
  /** Of a file that is one record. */
  private one: LiveRecord | undefined;
  private counted: Record<Severity, number> = { error: 0, warning: 0, information: 0 };
  /** The numbers of the records, until edits move them. */
  private numbers: ReadonlyMap<LiveRecord | undefined, number> | undefined;

  get list(): readonly (LiveRecord | undefined)[] {
    return this.records;
  }

  get whole(): LiveRecord | undefined {
    return this.one;
  }

  set whole(record: LiveRecord | undefined) {
    this.count(this.one, -1);
    this.one = record;
    this.count(record, 1);
  }

  /** How many findings of each severity are known. */
  get counts(): Readonly<Record<Severity, number>> {
    return this.counted;
  }

  get samples(): number {
    return this.records.reduce((sum, record) => sum + (record?.samples.length ?? 0), 0);
  }

  /** The record, where it has a finding of one of these severities. */
  withFinding(index: number, of: readonly Severity[]): LiveRecord | undefined {
    return of.some((severity) => ((this.bits[index] ?? 0) & severityBit(severity)) !== 0) ? this.records[index] : undefined;
  }

  keep(index: number, record: LiveRecord): void {
    this.records[index] = record;
    this.bits[index] = record.severities;
    this.count(record, 1);
  }

  /** Puts what the rules on the whole set found of a record in the place of what they found before. */
  setWide(record: LiveRecord, index: number, wide: readonly LiveFinding[]): void {
    this.count(record, -1);
    takeWide(record, wide);
    this.bits[index] = record.severities;
    this.count(record, 1);
  }

  /** The first of `length` records that is still to be checked; -1 for none. */
  nextUnchecked(length: number): number {
    while (this.unchecked < length && this.records[this.unchecked] !== undefined) this.unchecked += 1;
    return this.unchecked < length ? this.unchecked : -1;
  }

  /** Where a record was last, or wherever edits have moved it; -1 when it is gone. */
  numberOf({ number, record }: NonNullable<LiveFinding['related']>): number {
    if (this.records[number] === record) return number;
    this.numbers ??= new Map(this.records.map((one, index) => [one, index] as const));
    return this.numbers.get(record) ?? -1;
  }

  splice(first: number, removed: number, added: number): void {
    this.numbers = undefined;
    for (let index = first; index < first + removed; index += 1) this.count(this.records[index], -1);
    this.whole = undefined;
    spliceUndefined(this.records, first, removed, added);
    this.unflag(first, removed, added);
    this.unchecked = Math.min(this.unchecked, first);
  }

  /** These and the records behind them are checked again. */
  forgetFrom(first: number): void {
    for (let index = first; index < this.records.length; index += 1) {
      this.count(this.records[index], -1);
      this.records[index] = undefined;
      this.bits[index] = 0;
    }
  }

  forgetAll(): void {
    this.one = undefined;
    this.records.fill(undefined);
    this.numbers = undefined;
    this.bits.fill(0);
    this.unchecked = 0;
    this.counted = { error: 0, warning: 0, information: 0 };
  }

  private unflag(first: number, removed: number, added: number): void {
    if (removed === added) return void this.bits.fill(0, first, first + added);
    const tail = this.bits.splice(first);
    for (let index = 0; index < added; index += 1) this.bits.push(0);
    for (let index = removed; index < tail.length; index += 1) this.bits.push(tail[index] ?? 0);
  }

  private count(record: LiveRecord | undefined, sign: 1 | -1): void {
    if (record === undefined) return;
    for (const { severity } of record.all) this.counted[severity] += sign;
  }
}
