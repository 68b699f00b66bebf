import type { JournalEntry } from '../../core/rounds/fold.ts';

/** What requests of one kind have taken so far. Tokens are means a request; absent where no server counted them. */
export type Measure = { readonly requests: number; readonly promptTokens?: number; readonly completionTokens?: number; readonly perSecond?: number };

/** Takes the answered requests among the entries. The rate is over the time in which at least one was under way: pauses between runs do not count. */
export function measureRequests(entries: Iterable<JournalEntry>): Measure | undefined {
  const prompt = new Mean();
  const completion = new Mean();
  const spans: { readonly from: number; readonly to: number }[] = [];
  for (const { attempt, startedAt, elapsedMs, promptTokens, completionTokens } of entries) {
    // What no request stands behind: pre-checks, marks, repetitions.
    if (attempt === 0) continue;
    const from = Date.parse(startedAt);
    spans.push({ from, to: from + elapsedMs });
    if (promptTokens !== undefined) prompt.add(promptTokens);
    if (completionTokens !== undefined) completion.add(completionTokens);
  }
  if (spans.length === 0) return undefined;
  const busyMs = busyTime(spans);
  return {
    requests: spans.length,
    ...(prompt.value === undefined ? {} : { promptTokens: prompt.value }),
    ...(completion.value === undefined ? {} : { completionTokens: completion.value }),
    ...(busyMs > 0 ? { perSecond: (spans.length * 1000) / busyMs } : {}),
  };
}

class Mean {
  private sum = 0;
  private count = 0;

  add(value: number): void {
    this.sum += value;
    this.count += 1;
  }

  get value(): number | undefined {
    return this.count === 0 ? undefined : this.sum / this.count;
  }
}

/** Length of the union of spans, in milliseconds. */
function busyTime(spans: readonly { readonly from: number; readonly to: number }[]): number {
  let busy = 0;
  let until = -Infinity;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy;
}
