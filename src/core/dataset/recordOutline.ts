import type { SourcePath } from '../json/path.ts';
import { placesOf } from '../rules/places.ts';
import type { RecordSample } from './dialect.ts';
import type { RecordTools } from './recordTools.ts';
import type { Message } from './sample.ts';

/** A turn of a record's dialogue, or its answer: `path` leads to it, `calls` to the calls in it. */
export type OutlineTurn = {
  readonly role: Message['role'];
  readonly text: string;
  readonly path: SourcePath;
  readonly isLabel: boolean;
  readonly calls: readonly { readonly name: string; readonly detail: string; readonly call: SourcePath; readonly namePath: SourcePath }[];
};

const mostText = 80;

/** The turns of a record in the order of the dialogue: the context of its last sample and the labels of all. */
export function recordOutline(samples: readonly RecordSample[], tools: RecordTools): readonly OutlineTurn[] {
  const turns = new Map<number, OutlineTurn>();
  const callsAt = (message: number): OutlineTurn['calls'] =>
    tools.calls.filter((call) => call.message === message && call.answers === undefined).map(({ call, place }) => ({ name: call.name, detail: Object.keys(call.arguments).join(', '), call: place.call, namePath: place.name }));
  for (const read of samples) {
    const places = placesOf(read);
    for (const [index, message] of read.sample.messages.entries()) {
      const path = places.messages[index];
      if (path !== undefined && !turns.has(index)) turns.set(index, { role: message.role, text: shortText(message.content), path, isLabel: false, calls: message.role === 'assistant' ? callsAt(index) : [] });
    }
    const { label } = read.sample;
    const text = label.kind === 'text' ? label.text : label.kind === 'calls' ? label.calls.map(({ name }) => name).join(', ') : label.kind;
    if (places.answers === undefined) turns.set(read.sample.messages.length, { role: 'assistant', text: shortText(text), path: places.label, isLabel: true, calls: callsAt(read.sample.messages.length) });
  }
  return [...turns].sort(([a], [b]) => a - b).map(([, turn]) => turn);
}

/** What a record is called in a list: what the user says first. Of a text only its beginning is looked at. */
export function recordTitle(samples: readonly RecordSample[]): string {
  const first = samples[0]?.sample.messages.find((message) => message.role === 'user') ?? samples[0]?.sample.messages[0];
  return first === undefined ? '' : shortText(first.content);
}

/** One line of a text, without characters that could change how what follows is shown. */
export function shortText(text: string): string {
  const line = text.slice(0, mostText * 4).replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const isLong = line.length > mostText || text.length > mostText * 4;
  // Joined anew, so that a title that is kept does not keep the text that it was cut out of.
  return [...line].slice(0, mostText - 1).join('') + (isLong ? '…' : [...line].slice(mostText - 1).join(''));
}
