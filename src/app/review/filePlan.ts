import type { Label } from '../../core/dataset/sample.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import type { AnswersPlan } from './answersPlan.ts';
import type { Correction, RefusedCorrection } from './labelChange.ts';

/** Bytes of the file with what becomes of them: `text` is what stands there. */
export type ChangedBytes = { readonly byteOffset: number; readonly byteLength: number; readonly line: number; readonly text: string; readonly edits: readonly TextEdit[] };

/** A correction with the lines that it touches, as they are and as they become; `line` is 1-based. */
export type PlannedCorrection = Correction & { readonly newSampleId?: string; readonly line: number; readonly before: string; readonly after: string };

/** A record all of whose samples people dropped. */
export type DroppedRecord = {
  readonly record: number;
  readonly line: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly text: string;
  readonly samples: readonly { readonly id: string; readonly step: number; readonly label: Label; readonly labelHash: string }[];
  /** End of the record before it, and start of the one behind it. */
  readonly previousEnd: number | undefined;
  nextStart: number | undefined;
};

export type FilePlan = {
  readonly file: string;
  readonly path: string;
  /** Of the file when it was read. */
  readonly version: string;
  readonly corrections: readonly PlannedCorrection[];
  readonly refused: readonly RefusedCorrection[];
  readonly applied: readonly string[];
  readonly changed: readonly ChangedBytes[];
  readonly dropped: readonly DroppedRecord[];
  /** Samples that people dropped, whose record holds others that they did not. */
  readonly shared: readonly { readonly sampleId: string; readonly record: number }[];
  /** Changes of labels that stand beside the dataset. */
  readonly answers: readonly AnswersPlan[];
};
