import type { Companions } from '../../core/dataset/companions.ts';
import type { Dialect, RecordSample } from '../../core/dataset/dialect.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import { editsIn } from '../../core/dataset/structureEdits.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { eachValue } from '../../core/jsonl/records.ts';
import type { Fix } from '../../core/rules/finding.ts';
import { apartEdits, fixEdits, recordHits, type RecordHit } from '../../core/rules/recordFixes.ts';
import type { ActiveRule } from '../../core/rules/settings.ts';
import type { Suppressions } from '../../core/rules/suppression.ts';
import { RecordView } from '../dataset/recordView.ts';
import type { CheckControl } from '../documents.ts';
import { moved } from './editorEdits.ts';
import type { LabelSources } from './labelSources.ts';

export type FixAllInput = {
  readonly text: string;
  readonly dialect: Dialect;
  readonly companions: Companions;
  readonly active: readonly ActiveRule[];
  readonly suppressions: Suppressions;
  /** Leaves out fixes that may make a right label wrong. */
  readonly safeOnly: boolean;
};

/** `edits` are of the text. `full`: more fixes were left for another time. */
export type FixedText = { readonly edits: readonly TextEdit[]; readonly fixed: number; readonly unsafe: number; readonly full: boolean };

const recordsBetweenPauses = 100;
/** More than an editor's preview can show, and than anybody looks through. */
export const mostFixed = 10_000;

/** The fixes of all findings of a text, record by record; undefined when it was told to stop. Findings with several fixes to choose from are left out. */
export async function fixAllIn(input: FixAllInput, sources: LabelSources, { isStale, pause }: CheckControl): Promise<FixedText | undefined> {
  const edits: TextEdit[] = [];
  let fixed = 0;
  let unsafe = 0;
  for (const record of recordsOf(input)) {
    if (record.index % recordsBetweenPauses === recordsBetweenPauses - 1) {
      await pause();
      if (isStale()) return undefined;
    }
    const own = fixRecord(record, input, sources);
    edits.push(...own.edits);
    fixed += own.fixed;
    unsafe += own.unsafe;
    if (fixed >= mostFixed) return { edits, fixed, unsafe, full: true };
  }
  return { edits, fixed, unsafe, full: false };
}

type PlacedValue = { readonly index: number; readonly start: number; readonly value: JsonValue; readonly view: () => RecordView };

/** Native parsing; a record's own text and tree are made only where something is found. */
function* recordsOf({ text, dialect, companions }: FixAllInput): Generator<PlacedValue> {
  if (dialect.unit === 'file') {
    const starts = [...eachValue(text)].flatMap((entry) => (entry.ok ? [entry.start] : []));
    const whole = new RecordView({ index: 0, text, base: 0, starts, dialect, companions });
    if (whole.value !== undefined) yield { index: 0, start: 0, value: whole.value, view: () => whole };
    return;
  }
  let last: { readonly index: number; readonly start: number; readonly value: JsonValue } | undefined;
  const placed = (one: NonNullable<typeof last>, end: number): PlacedValue => ({
    ...one,
    view: () => new RecordView({ index: one.index, text: text.slice(one.start, end), base: one.start, dialect, companions }),
  });
  for (const entry of eachValue(text)) {
    if (last !== undefined) yield placed(last, entry.ok ? entry.start : Math.max(last.start, entry.offset));
    last = entry.ok ? entry : undefined;
  }
  if (last !== undefined) yield placed(last, text.length);
}

function fixRecord(record: PlacedValue, { dialect, companions, active, suppressions, safeOnly }: FixAllInput, sources: LabelSources): Omit<FixedText, 'full'> {
  let view: RecordView | undefined;
  const viewOf = (): RecordView => (view ??= record.view());
  const samples = dialect.read(record.value, { steps: 'all', companions, index: record.index }).samples;
  const chosen = recordHits({ value: record.value, samples, dialect }, () => viewOf().locator, active, suppressions).flatMap(({ read, hit }) => {
    const fix = chosenFix(hit, safeOnly);
    return fix === undefined ? [] : [{ read, rule: hit.rule, fix }];
  });
  if (chosen.length === 0) return { edits: [], fixed: 0, unsafe: 0 };
  const made = together(viewOf(), chosen);
  const rules = new Set(chosen.map(({ rule }) => rule));
  const [rule] = rules;
  sources.remember(viewOf(), made.edits, rules.size === 1 && rule !== undefined ? `rule:${rule}` : 'rules');
  return { edits: moved(made.edits, viewOf().base), fixed: made.taken, unsafe: Math.min(made.taken, chosen.filter(({ fix }) => !fix.safe).length) };
}

/** The only one, or the only safe one. */
function chosenFix({ fixes, suggestions }: RecordHit['hit'], safeOnly: boolean): Fix | undefined {
  const own = fixes?.() ?? [];
  const safe = own.filter((fix) => fix.safe);
  if (safe.length === 1 || safeOnly) return safe[0];
  const [only, ...others] = own.length > 0 ? own : (suggestions?.() ?? []);
  return others.length === 0 ? only : undefined;
}

/** Planned as one where that can be, so that two changes of one object do not meet. */
function together(view: RecordView, chosen: readonly { readonly read: RecordSample; readonly fix: Fix }[]): { readonly edits: readonly TextEdit[]; readonly taken: number } {
  const joined = chosen.some(({ fix }) => fix.label !== undefined) ? undefined : editsIn(view.locator, chosen.flatMap(({ fix }) => fix.edits));
  if (joined !== undefined) return { edits: joined, taken: joined.length === 0 ? 0 : chosen.length };
  return apartEdits(chosen.flatMap(({ read, fix }) => {
    const edits = fixEdits(view, read, fix);
    return edits === undefined ? [] : [edits];
  }));
}
