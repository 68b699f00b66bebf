import { expandEntrySchema, type ExpandEntry } from '../core/rounds/journalEntries.ts';
import { grouped, type Bucket } from './buckets.ts';
import type { LinePlace } from './followedLines.ts';
import { lastUserText, oneLine } from './sampleTitle.ts';

export type ExpandLine = { readonly entry: ExpandEntry; readonly title: string; readonly place: LinePlace };

/** A line of the expand journal, without the reply. */
export function expandLine(value: unknown, place: LinePlace): ExpandLine | undefined {
  const parsed = expandEntrySchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { reply: _reply, ...entry } = parsed.data;
  return { entry, title: entry.type === 'generation' && entry.sample ? lastUserText(entry.sample.messages) : '', place };
}

/** Expansions asked for, accepted ones first, refused ones by the gate that refused them. */
export function expansionBuckets(lines: readonly ExpandLine[]): readonly Bucket[] {
  const items = new Map<string, { id: string; state: string; detail: string; title: string; place: LinePlace }>();
  for (const { entry, title, place } of lines) {
    const seed = entry.type === 'generation' ? entry.sampleId : entry.seedId;
    const slot = `${seed}/${entry.k}`;
    const known = items.get(slot);
    if (entry.type === 'generation') {
      items.set(slot, { id: entry.sample?.id ?? seed, state: entry.status === 'candidate' ? 'pending' : entry.status, detail: oneLine(entry.reason || entry.variation), title, place });
    } else if (known) {
      items.set(slot, { ...known, state: entry.verdict === 'CORRECT' ? 'accepted' : 'judge', detail: oneLine(entry.analysis) || known.detail });
    }
  }
  return grouped(items.values(), ['accepted', 'judge', 'duplicate', 'schema', 'parse', 'api', 'pending'], (item) => item.state, (item) => ({
    sampleId: item.id,
    detail: item.detail,
    entry: item.place,
    reviewable: false,
    title: item.title,
  }));
}
