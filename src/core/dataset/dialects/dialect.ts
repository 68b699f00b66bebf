import type { JsonNode } from '../../json/tree.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Label, Sample } from '../sample.ts';
import type { LocatedCall, SampleSpans, TextEdit } from '../spans.ts';

/** Which assistant steps of a record are samples: those that call, the last one, or every one. */
export type Steps = 'calls' | 'last' | 'all';

export type RecordSample = { readonly sample: Sample; readonly step: number; readonly spans: SampleSpans };

/** `offset` is where in the text the problem shows. */
export type RecordProblem = { readonly offset: number; readonly message: string };

export type RecordReading = { readonly samples: readonly RecordSample[]; readonly problems: readonly RecordProblem[] };

/** One way in which datasets write samples as rows. */
export interface Dialect {
  readonly id: string;
  readonly name: string;
  /** How sure it is, from 0 to 1, that a record is of this dialect. Looks at the content alone. */
  detect(record: JsonNode): number;
  /** `record` is a node of `text`. */
  read(text: string, record: JsonNode, steps: Steps): RecordReading;
  /** A row that reads back as the same id, label hash and family. */
  write(sample: Sample): JsonObject;
  /** The calls of the label with their nodes; empty when the label has none. */
  locateCalls(text: string, spans: SampleSpans): readonly LocatedCall[];
  /** Puts another label in the place of the whole old one. */
  replaceLabel(text: string, spans: SampleSpans, label: Label): readonly TextEdit[];
}
