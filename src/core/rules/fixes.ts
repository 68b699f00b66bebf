import type { StructureEdit } from '../dataset/structureEdit.ts';
import type { JsonValue } from '../json/value.ts';
import type { Fix } from './finding.ts';
import { placesOf } from './places.ts';
import type { SampleContext } from './sampleContext.ts';

type ArgumentPath = readonly (string | number)[];
type LabelChange =
  | { readonly kind: 'set'; readonly call: number; readonly path: ArgumentPath; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly call: number; readonly path: ArgumentPath }
  | { readonly kind: 'rename'; readonly call: number; readonly path: ArgumentPath; readonly key: string };

/** A fix that changes arguments of the label; none where the label stands in a companion file or lists possible answers. */
export function argumentFix(context: SampleContext, title: string, changes: readonly LabelChange[], safe = false): () => readonly Fix[] {
  return () => {
    const { label } = context.sample;
    if (label.kind !== 'calls' || label.possible !== undefined) return [];
    const places = placesOf(context.read);
    if (places.answers !== undefined) return [];
    const edits = changes.flatMap((change): StructureEdit[] => {
      const base = places.calls[change.call]?.arguments;
      if (base === undefined) return [];
      const path = [...base, ...change.path];
      if (change.kind === 'set') return [{ kind: 'set', path, value: change.value }];
      return change.kind === 'remove' ? [{ kind: 'remove', path }] : [{ kind: 'rename', path, key: change.key }];
    });
    return edits.length < changes.length ? [] : [{ title, safe, edits }];
  };
}

/** A fix that calls another tool. */
export function nameFix(context: SampleContext, call: number, name: string): () => readonly Fix[] {
  return () => {
    const { label } = context.sample;
    const places = placesOf(context.read);
    const path = places.calls[call]?.name;
    if (path === undefined || path.length === 0 || places.answers !== undefined || label.kind !== 'calls' || label.possible !== undefined) return [];
    return [{ title: `Call ${name}`, safe: false, edits: [{ kind: 'set', path, value: name }] }];
  };
}
