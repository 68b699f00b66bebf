import * as z from 'zod';
import { listMember, member } from '../json/member.ts';
import type { JsonValue } from '../json/value.ts';

/** A line of `.looptool/suppressions.jsonl`: findings of a rule on a sample that a person found to be none. It goes by the sample's id, and so survives a change of format. */
export const suppressionSchema = z.object({
  v: z.literal(1),
  sampleId: z.string(),
  /** `*` for all rules. */
  rule: z.string(),
  note: z.string().optional(),
});
export type Suppression = Readonly<z.infer<typeof suppressionSchema>>;

/** Which findings are not shown: by `"looptool": {"ignore": ["rule-id"]}` in the record itself, or by the side file. */
export class Suppressions {
  private readonly rulesById = new Map<string, Set<string>>();

  constructor(entries: Iterable<Suppression>) {
    for (const { sampleId, rule } of entries) {
      const rules = this.rulesById.get(sampleId);
      if (rules === undefined) this.rulesById.set(sampleId, new Set([rule]));
      else rules.add(rule);
    }
  }

  /** Whether there are no entries; records may say something of themselves all the same. */
  get isEmpty(): boolean {
    return this.rulesById.size === 0;
  }

  /** `sampleId` is asked for only when there are entries at all. */
  hides(rule: string, record: JsonValue, sampleId: () => string): boolean {
    if (ignoredRules(record).some((one) => one === rule || one === '*')) return true;
    if (this.rulesById.size === 0) return false;
    const rules = this.rulesById.get(sampleId());
    return rules !== undefined && (rules.has(rule) || rules.has('*'));
  }
}

function ignoredRules(record: JsonValue): readonly string[] {
  return (listMember(member(record, 'looptool'), 'ignore') ?? []).filter((rule) => typeof rule === 'string');
}
