import type { JsonValue } from '../json/value.ts';

export const violationKinds = ['type', 'enum', 'missing', 'unknown', 'range', 'length', 'pattern', 'format', 'combination', 'depth'] as const;
export type ViolationKind = (typeof violationKinds)[number];

/** One way in which arguments break their schema. `path` starts at the arguments object; for missing and unknown members it ends with their name. */
export type SchemaViolation = {
  readonly path: readonly (string | number)[];
  readonly kind: ViolationKind;
  readonly message: string;
  /** What would be right: type names, the allowed values, a bound. */
  readonly expected?: JsonValue;
  /** For unknown members: the declared one that was probably meant. */
  readonly suggestion?: string;
  /** The value is the default that the schema itself gives: the schema contradicts itself, and who filled in the value may be right. */
  readonly ownDefault?: true;
};
