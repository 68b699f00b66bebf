import type { Dialect } from '../../core/dataset/dialect.ts';
import type { Severity } from '../../core/rules/finding.ts';
import type { LiveText } from '../text/liveText.ts';
import type { RecordView } from './recordView.ts';
import type { DocumentFinding } from '../documents.ts';

/** An open document that is a dataset, as it stands now. What it hands out belongs to this version of the text. */
export interface OpenDataset {
  readonly uri: string;
  readonly document: LiveText;
  /** Undefined where no record looks like any dialect; then there are no records either. */
  readonly dialect: Dialect | undefined;
  /** From 0 to 1. */
  readonly confidence: number;
  /** Of all records: the first to ask for it waits until a long file is split. */
  readonly recordCount: number;
  /** Of the records that are found so far: all of them once it is checked. */
  readonly recordsFound: number;
  /** Undefined until all records are checked. */
  readonly sampleCount: number | undefined;
  /** The same view for the same text, as long as it is among those lately asked for. */
  record(index: number): RecordView | undefined;
  /** The same without being kept, for those who go through many: `record` is for what somebody looks at. */
  readAgain(index: number): RecordView | undefined;
  /** The same object as long as the record's text and what it is read with stay the same; undefined until it is checked. */
  identityOf(index: number): object | undefined;
  /** The record that an offset lies in, its end included; on blank lines and between elements none. */
  recordAt(offset: number): RecordView | undefined;
  /** Numbers of the records that touch the range, without reading them. */
  recordsIn(start: number, end: number): { readonly first: number; readonly count: number };
  /** Whether all records are checked; the rules on the whole set may still come. */
  readonly isChecked: boolean;
  /** Findings of each severity that are known so far. */
  readonly known: Readonly<Record<Severity, number>>;
  /** Reads all records as one dialect; undefined: as it is recognised. Unknown ids change nothing. Ask for a diagnostic refresh after it. */
  forceDialect(id: string | undefined): void;
  /** What the last finished check found for the present text; undefined while it runs. In the order of the text. */
  readonly findings: readonly DocumentFinding[] | undefined;
}
