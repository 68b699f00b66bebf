import { closeSync, openSync, readSync } from 'node:fs';
import { probeEntrySchema, probeOutcomes, type ProbeEntry, type ProbeOutcome } from '../core/rounds/journalEntries.ts';
import { LoopToolError } from '../core/errors.ts';
import { parseLine } from './jsonLine.ts';

/** The large parts of an entry, which a resumed stage mostly does not look at. */
type Large = Pick<ProbeEntry, 'reply' | 'prediction' | 'comparison'>;

const headKeys = ['{"v":1,"attempt":', ',"startedAt":"', '"elapsedMs":', '"reply":"'] as const;
const typeKey = Buffer.from('"type":"probe","sampleId":"');
const nameKeys = ['"labelHash":"', '"requestKey":"', '"outcome":"'] as const;
const pplKey = Buffer.from(',"ppl":');
const outcomes: ReadonlySet<string> = new Set(probeOutcomes);
const smallKeys: ReadonlySet<string> = new Set(['ppl', 'pplMissing', 'pplAnswer', 'pplCall', 'pplCovers', 'finishReason', 'error', 'unstable']);
const plainName = /^[\w:.-]+$/;
const tokenCounts = /^,(?:"promptTokens":(\d+),)?(?:"completionTokens":(\d+),)?$/;
const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;

/**
 * What a resumed probe needs of a finished entry, without parsing the reply and the prediction in it; these are read
 * from the file when somebody asks. Undefined for a line that our writer did not write in exactly this form: such a
 * line is parsed whole. A line that was damaged between its keys is never taken for a whole one.
 */
export function briefProbe(line: Buffer, { path, end }: { readonly path: string; readonly end: number }): ProbeEntry | undefined {
  const [attemptKey, startedKey, elapsedKey, replyKey] = headKeys;
  if (!has(line, 0, attemptKey)) return undefined;
  const attemptEnd = line.indexOf(comma, attemptKey.length);
  const startedFrom = attemptEnd + startedKey.length;
  if (attemptEnd < 0 || !has(line, attemptEnd, startedKey)) return undefined;
  const startedAt = nameAt(line, startedFrom);
  const elapsedFrom = startedFrom + (startedAt?.length ?? 0) + 2;
  if (startedAt === undefined || !has(line, elapsedFrom, elapsedKey)) return undefined;
  const elapsedEnd = line.indexOf(comma, elapsedFrom);
  const replyFrom = elapsedEnd + 1 + replyKey.length;
  if (elapsedEnd < 0 || !has(line, elapsedEnd + 1, replyKey)) return undefined;
  const replyEnd = endOfString(line, replyFrom);
  const typeAt = replyEnd < 0 ? -1 : line.indexOf(typeKey, replyEnd);
  const tokens = typeAt < 0 || typeAt > replyEnd + 80 ? null : tokenCounts.exec(line.toString('latin1', replyEnd + 1, typeAt));
  if (!tokens) return undefined;

  const names: string[] = [];
  let at = typeAt + typeKey.length;
  for (const key of ['', ...nameKeys]) {
    if (!has(line, at, key)) return undefined;
    const name = nameAt(line, at + key.length);
    if (name === undefined) return undefined;
    names.push(name);
    at += key.length + name.length + 2;
  }
  const pplAt = line.lastIndexOf(pplKey);
  // In a string of the line these keys would be escaped: a second one is another entry that ran into this one.
  if (pplAt < replyEnd || line.indexOf(typeKey, at) >= 0) return undefined;
  const small = smallMembers(line.toString('utf8', pplAt + 1, line.length));
  const [sampleId = '', labelHash = '', requestKey = '', outcome = ''] = names;
  const attempt = Number(line.toString('latin1', attemptKey.length, attemptEnd));
  const elapsedMs = Number(line.toString('latin1', elapsedFrom + elapsedKey.length, elapsedEnd));
  if (!small || !outcomes.has(outcome) || !Number.isInteger(attempt) || !Number.isFinite(elapsedMs)) return undefined;
  const place = { path, from: end - 1 - line.length, bytes: line.length };
  const { ppl, ...further } = small;
  const entry = new BriefProbe(attempt, startedAt, elapsedMs, sampleId, labelHash, requestKey, outcome as ProbeOutcome, ppl ?? null, place);
  if (tokens[1] !== undefined) further.promptTokens = Number(tokens[1]);
  if (tokens[2] !== undefined) further.completionTokens = Number(tokens[2]);
  // Absent and undefined are one to all who read entries.
  return Object.assign(entry, further);
}

/** The text up to the next quote, where it holds nothing that would have to be decoded. */
function nameAt(line: Buffer, from: number): string | undefined {
  const to = line.indexOf(quote, from);
  const name = to < 0 || to > from + 200 ? '' : line.toString('latin1', from, to);
  return plainName.test(name) ? name : undefined;
}

function has(line: Buffer, at: number, text: string): boolean {
  return at + text.length <= line.length && line.toString('latin1', at, at + text.length) === text;
}

/** The members from `ppl` to the end, where it is a member of the entry itself and none of them is unknown. */
function smallMembers(text: string): Writable | undefined {
  try {
    // Of an object further inside there would be one closing brace too many.
    const members = JSON.parse(`{${text}`) as Record<string, unknown>;
    if (!Object.keys(members).every((key) => smallKeys.has(key))) return undefined;
    const { ppl } = members;
    return ppl === null || typeof ppl === 'number' ? (members) : undefined; // the writer's own, by its key
  } catch {
    return undefined;
  }
}

export type Place = { readonly path: string; readonly from: number; readonly bytes: number };
type Small = Omit<ProbeEntry, keyof Large>;
type Writable = { -readonly [key in keyof Small]?: Small[key] };

/** Where the whole entry stands; takes the entry's large parts once they are read. A copy of an entry has it too. */
const placeKey = Symbol('place');
type Placed = { [placeKey]: Place | Large };

function largeOf(entry: Placed): Large {
  const held = entry[placeKey];
  if (!('from' in held)) return held;
  const large = readLarge(held);
  entry[placeKey] = large;
  return large;
}

/** Getters of the class: own ones would make every entry a shape of its own, at several times the time and memory. */
class BriefProbe {
  readonly v = 1;
  readonly type = 'probe';
  [placeKey]: Place | Large;

  constructor(
    readonly attempt: number,
    readonly startedAt: string,
    readonly elapsedMs: number,
    readonly sampleId: string,
    readonly labelHash: string,
    readonly requestKey: string,
    readonly outcome: ProbeOutcome,
    readonly ppl: number | null,
    place: Place,
  ) {
    this[placeKey] = place;
  }

  get reply() {
    return largeOf(this).reply;
  }

  get prediction() {
    return largeOf(this).prediction;
  }

  get comparison() {
    return largeOf(this).comparison;
  }

  toJSON(): object {
    return wholeEntry(this);
  }
}

/** An entry as it is written: a brief one, or a copy of one, with its large parts. Any other comes back as it is. */
export function wholeEntry(entry: object): object {
  if (!(placeKey in entry)) return entry;
  // What the mark is on was made here.
  const { v, attempt, startedAt, elapsedMs, promptTokens, completionTokens, type, sampleId, labelHash, requestKey, outcome, ...rest } = { ...entry } as Partial<Small>;
  const { reply, ...large } = largeOf(entry as Placed);
  // In the order of the writer, for the next brief reading.
  return { v, attempt, startedAt, elapsedMs, reply, promptTokens, completionTokens, type, sampleId, labelHash, requestKey, outcome, ...large, ...rest };
}

/** The text of a line that is known to stand there. */
export function readPlace({ path, from, bytes }: Place): string {
  const line = Buffer.alloc(bytes);
  const file = openSync(path, 'r');
  try {
    readSync(file, line, 0, bytes, from);
  } finally {
    closeSync(file);
  }
  return line.toString('utf8');
}

function readLarge(place: Place): Large {
  const parsed = parseLine(readPlace(place));
  const entry = parsed.ok ? probeEntrySchema.safeParse(parsed.value) : undefined;
  if (!entry?.success) throw new LoopToolError('journal-unreadable', `An entry of ${place.path} cannot be read any more. Run the command again: its request is made again.`);
  const { reply, prediction, comparison } = entry.data;
  return { ...(reply === undefined ? {} : { reply }), ...(prediction === undefined ? {} : { prediction }), ...(comparison === undefined ? {} : { comparison }) };
}

export function endOfString(line: Buffer, from: number): number {
  for (let at = line.indexOf(quote, from); at >= 0; at = line.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (line[at - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}
