import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { recogniseValues, RecordReader, recordsLookedAt, type Recognised } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { parseJson } from '../../core/json/parse.ts';
import { shifted } from '../../core/json/span.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { severities, type Severity } from '../../core/rules/finding.ts';
import { recommendedSettings } from '../../core/rules/settings.ts';
import { Suppressions } from '../../core/rules/suppression.ts';
import type { CheckControl, DocumentFinding } from '../documents.ts';
import { requestTurns } from '../pause.ts';
import type { LiveText } from '../text/liveText.ts';
import type { OpenDataset } from './openDataset.ts';
import { CheckedRecords } from './checkedRecords.ts';
import { RecordCheck, type CheckSettings, type LiveFinding, type LiveRecord } from './recordCheck.ts';
import { RecordTable, type Splice } from './recordTable.ts';
import { RecordView } from './recordView.ts';

/** Views kept for what is asked next; a view holds its record's tree. */
const viewsKept = 64;
/** Below this, a file is taken for something other than a dataset and left alone. */
const leastConfidence = 0.5;

const nothingKnown: Readonly<Record<Severity, number>> = { error: 0, warning: 0, information: 0 };

const outsideOfProjects: CheckSettings = { rules: recommendedSettings, suppressions: new Suppressions([]) };

/** The companion files of the document for a dialect, the same object as long as they are the same. */
export type FindCompanions = (dialect: Dialect) => Promise<Companions>;

/**
 * A dataset that is open in the editor: its records by place, and its findings. After an edit only the records that it
 * touched are read and checked again; a dialogue of many lines that is one record is checked as a whole.
 */
export class LiveDataset implements OpenDataset {
  /** Rises with each change of what is known of the records but their text: findings of the whole set came, another dialect. */
  revision = 0;
  /** Rises with each change of what the records are checked with. */
  setups = 0;
  private readonly table: RecordTable;
  private readonly checked = new CheckedRecords();
  private views = new Map<number, RecordView>();
  private recognised: Recognised | undefined;
  private forced: Dialect | undefined;
  private configured: string | undefined;
  private settings: CheckSettings = outsideOfProjects;
  private companions: Companions = noCompanions;
  private made: RecordCheck | undefined;
  private gathered: { readonly version: number; readonly revision: number; readonly findings: readonly DocumentFinding[] } | undefined;

  constructor(
    readonly document: LiveText,
    private readonly companionsOf: FindCompanions = () => Promise.resolve(noCompanions),
  ) {
    this.table = new RecordTable(document, (splice) => this.splice(splice));
    document.onEdit = (change) => this.table.note(change);
  }

  get uri(): string {
    return this.document.uri;
  }

  get dialect(): Dialect | undefined {
    const { dialect, confidence } = this.recognise();
    return confidence < leastConfidence ? undefined : dialect;
  }

  get confidence(): number {
    return this.recognise().confidence;
  }

  get recordCount(): number {
    if (this.dialect === undefined) return 0;
    if (this.isWhole) return 1;
    this.table.readTo(Infinity);
    return this.table.length;
  }

  get recordsFound(): number {
    return this.dialect === undefined ? 0 : this.isWhole ? 1 : this.table.length;
  }

  get sampleCount(): number | undefined {
    if (!this.isChecked) return undefined;
    return this.isWhole ? this.checked.whole?.samples.length : this.checked.samples;
  }

  get isChecked(): boolean {
    if (this.dialect === undefined) return true;
    if (this.isWhole) return this.table.length >= 0 && this.checked.whole !== undefined;
    return this.table.complete && this.nextUnchecked() < 0;
  }

  /** How many findings of each severity are known; none of what edits made something other than a dataset. */
  get known(): Readonly<Record<Severity, number>> {
    return this.dialect === undefined ? nothingKnown : this.checked.counts;
  }

  get findings(): readonly DocumentFinding[] | undefined {
    if (!this.isChecked) return undefined;
    const { version } = this.document;
    if (this.gathered?.version !== version || this.gathered.revision !== this.revision) this.gathered = { version, revision: this.revision, findings: this.first(severities, Infinity) };
    return this.gathered.findings;
  }

  /** Known findings of some severities in the order of the text, at most so many. */
  first(of: readonly Severity[], most: number): readonly DocumentFinding[] {
    // Edits that the table has not taken in yet change what is known.
    if (this.dialect === undefined || most <= 0 || this.table.length === 0 || of.every((severity) => this.known[severity] === 0)) return [];
    const { whole } = this.checked;
    const found: DocumentFinding[] = [];
    if (this.isWhole) {
      if (this.table.length > 0 && whole !== undefined) this.gather(found, whole, 0, 0, of, most);
    } else {
      const { length } = this.table;
      for (let index = 0; index < length && found.length < most; index += 1) {
        const record = this.checked.withFinding(index, of);
        if (record !== undefined) this.gather(found, record, index, this.table.startOf(index), of, most);
      }
    }
    return found;
  }

  /** Reads all as one dialect; undefined: as it is recognised. An id that no dialect has changes nothing. */
  forceDialect(id: string | undefined): void {
    const dialect = id === undefined ? undefined : dialectById(id);
    if (id !== undefined && dialect === undefined) return;
    this.forced = dialect;
    this.startOver();
  }

  /** Brings all findings up to date but those of the rules on the whole set; false when that went stale on the way. */
  async check(control: CheckControl, settings?: CheckSettings & { readonly dialect?: string | undefined }): Promise<boolean> {
    if (!(await this.prepare(settings)) || control.isStale()) return !control.isStale();
    while (!this.work()) {
      await control.pause();
      if (control.isStale()) return false;
    }
    return true;
  }

  /** Takes over settings and companion files; false for files that are no datasets. */
  async prepare(settings: (CheckSettings & { readonly dialect?: string | undefined }) | undefined): Promise<boolean> {
    const { rules, suppressions } = settings ?? outsideOfProjects;
    if (rules !== this.settings.rules || suppressions !== this.settings.suppressions || settings?.dialect !== this.configured) {
      this.settings = { rules, suppressions };
      this.configured = settings?.dialect;
      this.startOver();
    }
    const { dialect } = this;
    if (dialect === undefined) return false;
    const companions = dialect.companions === undefined ? noCompanions : await this.companionsOf(dialect);
    if (companions !== this.companions && dialect === this.dialect) {
      this.companions = companions;
      this.forget();
    }
    return this.dialect !== undefined;
  }

  /** Checks for a turn; true when all is checked. */
  work(): boolean {
    if (this.dialect === undefined) return true;
    const turn = requestTurns();
    if (this.isWhole) {
      if (this.table.length >= 0 && this.checked.whole === undefined) this.checked.whole = this.checkWhole();
      return true;
    }
    do {
      // An edit of the first records may have made it another dialect, or none.
      if (this.dialect === undefined) return true;
      const { checker } = this;
      const index = this.nextUnchecked();
      if (index >= 0) this.keep(index, this.checkAt(index), checker);
      else {
        const entry = this.table.readNext();
        if (entry === undefined) return true;
        const text = this.document.slice(entry.start, entry.end);
        const at = this.table.length - 1;
        this.keep(at, entry.ok ? checker.check(text, at, entry) : this.checkAt(at), checker);
      }
    } while (!turn.isOver);
    return this.isChecked;
  }

  record(index: number): RecordView | undefined {
    const { dialect } = this;
    if (dialect === undefined || index < 0) return undefined;
    while (this.table.length <= index && this.table.readNext() !== undefined);
    if (index >= (this.isWhole ? Math.min(1, this.table.length) : this.table.length)) return undefined;
    const known = this.views.get(index);
    this.views.delete(index);
    const view = known ?? this.view(index, dialect);
    view.moveTo(index, this.isWhole ? 0 : this.table.startOf(index));
    this.views.set(index, view);
    if (this.views.size > viewsKept) this.views.delete(this.views.keys().next().value ?? 0);
    return view;
  }

  recordAt(offset: number): RecordView | undefined {
    const { first, count } = this.recordsIn(offset, offset);
    return count === 0 ? undefined : this.record(first);
  }

  recordsIn(start: number, end: number): { readonly first: number; readonly count: number } {
    if (this.dialect === undefined) return { first: 0, count: 0 };
    if (this.isWhole) return { first: 0, count: 1 };
    this.table.readTo(end);
    const first = this.table.firstEndingAt(start);
    const { length } = this.table;
    let count = 0;
    while (first + count < length && this.table.startOf(first + count) <= end) count += 1;
    return { first, count };
  }

  /** What is known of each record; undefined for those that are still to be checked. For the rules on the whole set. */
  get live(): readonly (LiveRecord | undefined)[] {
    return this.isWhole ? [this.checked.whole] : this.checked.list;
  }

  get checker(): RecordCheck {
    return (this.made ??= new RecordCheck(new RecordReader(this.dialect, { steps: 'all', companions: this.companions, fixed: (this.forced ?? dialectById(this.configured ?? '')) !== undefined }), this.settings));
  }

  /** Puts what the rules on the whole set found of a record in the place of what they found before. */
  setWide(index: number, wide: readonly LiveFinding[]): void {
    const record = this.live[index];
    if (record !== undefined) this.checked.setWide(record, index, wide);
  }

  /** The whole of a record, relative to it. */
  recordRange(index: number): { readonly start: number; readonly end: number } {
    return this.isWhole ? { start: 0, end: this.document.length } : { start: 0, end: this.table.endOf(index) - this.table.startOf(index) };
  }

  identityOf(index: number): object | undefined {
    return this.table.length === 0 ? undefined : this.live[index];
  }

  recordStart(index: number): number {
    return this.isWhole ? 0 : this.table.startOf(index);
  }

  /** A view that is not kept. */
  readAgain(index: number): RecordView | undefined {
    const { dialect } = this;
    if (dialect === undefined || index < 0 || index >= (this.isWhole ? 1 : this.table.length)) return undefined;
    const view = this.views.get(index) ?? this.view(index, dialect);
    // One that is kept may have moved since it was asked for.
    view.moveTo(index, this.isWhole ? 0 : this.table.startOf(index));
    return view;
  }

  private get isWhole(): boolean {
    return this.dialect?.unit === 'file';
  }

  private recognise(): Recognised {
    const named = this.forced ?? dialectById(this.configured ?? '');
    if (named !== undefined) return { dialect: named, confidence: 1 };
    // Whether edits touched the first records shows when the table takes them in.
    const { length } = this.table;
    if (this.recognised !== undefined && length >= 0) return this.recognised;
    const values = this.firstValues();
    const before = this.made?.reader.dialect;
    const now = recogniseValues(values);
    // While the first records are broken, they are what they were.
    this.recognised = values.length === 0 && before !== undefined && this.table.length > 0 ? { dialect: before, confidence: 1 } : now;
    if (before !== undefined && before !== this.recognised.dialect) this.forget();
    return this.recognised;
  }

  private firstValues(): JsonValue[] {
    const values: JsonValue[] = [];
    for (let index = 0; values.length < recordsLookedAt; index += 1) {
      if (index >= this.table.length && this.table.readNext() === undefined) break;
      if (!this.table.isRecord(index)) continue;
      const parsed = parseJson(this.textAt(index));
      if (parsed.ok) values.push(parsed.value);
    }
    return values;
  }

  private splice({ first, removed, added }: Splice): void {
    this.checked.splice(first, removed, added);
    if (first < recordsLookedAt) this.recognised = undefined;
    if (removed === 0 && first + added === this.checked.list.length) return;
    // Companion records that have no id are found by number.
    if (removed !== added && this.companions !== noCompanions) this.checked.forgetFrom(first);
    const views = new Map<number, RecordView>();
    for (const [index, view] of this.views) {
      if (index < first) views.set(index, view);
      else if (index >= first + removed) views.set(index + added - removed, view);
    }
    if (this.made?.reader.dialect?.unit === 'file') views.clear();
    this.views = views;
  }

  private startOver(): void {
    this.recognised = undefined;
    this.forget();
  }

  /** What was found of the records; where they stand is still known. */
  private forget(): void {
    this.made = undefined;
    this.views.clear();
    this.checked.forgetAll();
    this.revision += 1;
    this.setups += 1;
  }

  private nextUnchecked(): number {
    return this.checked.nextUnchecked(this.table.length);
  }

  private checkAt(index: number): LiveRecord {
    const problem = this.table.problemOf(index);
    // What cannot be read may end before the character that shows it.
    if (problem !== undefined) return this.checker.refused(this.document.slice(this.table.startOf(index), Math.max(this.table.endOf(index), this.table.startOf(index) + problem.offset + 1)), problem);
    return this.checker.check(this.textAt(index), index);
  }

  private checkWhole(): LiveRecord {
    this.table.readTo(Infinity);
    const { starts, values, broken } = this.lines();
    return this.checker.checkWhole(this.document.getText(), starts, values, broken);
  }

  /** What follows a broken part of a dialogue has no known context. */
  private lines() {
    const starts: number[] = [];
    const values: JsonValue[] = [];
    for (let index = 0; index < this.table.length; index += 1) {
      const start = this.table.startOf(index);
      const problem = this.table.problemOf(index);
      const parsed = problem === undefined ? parseJson(this.textAt(index)) : undefined;
      if (problem !== undefined || parsed?.ok !== true) return { starts, values, broken: problem && { ...problem, start } };
      starts.push(start);
      values.push(parsed.value);
    }
    return { starts, values, broken: undefined };
  }

  private view(index: number, dialect: Dialect): RecordView {
    const input = { index, dialect, companions: this.companions, reader: this.checker.reader };
    if (!this.isWhole) return new RecordView({ ...input, text: this.textAt(index), base: this.table.startOf(index) });
    this.table.readTo(Infinity);
    return new RecordView({ ...input, text: this.document.getText(), base: 0, starts: this.lines().starts });
  }

  private textAt(index: number): string {
    return this.document.slice(this.table.startOf(index), this.table.endOf(index));
  }

  private keep(index: number, record: LiveRecord, by: RecordCheck): void {
    // Read as another dialect than the file turned out to be meanwhile: it is checked again.
    if (this.dialect === undefined || by !== this.made) return;
    this.checked.keep(index, record);
  }

  private gather(into: DocumentFinding[], record: LiveRecord, index: number, base: number, of: readonly Severity[], most: number): void {
    for (const finding of record.all) {
      if (into.length >= most) return;
      if (of.includes(finding.severity)) into.push(this.placed(finding, index, base));
    }
  }

  private placed(finding: LiveFinding, record: number, base: number): DocumentFinding {
    const range = shifted(finding.range, base);
    const { related: other, tool, ...own } = finding;
    if (other === undefined) return tool === undefined ? { ...own, record, range } : { ...own, record, range, tool: shifted(tool, base) };
    const number = this.isWhole ? -1 : this.checked.numberOf(other);
    return number < 0 ? { ...own, record, range } : { ...own, record, range, related: { record: number, range: { start: this.table.startOf(number), end: this.table.endOf(number) } } };
  }
}
