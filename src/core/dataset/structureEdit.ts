import type { SourcePath } from '../json/path.ts';
import type { JsonValue } from '../json/value.ts';

/**
 * One change of a record, in terms of its structure:
 * - `set` gives a member or item another value; a member that its object lacks is added at the end, as is an item behind the
 *   last one of a list;
 * - `remove` takes a member or item out, with its comma;
 * - `rename` gives a member another key;
 * - `text` replaces the decoded text of a string, or of a range of it.
 */
export type StructureEdit =
  | { readonly kind: 'set'; readonly path: SourcePath; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly path: SourcePath }
  | { readonly kind: 'rename'; readonly path: SourcePath; readonly key: string }
  | { readonly kind: 'text'; readonly path: SourcePath; readonly text: string };
