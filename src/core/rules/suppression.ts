import * as z from 'zod';
import { listMember, member } from '../json/member.ts';
import type { JsonValue } from '../json/value.ts';

const about = {
  v: z.literal(1),
  /** `*` for all rules. */
  rule: z.string(),
  note: z.string().optional(),
};

/** Findings of a rule on a sample that a person found to be none. It goes by the sample's id, and so survives a change of format. */
const sampleSuppressionSchema = z.object({ ...about, sampleId: z.string() });
/** The same for a whole file; in the side file relative to the project's folder, with `/`. */
const fileSuppressionSchema = z.object({ ...about, file: z.string().min(1) });

/** A line of `.looptool/suppressions.jsonl`. */
export const suppressionSchema = z.union([sampleSuppressionSchema, fileSuppressionSchema]);
export type Suppression = Readonly<z.infer<typeof sampleSuppressionSchema>> | Readonly<z.infer<typeof fileSuppressionSchema>>;

const none: ReadonlySet<string> = new Set();

/**
 * Which findings are not shown: by `"looptool": {"ignore": ["rule-id"]}` in the record itself, or by the side file. What is
 * suppressed in a file counts after `forFile` alone.
 */
export class Suppressions {
  private rulesById = new Map<string, Set<string>>();
  private rulesByFile = new Map<string, Set<string>>();
  private ofFile = none;

  /** Files of the entries as `forFile` is given them. */
  constructor(entries: Iterable<Suppression>) {
    for (const entry of entries) {
      const [rulesOf, key] = 'sampleId' in entry ? [this.rulesById, entry.sampleId] : [this.rulesByFile, entry.file];
      const rules = rulesOf.get(key);
      if (rules === undefined) rulesOf.set(key, new Set([entry.rule]));
      else rules.add(entry.rule);
    }
  }

  /** The same for the records of one file. */
  forFile(file: string): Suppressions {
    const ofFile = this.rulesByFile.get(file) ?? none;
    if (ofFile === this.ofFile) return this;
    const own = new Suppressions([]);
    own.rulesById = this.rulesById;
    own.rulesByFile = this.rulesByFile;
    own.ofFile = ofFile;
    return own;
  }

  /** Whether there are no entries; records may say something of themselves all the same. */
  get isEmpty(): boolean {
    return this.rulesById.size === 0 && this.rulesByFile.size === 0;
  }

  /** `sampleId` is asked for only when there are entries at all. */
  hides(rule: string, record: JsonValue, sampleId: () => string): boolean {
    if (ignoredRules(record).some((one) => one === rule || one === '*')) return true;
    if (this.ofFile.has(rule) || this.ofFile.has('*')) return true;
    if (this.rulesById.size === 0) return false;
    const rules = this.rulesById.get(sampleId());
    return rules !== undefined && (rules.has(rule) || rules.has('*'));
  }
}

function ignoredRules(record: JsonValue): readonly string[] {
  return (listMember(member(record, 'looptool'), 'ignore') ?? []).filter((rule) => typeof rule === 'string');
}
