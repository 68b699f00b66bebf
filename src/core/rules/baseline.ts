import * as z from 'zod';
import type { Part } from './rule.ts';
import { shortHash } from './shortHash.ts';

/**
 * The findings that a dataset had when a team took up the rules: they are not shown, so that only new ones are. Each is known by
 * sample, rule and place, not by file and line, and so survives sorting, splitting and a change of format.
 */
export const baselineSchema = z.object({
  v: z.literal(1),
  /** How many findings each fingerprint stands for. */
  findings: z.record(z.string(), z.number().int().min(1)),
});
export type Baseline = Readonly<z.infer<typeof baselineSchema>>;

/** What a finding is known by. `record` is the text of a record that gives no sample. */
export function fingerprint(rule: string, sampleId: string | undefined, at: Part | undefined, record: string): string {
  return shortHash(`${rule}\n${sampleId ?? record}\n${at === undefined ? '' : JSON.stringify(at)}`);
}

/** Takes known findings off as they come: of two findings with one fingerprint a baseline of one hides one. */
export class BaselineFilter {
  private readonly left: Map<string, number>;

  constructor(baseline: Baseline) {
    this.left = new Map(Object.entries(baseline.findings));
  }

  isKnown(print: string): boolean {
    const count = this.left.get(print) ?? 0;
    if (count === 0) return false;
    this.left.set(print, count - 1);
    return true;
  }
}

export function makeBaseline(prints: Iterable<string>): Baseline {
  const counts = new Map<string, number>();
  for (const print of prints) counts.set(print, (counts.get(print) ?? 0) + 1);
  return { v: 1, findings: Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}
