import { withCopies } from '../dataset/copies.ts';
import { dialectById } from '../dataset/registry.ts';
import type { Label } from '../dataset/sample.ts';
import type { StructureEdit } from '../dataset/structureEdit.ts';
import type { JsonValue } from '../json/value.ts';
import { show } from '../toolcall/differences.ts';
import type { ArgumentChoices } from './argumentChoices.ts';
import type { Fix } from './finding.ts';
import { placesOf } from './places.ts';
import type { SampleContext } from './sampleContext.ts';
import { textPlace } from './textPlace.ts';

type ArgumentPath = readonly (string | number)[];
type LabelChange =
  | { readonly kind: 'set'; readonly call: number; readonly path: ArgumentPath; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly call: number; readonly path: ArgumentPath }
  | { readonly kind: 'rename'; readonly call: number; readonly path: ArgumentPath; readonly key: string };

/** The edits, with those of copies that the dialect keeps. */
export function inStep({ dialect, record }: Pick<SampleContext, 'dialect' | 'record'>, edits: readonly StructureEdit[]): readonly StructureEdit[] {
  return withCopies(dialectById(dialect), record, edits);
}

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
    return edits.length < changes.length ? [] : [{ title, safe, edits: inStep(context, edits) }];
  };
}

/** Fixes for a person to choose from, one for each value. */
export function valueFixes(context: SampleContext, call: number, path: ArgumentPath, values: () => readonly JsonValue[], verb = 'Write'): () => readonly Fix[] {
  return () => values().flatMap((value) => argumentFix(context, `${verb} ${show(value)}`, [{ kind: 'set', call, path, value }])());
}

/** Leaves an optional argument out; no fix for a required one. */
export function omission(context: SampleContext, { required, call, path, name }: Pick<ArgumentChoices, 'required' | 'call' | 'path' | 'name'>): () => readonly Fix[] {
  return required ? () => [] : argumentFix(context, `Leave ${name} out`, [{ kind: 'remove', call, path }]);
}

/** A fix that gives the sample another label, in whichever way its dialect writes it. */
export function labelFix(context: SampleContext, title: string, label: () => Label | undefined): () => readonly Fix[] {
  return () => {
    const own = context.sample.label;
    if ((own.kind === 'calls' && own.possible !== undefined) || placesOf(context.read).answers !== undefined) return [];
    const wanted = label();
    return wanted === undefined ? [] : [{ title, safe: false, edits: [], label: wanted }];
  };
}

/** A fix of a range of a message's text, where that is written as it is said. */
export function messageFix(context: SampleContext, title: string, message: number, text: string): () => readonly Fix[] {
  return () => {
    const path = placesOf(context.read).messages[message];
    const said = context.sample.messages[message]?.content;
    const place = path === undefined || said === undefined ? undefined : textPlace(context.record, path, said);
    return place === undefined ? [] : [{ title, safe: false, edits: inStep(context, [{ kind: 'text', path: place, text }]) }];
  };
}

/** A fix that calls another tool. */
export function nameFix(context: SampleContext, call: number, name: string): () => readonly Fix[] {
  return () => {
    const { label } = context.sample;
    const places = placesOf(context.read);
    const path = places.calls[call]?.name;
    if (path === undefined || path.length === 0 || places.answers !== undefined || label.kind !== 'calls' || label.possible !== undefined) return [];
    return [{ title: `Call ${name}`, safe: false, edits: inStep(context, [{ kind: 'set', path, value: name }]) }];
  };
}
