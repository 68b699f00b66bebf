import type { SourcePath } from '../json/path.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Companions } from './companions.ts';
import type { Label, Sample } from './sample.ts';
import type { StructureEdit } from './structureEdit.ts';

/** Which assistant steps of a record are samples: those that call, the last one, or every one. */
export type Steps = 'calls' | 'last' | 'all';

/** Where a call stands. `arguments` leads to the arguments object itself, also where it is JSON text in a string; absent where the call has none. */
export type CallPlace = { readonly call: SourcePath; readonly name: SourcePath; readonly arguments: SourcePath | undefined };

/**
 * Where the parts of a sample stand. `tools` and `messages` are parallel to the sample's, `calls` to the label's calls.
 * With `answers`, label and calls stand in that record of the companion file with the possible answers, not in the record itself.
 */
export type SamplePlaces = {
  readonly tools: readonly SourcePath[];
  readonly messages: readonly SourcePath[];
  readonly label: SourcePath;
  readonly calls: readonly CallPlace[];
  /** Of a label that cannot be read, the first part that cannot. */
  readonly broken?: SourcePath | undefined;
  /** `numbered`: the record is found by the number of the question, for neither has an id. */
  readonly answers?: { readonly file: string; readonly record: number; readonly numbered?: true } | undefined;
};

export type RecordSample = {
  readonly sample: Sample;
  /** 0-based among the assistant steps of the record. */
  readonly step: number;
  /** Worked out only when asked for. */
  readonly places: () => SamplePlaces;
  /** Text that stands beside the label's calls. */
  readonly prose?: string | undefined;
  /** What of the record the sample does not hold (`reasoning`, `images`), in the field's words: a conversion says so. */
  readonly unheld?: readonly string[] | undefined;
};

/** A record, or a part of it, that cannot be read. `path` is where the problem shows. `leftOut`: it can, and holds no sample on purpose. */
export type RecordProblem = { readonly path: SourcePath; readonly message: string; readonly leftOut?: true };

export type RecordReading = { readonly samples: readonly RecordSample[]; readonly problems: readonly RecordProblem[] };

export type ReadOptions = {
  readonly steps: Steps;
  readonly companions: Companions;
  /** 0-based number of the record in its file: companion records that have no id are found by it. */
  readonly index?: number | undefined;
};

/**
 * One way in which datasets write samples. Values of records come from the parser: look up keys that come from data with
 * `Object.hasOwn` or `member`, since objects may have the ordinary prototype.
 */
export interface Dialect {
  readonly id: string;
  readonly name: string;
  /** `file`: a whole file is one record, its lines (JSON Lines) or elements the items of an array. `record` when absent. */
  readonly unit?: 'record' | 'file';
  /** Files that a record is read with, by the dataset's layout. */
  readonly companions?: readonly CompanionLayout[];
  /** How sure it is, from 0 to 1, that a record is of this dialect. Looks at the content alone; cheap, and never throws. */
  readonly detect: (record: JsonValue) => number;
  /** Never throws, whatever the record holds. */
  readonly read: (record: JsonValue, options: ReadOptions) => RecordReading;
  /** A row that reads back as the same id, label hash and family. Absent where no trainer takes the dialect. */
  readonly write?: (sample: Sample) => JsonObject;
  /** The written row with some of its answers, counted among its assistant steps, marked as context that is no sample. */
  readonly contextOnly?: (row: JsonObject, steps: ReadonlySet<number>) => JsonObject;
  /** Parts of the record that say at another place what stands at the first one already: an edit of that is one of them, too. Plain keys and indexes. */
  readonly copies?: (record: JsonValue) => readonly { readonly of: readonly (string | number)[]; readonly at: readonly (string | number)[] }[];
  /** Edits of the record that put another label in the place of the whole old one; undefined where the dialect cannot hold it. */
  readonly relabel?: (record: JsonValue, sample: RecordSample, label: Label) => readonly StructureEdit[] | undefined;
  /**
   * Ways to give the record that an answer stands in (of a companion file, or the question itself) another label, smallest
   * first: possible answers that accept its calls where the label names none. The caller reads back what comes of them.
   */
  readonly answerEdits?: (record: JsonValue, sample: RecordSample, label: Label) => Iterable<readonly StructureEdit[]>;
}

/**
 * Companion files of one role. `paths` are tried in order, relative to the dataset's folder: `{name}` is the file's name,
 * `{stem}` the same without its extension, `{stem-X}` without `X` at its end too, a last part `*.json` or `*.jsonl` stands for all such files of that folder.
 */
export type CompanionLayout = { readonly role: CompanionRole; readonly paths: readonly string[] };
export type CompanionRole = 'answers' | 'tools';
