import type { RecordSample } from './dialect.ts';
import type { Message } from './sample.ts';

/** Whether the context of a sample goes on from that of an earlier one: steps of one dialogue share their messages; other samples of a record (one for each instruction of an API) do not. */
export function goesOn(messages: readonly Message[], before: readonly Message[]): boolean {
  return before.length > 0 && messages[before.length - 1] === before[before.length - 1];
}

/** The last of the samples with the most messages: the contexts of a record's other samples are beginnings of its own. */
export function longestContext(samples: readonly RecordSample[]): RecordSample | undefined {
  let longest: RecordSample | undefined;
  for (const read of samples) if (longest === undefined || read.sample.messages.length >= longest.sample.messages.length) longest = read;
  return longest;
}
