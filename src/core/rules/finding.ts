import type { Label } from '../dataset/sample.ts';
import type { StructureEdit } from '../dataset/structureEdit.ts';
import type { Span } from '../json/stringMap.ts';

export const severities = ['error', 'warning', 'information'] as const;
export type Severity = (typeof severities)[number];

/**
 * A change that puts a finding right. Only `safe` ones are made without a person looking: they cannot make a right label wrong.
 * `label` is for what depends on how a dialect writes labels: with it there are no edits, and the sample gets this label.
 */
export type Fix = { readonly title: string; readonly safe: boolean; readonly edits: readonly StructureEdit[]; readonly label?: Label };

/** One diagnostic of one rule on one sample. `record` is 0-based; `range` are UTF-16 offsets of the dataset's text. */
export type Finding = {
  /** Rule id, as in docs/rules.md. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly record: number;
  readonly range: Span;
  /** Absent where the record could not be read, so that there is no sample. */
  readonly sampleId?: string;
  readonly fixes?: readonly Fix[];
};
