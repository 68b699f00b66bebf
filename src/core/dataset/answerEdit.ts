import { LoopToolError } from '../errors.ts';
import { parseJson } from '../json/parse.ts';
import { canonicalJson } from '../json/stringify.ts';
import { nodeValue, parseTree } from '../json/tree.ts';
import type { JsonValue } from '../json/value.ts';
import { trimEdit } from '../text/trimEdit.ts';
import { comparePossible } from '../toolcall/possible.ts';
import type { Companions } from './companions.ts';
import type { Dialect, RecordSample } from './dialect.ts';
import { labelHash } from './identity.ts';
import { applyEdits } from './labelEdit.ts';
import type { Label, ToolCall } from './sample.ts';
import type { TextEdit } from './spans.ts';
import { structureEdits } from './structureEdits.ts';

/** Reads the sample with another text of the record that its answer stands in. */
export type AnswerReader = (record: JsonValue) => RecordSample | undefined;

/** Of an answer that stands in a companion file. */
export function besideReader(dialect: Dialect, question: JsonValue, { step, places }: Pick<RecordSample, 'step' | 'places'>, companions: Companions): AnswerReader {
  const { answers } = places();
  const file = companions.answers.find(({ path }) => path === answers?.file);
  return (record) => {
    if (file === undefined) return undefined;
    // The one record is the first of its file, also where records have no ids.
    const only: Companions = { answers: [{ ...file, records: [record] }], tools: companions.tools };
    return dialect.read(question, { steps: 'all', companions: only, index: 0 }).samples.find((sample) => sample.step === step);
  };
}

/** Of an answer that stands in the question itself. */
export function ownReader(dialect: Dialect, { step }: Pick<RecordSample, 'step'>, companions: Companions, index: number): AnswerReader {
  return (record) => dialect.read(record, { steps: 'all', companions, index }).samples.find((sample) => sample.step === step);
}

/** `label` is the one that reads back, with all values that count as right. */
export type AnswerEdits = { readonly edits: readonly TextEdit[]; readonly label: Label };

/**
 * The smallest edits of the record at `start` of a text that make its answer the label: possible answers that accept its calls
 * where the label names none itself, else exactly it. None where it stands there already. Every result is read back before it
 * is given. Throws `label-changed` when the record does not hold the sample's answer any more, `write-failed` when it cannot
 * hold the label.
 */
export function answerEdits(text: string, start: number, dialect: Dialect, sample: RecordSample['sample'], read: AnswerReader, label: Label): AnswerEdits {
  const parsed = parseTree(text, { offset: start });
  const value = parsed.ok ? nodeValue(parsed.node) : undefined;
  const current = value === undefined ? undefined : read(value);
  if (!parsed.ok || value === undefined || current?.sample.id !== sample.id || current.sample.labelHash !== sample.labelHash) {
    throw new LoopToolError('label-changed', 'The answer changed since it was read. Read the dataset again, then correct the label.');
  }
  if (says(current.sample.label, label)) return { edits: [], label: current.sample.label };
  for (const candidate of dialect.answerEdits?.(value, current, label) ?? []) {
    const placed = structureEdits(text, start, candidate);
    if (placed === undefined) continue;
    const edits = placed.map((edit) => trimEdit(text, edit)).filter((edit) => edit.start < edit.end || edit.newText !== '');
    const { node } = parsed;
    const edited = parseJson(applyEdits(text.slice(node.start, node.end), edits.map((edit) => ({ ...edit, start: edit.start - node.start, end: edit.end - node.start }))));
    const now = edited.ok ? read(edited.value)?.sample : undefined;
    if (now?.id === sample.id && says(now.label, label)) return { edits, label: now.label };
  }
  throw new LoopToolError('write-failed', `${dialect.name}: an answer cannot say this label.`);
}

/** Whether possible answers accept a label's calls, all of them and no further one, or are the label. */
export function says(answer: Label, label: Label): boolean {
  if (labelHash(answer) === labelHash(label)) return true;
  if (answer.kind !== 'calls' || label.kind !== 'calls' || answer.possible === undefined || answer.alternatives !== undefined) return false;
  if (label.possible !== undefined) return canonicalCalls(answer.possible) === canonicalCalls(label.possible);
  return label.alternatives === undefined && comparePossible(answer.possible, label.calls).equal;
}

function canonicalCalls(calls: readonly ToolCall[]): string {
  return canonicalJson(calls.map(({ name, arguments: args }) => ({ name, arguments: args })));
}
