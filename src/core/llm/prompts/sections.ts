import { parseJson } from '../../json/parse.ts';
import { stringifyJson } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import { quotedJson } from './quoted.ts';

/**
 * The user message of every judge, critique and generator prompt: titled sections, each one JSON value in a fence.
 * All data is JSON, and a JSON text has neither a line that starts with a fence nor one that starts with `## `:
 * nothing inside a sample can close its section or open another one. See `quotedJson` for what else is made harmless.
 */
export type Section = { readonly title: string; readonly value: JsonValue };

const fenceOpen = '```json';
const fenceClose = '```';

export function writeSections(sections: readonly Section[]): string {
  return sections.map(({ title, value }) => `## ${title}\n${fenceOpen}\n${quotedJson(stringifyJson(value))}\n${fenceClose}`).join('\n\n');
}

/** The sections of a text by title. Text outside of sections, and a section whose fence or JSON is broken, is passed over; of two with one title the last counts. */
export function readSections(text: string): Map<string, JsonValue> {
  const sections = new Map<string, JsonValue>();
  const lines = text.split(/\r?\n/u);
  for (let i = 0; i < lines.length; i++) {
    const title = /^## (.*)$/u.exec(lines[i] ?? '')?.[1]?.trim();
    if (title === undefined || lines[i + 1]?.trim() !== fenceOpen) continue;
    const end = lines.indexOf(fenceClose, i + 2);
    if (end < 0) continue;
    const parsed = parseJson(lines.slice(i + 2, end).join('\n'));
    if (parsed.ok) sections.set(title, parsed.value);
    i = end;
  }
  return sections;
}
