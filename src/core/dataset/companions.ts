import type { JsonValue } from '../json/value.ts';

/** A file that is read beside a dataset: possible answers, function docs, tool catalogues. Containers are taken apart: one value a record. */
export type CompanionFile = {
  /** Name without folder and extension, as a key to look it up by (`BFCL_v4_parallel`, `gorilla_file_system`). */
  readonly stem: string;
  /** As it is shown to people. */
  readonly path: string;
  readonly records: readonly JsonValue[];
};

/** Companion files by role; dialects index them once for each object of this type (by a WeakMap). */
export type Companions = { readonly answers: readonly CompanionFile[]; readonly tools: readonly CompanionFile[] };

export const noCompanions: Companions = { answers: [], tools: [] };
