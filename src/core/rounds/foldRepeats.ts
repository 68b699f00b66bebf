import { isComplete } from './fold.ts';
import type { RepeatEntry } from './journalEntries.ts';

/** Further answers to one sample: the greedy one, and the sampled ones in the order of `k`. */
export type Repeated = { readonly greedy?: RepeatEntry; readonly sampled: readonly RepeatEntry[] };

/** By sample id, sorted. Entries for other samples than these rows, or for another label of one, are left out. */
export function foldRepeats(entries: Iterable<RepeatEntry>, rows: readonly { readonly id: string; readonly labelHash: string }[]): ReadonlyMap<string, Repeated> {
  const current = new Map(rows.map(({ id, labelHash }) => [id, labelHash]));
  const last = new Map<string, Map<string, RepeatEntry>>();
  for (const entry of entries) {
    if (current.get(entry.sampleId) !== entry.labelHash) continue;
    const held = last.get(entry.sampleId) ?? new Map<string, RepeatEntry>();
    last.set(entry.sampleId, held);
    const place = `${entry.pass} ${entry.k}`;
    const before = held.get(place);
    if (before === undefined || isComplete(entry) || !isComplete(before)) held.set(place, entry);
  }
  const sorted = [...last].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([id, held]) => [id, repeatedOf([...held.values()])]));
}

function repeatedOf(entries: readonly RepeatEntry[]): Repeated {
  const greedy = entries.find(({ pass }) => pass === 'greedy');
  return { ...(greedy === undefined ? {} : { greedy }), sampled: entries.filter(({ pass }) => pass === 'sampled').sort((a, b) => a.k - b.k) };
}

/** Right answers among those that were sampled; undefined where none came. A failed request is no answer. */
export function passesOf({ sampled }: Repeated, isRight: (outcome: RepeatEntry['outcome']) => boolean): { readonly right: number; readonly n: number } | undefined {
  const answers = sampled.filter(isComplete);
  return answers.length === 0 ? undefined : { right: answers.filter(({ outcome }) => isRight(outcome)).length, n: answers.length };
}
