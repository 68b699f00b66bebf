import type { JsonValue } from '../../json/value.ts';
import type { ArgumentFacts } from '../../schema/argumentFacts.ts';
import type { TextPart } from './wordDiff.ts';

/**
 * How both sides stand to each other. `type`: the same thing in another type (`"5"` for 5). `order`: the same members in
 * another order. `forgiven`: different, but the comparison overlooks it. `missing` stands in the label alone, `added` in the
 * prediction alone.
 */
export type RowState = 'same' | 'forgiven' | 'changed' | 'type' | 'order' | 'missing' | 'added';

/** What the tool's schema says: `undeclared` is not in the schema, `noTool` a tool that the sample does not show, `open` a part that the schema leaves open. */
export type RowSchema = { readonly kind: 'declared'; readonly facts: ArgumentFacts; readonly type: string } | { readonly kind: 'undeclared' | 'noTool' | 'open' };

/** Several parts in one row: members of the object, or items of the array, at the row's path. */
export type RowCover = { readonly kind: 'members'; readonly keys: readonly string[] } | { readonly kind: 'items'; readonly from: number; readonly predictionFrom: number; readonly count: number; readonly predictionCount: number };

export type AlignedRow = {
  /** From the call's arguments, as the label has it; as the prediction has it where it stands there alone. */
  readonly path: readonly (string | number)[];
  /** The same place in the prediction: items may have moved, keys may be written in another normal form. */
  readonly predictionPath: readonly (string | number)[];
  /** The row stands for these parts of the container at its path; both values hold them alone. */
  readonly cover?: RowCover;
  readonly state: RowState;
  /** `warning` for differences of form only. */
  readonly severity?: 'error' | 'warning' | 'info';
  /** Undefined where the side has none. */
  readonly label: JsonValue | undefined;
  readonly prediction: JsonValue | undefined;
  /** What the comparer says of it. */
  readonly remarks: readonly string[];
  readonly schema: RowSchema;
  /** Of two texts that differ. */
  readonly parts?: readonly TextPart[];
  /** Of a label with possible answers: all values of this argument that count as right, and whether it may be left out. */
  readonly acceptable?: { readonly values: readonly JsonValue[]; readonly optional: boolean; /** Index in `values` of the one that stands in the row. */ readonly nearest: number };
};

export type AlignedName = { readonly label: string | undefined; readonly prediction: string | undefined; readonly state: RowState; readonly remarks: readonly string[] };

export type AlignedCall = {
  /** 0-based place among its side's calls. */
  readonly labelIndex: number | undefined;
  readonly predictionIndex: number | undefined;
  /** It stands at another place than its neighbours do; calls that only shifted by a missing one have not moved. */
  readonly moved: boolean;
  readonly state: RowState;
  readonly name: AlignedName;
  readonly rows: readonly AlignedRow[];
  /** What the schema declares and neither side gives. */
  readonly unused: readonly ArgumentFacts[];
};
