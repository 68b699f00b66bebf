import type { JsonValue } from '../json/value.ts';
import type { Dialect } from './dialect.ts';
import type { StructureEdit } from './structureEdit.ts';

/** Edits of a record, with the same edits of what its dialect keeps copies of. */
export function withCopies(dialect: Dialect | undefined, record: JsonValue, edits: readonly StructureEdit[]): readonly StructureEdit[] {
  const copies = dialect?.copies?.(record) ?? [];
  return copies.length === 0 ? edits : edits.flatMap((edit) => [edit, ...copies.filter(({ of }) => of.every((step, index) => step === edit.path[index])).map(({ of, at }) => ({ ...edit, path: [...at, ...edit.path.slice(of.length)] }))]);
}
