import type { Sample } from '../dataset/sample.ts';
import { isJsonArray } from '../json/member.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import type { Part } from './rule.ts';

/** A text of a sample with where it stands. */
export type PlacedText = { readonly at: Part; readonly text: string };

/** The texts of the messages from `first` on. */
export function* messageTexts({ messages }: Sample, first: number): Generator<PlacedText> {
  for (let message = first; message < messages.length; message += 1) {
    const text = messages[message]?.content;
    if (text !== undefined && text !== '') yield { at: { part: 'message', message }, text };
  }
}

/** The text of a text label, and every string value of the calls. */
export function* labelTexts({ label }: Sample): Generator<PlacedText> {
  if (label.kind === 'text') yield { at: { part: 'label' }, text: label.text };
  if (label.kind !== 'calls') return;
  for (const [call, { arguments: args }] of label.calls.entries()) {
    for (const { path, text } of stringsOf(args, [])) yield { at: { part: 'value', call, path }, text };
  }
}

type Path = readonly (string | number)[];

/** Every string inside a value, keys apart. */
export function* stringsOf(value: JsonValue, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (isJsonArray(value)) for (const [index, item] of value.entries()) yield* stringsOf(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* stringsOf(item, [...path, key]);
}
