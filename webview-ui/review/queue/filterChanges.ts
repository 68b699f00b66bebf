import type { QueueFilter } from '../../../src/core/review/queue/queueSpec.ts';

export type ListCondition = 'verdicts' | 'outcomes' | 'tools' | 'kinds' | 'rules' | 'origins' | 'rulings';

/** The filter with conditions set, or taken away where they are undefined. */
export function withCondition(filter: QueueFilter, change: { readonly [K in keyof QueueFilter]?: QueueFilter[K] | undefined }): QueueFilter {
  const entries = Object.entries({ ...filter, ...change }).filter(([, v]) => v !== undefined);
  // The members of both, without those that are undefined.
  return Object.fromEntries(entries) as QueueFilter;
}

export function isToggled(filter: QueueFilter, condition: ListCondition, value: string): boolean {
  return (filter[condition] as readonly string[] | undefined)?.includes(value) ?? false;
}

/** The filter with one value more, or less, in one of its lists; an empty list is no condition. */
export function toggled(filter: QueueFilter, condition: ListCondition, value: string): QueueFilter {
  const now: readonly string[] = filter[condition] ?? [];
  const next = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
  // Values come from the facets, which the host makes of the same lists.
  return withCondition(filter, { [condition]: next.length === 0 ? undefined : next });
}

/** How many conditions the panel of filters holds: all but the text and the state, which are always seen. */
export function conditions(filter: QueueFilter): number {
  return Object.entries(filter).filter(([name, value]) => value !== undefined && name !== 'text' && name !== 'state').length;
}

export const NO_CONDITION: QueueFilter = { state: 'all' };
