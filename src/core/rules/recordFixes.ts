import type { Companions } from '../dataset/companions.ts';
import type { Dialect, RecordSample } from '../dataset/dialect.ts';
import { goesOn } from '../dataset/dialogue.ts';
import { labelEdits } from '../dataset/labelEdit.ts';
import type { RecordLocator } from '../dataset/locate.ts';
import type { Label, Message } from '../dataset/sample.ts';
import { sampleSpans, type TextEdit } from '../dataset/spans.ts';
import { editsIn } from '../dataset/structureEdits.ts';
import { isLoopToolError } from '../errors.ts';
import type { Span } from '../json/stringMap.ts';
import type { JsonValue } from '../json/value.ts';
import type { Fix } from './finding.ts';
import { spanOfPart } from './places.ts';
import { checkSample, type RuleHit } from './recordChecker.ts';
import { SampleContext } from './sampleContext.ts';
import type { ActiveRule } from './settings.ts';
import type { Suppressions } from './suppression.ts';

/** A record with its samples; offsets are of `text`, in which it starts at `starts`. */
export type FixableRecord = {
  readonly text: string;
  readonly starts: number | readonly number[];
  readonly value: JsonValue | undefined;
  readonly samples: readonly RecordSample[];
  readonly dialect: Dialect;
  readonly locator: RecordLocator;
  /** That it was read with. */
  readonly companions?: Companions;
  /** 0-based in its file. */
  readonly index?: number;
};

/** What a rule says of a sample of a record, fixes not yet worked out. */
export type RecordHit = { readonly read: RecordSample; readonly hit: RuleHit; readonly range: Span };

/** The findings of the rules on single samples. */
export function recordHits(record: Pick<FixableRecord, 'value' | 'samples' | 'dialect'>, locator: () => RecordLocator, active: readonly ActiveRule[], suppressions: Suppressions): readonly RecordHit[] {
  const { value, samples, dialect } = record;
  if (value === undefined) return [];
  let last: readonly Message[] = [];
  return samples.flatMap((read) => {
    const { messages } = read.sample;
    // What an earlier step saw is not told again.
    const context = new SampleContext(read, value, dialect.id, goesOn(messages, last) ? last.length : 0);
    last = messages;
    return checkSample(context, active).flatMap((hit) => {
      if (suppressions.hides(hit.rule, value, () => read.sample.id)) return [];
      return [{ read, hit, range: spanOfPart(locator(), read, hit.at) }];
    });
  });
}

/** The edits of a fix in the record's text; undefined where it cannot be made, or changes nothing. */
export function fixEdits(record: FixableRecord, read: RecordSample, fix: Fix): readonly TextEdit[] | undefined {
  const edits = fix.label === undefined ? editsIn(record.locator, fix.edits) : labelTextEdits(record, read, fix.label);
  return edits === undefined || edits.length === 0 ? undefined : edits;
}

/** The smallest edits of the record's text that give a sample another label; undefined where the record cannot hold it. */
export function labelTextEdits({ text, starts, value, dialect, companions, index = 0 }: FixableRecord, read: RecordSample, label: Label): readonly TextEdit[] | undefined {
  if (typeof starts !== 'number' || value === undefined || read.places().answers !== undefined) return undefined;
  const { sample, step, places, prose } = read;
  try {
    return labelEdits(text, { sample, step, places, prose, start: starts, record: value, dialect: dialect.id, occurrence: { file: '', record: index, step }, spans: sampleSpans(text, starts, places()) }, label, companions);
  } catch (error) {
    if (isLoopToolError(error)) return undefined;
    throw error;
  }
}

/** Edits of several fixes, in order; those that meet the edits of one before them are left out. */
export function apartEdits(all: readonly (readonly TextEdit[])[]): { readonly edits: readonly TextEdit[]; readonly taken: number } {
  const edits: TextEdit[] = [];
  let taken = 0;
  for (const some of all) {
    if (some.some((edit) => edits.some((one) => edit.start <= one.end && one.start <= edit.end))) continue;
    edits.push(...some);
    taken += 1;
  }
  return { edits: edits.sort((a, b) => a.start - b.start), taken };
}
