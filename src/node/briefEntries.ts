import type { ZodType } from 'zod';
import { LoopToolError } from '../core/errors.ts';
import type { BriefLine } from './briefLine.ts';
import { parseLine } from './jsonLine.ts';
import { endOfString, readPlace, type Place } from './probeLines.ts';

const head = Buffer.from('{"v":1,"attempt":');
const replyKey = Buffer.from(',"reply":"');
const sampleKey = Buffer.from(',"sample":{');
/** Attempt, start and duration stand before the reply. */
const longestHead = 200;
const close = 0x7d;

/** The large parts of an entry, which a resumed stage mostly does not look at. */
type Large = { readonly reply?: string | undefined; readonly sample?: unknown };
const largeKey = Symbol('large');
type Brief = { [largeKey]: Place | Large };

const withReply = Object.create(Object.prototype, { reply: { get: replyOf, enumerable: false, configurable: true } }) as object;
const withSample = Object.create(withReply, { sample: { get: sampleOf, enumerable: false, configurable: true } }) as object;

function replyOf(this: Brief): string | undefined {
  return largeOf(this).reply;
}

function sampleOf(this: Brief): unknown {
  return largeOf(this).sample;
}

/**
 * Reads entries without their replies and generated samples, which are read from the file when somebody asks. Undefined for a
 * line that our writer did not write in this form, and for one without a reply: such a line is parsed whole.
 */
export function briefEntry<T extends object>(schema: ZodType<T>): BriefLine<T> {
  return (line, { path, end }) => {
    if (head.compare(line, 0, head.length) !== 0) return undefined;
    const replyAt = line.subarray(0, longestHead).indexOf(replyKey);
    const replyEnd = replyAt < 0 ? -1 : endOfString(line, replyAt + replyKey.length);
    // In a string of the line a second head would be escaped: it is another entry that ran into this one.
    if (replyEnd < 0 || line.indexOf(head, 1) >= 0) return undefined;
    const sampleAt = line.indexOf(sampleKey, replyEnd);
    // What is left out has to be the last member, and to look whole.
    if (sampleAt >= 0 && (line[line.length - 1] !== close || line[line.length - 2] !== close)) return undefined;
    const text = `${line.toString('latin1', 0, replyAt)}${line.toString('utf8', replyEnd + 1, sampleAt < 0 ? line.length : sampleAt)}${sampleAt < 0 ? '' : '}'}`;
    const parsed = parseLine(text);
    const entry = parsed.ok ? schema.safeParse(parsed.value) : undefined;
    if (!entry?.success) return undefined;
    const place: Place = { path, from: end - 1 - line.length, bytes: line.length };
    return Object.setPrototypeOf(Object.assign(entry.data, { [largeKey]: place }), sampleAt < 0 ? withReply : withSample) as T; // the same, with what is left out on demand
  };
}

function largeOf(entry: Brief): Large {
  const held = entry[largeKey];
  if (!('from' in held)) return held;
  const { reply, sample } = wholeLine(held) as Large; // as the writer wrote it
  const large = { reply, sample };
  entry[largeKey] = large;
  return large;
}

function wholeLine(place: Place): object {
  const parsed = parseLine(readPlace(place));
  if (parsed.ok && typeof parsed.value === 'object' && parsed.value !== null) return parsed.value;
  throw new LoopToolError('journal-unreadable', `An entry of ${place.path} cannot be read any more. Restore the file, or remove the damaged line: its request is made again.`);
}

/** An entry as it is written: a brief one, or a copy of one, with what was left out, in the order of the writer. Any other comes back as it is. */
export function wholeBrief(entry: object): object {
  if (!(largeKey in entry)) return entry;
  const { reply, sample } = largeOf(entry as Brief); // the mark was made here
  const { v, attempt, startedAt, elapsedMs, ...rest } = { ...entry } as Record<string, unknown>;
  return { v, attempt, startedAt, elapsedMs, reply, ...rest, ...(sample === undefined ? {} : { sample }) };
}
