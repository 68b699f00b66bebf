import type { TextEdit } from '../../core/dataset/spans.ts';
import type { Span } from '../../core/json/stringMap.ts';
import type { Fix } from '../../core/rules/finding.ts';
import { fixEdits, recordHits, type RecordHit } from '../../core/rules/recordFixes.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, recommendedSettings } from '../../core/rules/settings.ts';
import { Suppressions } from '../../core/rules/suppression.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { ServerProject } from '../serverProject.ts';

/** A finding of a record as it stands now; `range` is in the document. */
export type PlacedHit = { readonly record: RecordView; readonly read: RecordHit['read']; readonly hit: RecordHit['hit']; readonly range: Span };

const found = new WeakMap<RecordView, { readonly project: ServerProject | undefined; readonly hits: readonly RecordHit[] }>();
const noSuppressions = new Suppressions([]);

/** What the rules on single samples find in one record, by the settings of its project. */
export function hitsOf(record: RecordView, project: ServerProject | undefined, path: string | undefined): readonly PlacedHit[] {
  let known = found.get(record);
  if (known === undefined || known.project !== project) {
    const suppressions = project?.suppressions ?? noSuppressions;
    const hits = recordHits(record, () => record.locator, activeRules(rules, project?.rules ?? recommendedSettings), path === undefined ? suppressions : suppressions.forFile(path));
    found.set(record, (known = { project, hits }));
  }
  return known.hits.map(({ read, hit, range }) => ({ record, read, hit, range: record.toDocument(range) }));
}

/** A fix that can be made; edits are of the record's text. */
export type PossibleFix = { readonly title: string; readonly safe: boolean; readonly edits: readonly TextEdit[] };

const mostFixes = 8;

/** Fixes of a finding, then what a person may choose from; those that lead to the same text once. */
export function possibleFixes({ record, read, hit }: PlacedHit): readonly PossibleFix[] {
  const seen = new Set<string>();
  return [...(hit.fixes?.() ?? []), ...(hit.suggestions?.() ?? [])].flatMap((fix: Fix) => {
    const edits = seen.size < mostFixes ? fixEdits(record, read, fix) : undefined;
    const key = JSON.stringify(edits);
    if (edits === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ title: fix.title, safe: fix.safe, edits }];
  });
}
