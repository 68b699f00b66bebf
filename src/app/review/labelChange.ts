import type { Label } from '../../core/dataset/sample.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import type { WayBack } from '../../core/review/applied.ts';

/** Who says that a label is another one, for the audit. */
export type ChangeOrigin = {
  readonly decision?: string | undefined;
  readonly decidedBy?: string | undefined;
  readonly round?: number | undefined;
  /** As in `.looptool/applied.jsonl`. */
  readonly source: string;
  readonly judge?: string | undefined;
  readonly promptVersion?: string | undefined;
  readonly reason?: string | undefined;
  /** The applied changes that this one takes back, and operations of decisions.jsonl that go with it. */
  readonly reverts?: readonly string[] | undefined;
  readonly operations?: readonly string[] | undefined;
};

/** What becomes of a label: another one, or further answers that it accepts. */
export type LabelChange = {
  readonly sampleId: string;
  /** The label that was seen: another one is never changed. */
  readonly labelHash: string;
  /** Label in the dataset where the one that was seen is the loop's replacement of it. */
  readonly alsoSeen?: string | undefined;
  readonly to: { readonly label: Label } | { readonly accept: readonly Label[] };
  /** Of a label that is put back: how the record was written before. */
  readonly back?: WayBack | undefined;
  readonly origin: ChangeOrigin;
};

export type Correction = {
  readonly sampleId: string;
  readonly record: number;
  readonly step: number;
  readonly edits: readonly TextEdit[];
  readonly old: Label;
  readonly oldHash: string;
  readonly new: Label;
  readonly newHash: string;
  readonly change: LabelChange;
  /** Of a correction that was planned within its record. */
  readonly back?: WayBack;
  /** Of a label that stands beside the dataset: where (`file` relative to the dataset's folder). The edits are of that file. */
  readonly answers?: { readonly file: string; readonly record: number };
};

/** A decision that is not applied, with where its sample stands and why. `kept`: the file cannot hold it, and it counts without that. */
export type RefusedCorrection = { readonly sampleId: string; readonly record: number; readonly reason: 'stale' | 'unwritable' | 'kept'; readonly message: string };
