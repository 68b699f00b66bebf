import type { Label, ToolCall } from '../../dataset/sample.ts';
import { sha256Hex } from '../../hash.ts';
import type { ProbeOutcome } from '../../rounds/journalEntries.ts';
import type { Comparison, Difference } from '../../toolcall/difference.ts';
import type { Prediction } from '../../toolcall/prediction.ts';
import type { ErrorKind } from './queueItem.ts';
import { typeRelation, valueClass, valueRelation } from './valueRelation.ts';

const longestShape = 300;
const longestName = 80;
/** A label of hundreds of wrong calls is a mistake of its own; its parts are not looked at one by one. */
const mostDifferences = 64;

/**
 * Equal for pairs that differ in the same way, the same mistake. Two lines: where and how the sides differ (tools, paths of
 * arguments with `*` for places in arrays, kinds of difference), then how the values are related (see `valueRelation`). So
 * all `unit: "celsius" -> "C"` of a tool have one shape, and those with other units are next to them. Of parallel calls only
 * those that differ count, and the same difference in several of them counts once.
 */
export function differenceShape(label: Label, prediction: Prediction | undefined, outcome: ProbeOutcome, comparison: Comparison | undefined): string {
  const labelCalls = callsOf(label);
  const predicted = prediction?.calls ?? [];
  const parts = new Map<string, string>();
  if (outcome === 'MISMATCH' && (comparison === undefined || comparison.differences.length === 0)) add(parts, partOfSides(label, prediction));
  else if (outcome !== 'MISMATCH') parts.set(`${outcome} ${names(labelCalls)}`, '');
  else for (const difference of comparison?.differences.slice(0, mostDifferences) ?? []) add(parts, difference.path.length === 0 ? partOfSides(label, prediction) : partOf(difference, labelCalls, predicted));
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${short(sorted.map(([where]) => where).join('; '))}\n${short(sorted.map(([, how]) => how).join('; '))}`;
}

/** The first line of a shape: tools, arguments and kinds of difference, without the values. */
export function coarseShape(shape: string): string {
  const end = shape.indexOf('\n');
  return end === -1 ? shape : shape.slice(0, end);
}

/** What differs between the sides, distinct, in the comparer's order; nothing where they match. The label tells mismatches without a comparison apart. */
export function errorKindsOf(outcome: ProbeOutcome, comparison: Comparison | undefined, label?: Label): readonly ErrorKind[] {
  if (outcome === 'TRUNCATED') return ['truncated'];
  if (outcome === 'INVALID') return ['invalid'];
  if (outcome === 'EMPTY') return ['empty'];
  if (outcome !== 'MISMATCH') return [];
  if (comparison === undefined) return [label?.kind === 'text' ? 'text' : 'kind'];
  return [...new Set(comparison.differences.map(({ kind }) => kind))];
}

function callsOf(label: Label): readonly ToolCall[] {
  return label.kind === 'calls' ? label.calls : [];
}

type Part = { readonly where: string; readonly how: string };

function add(parts: Map<string, string>, { where, how }: Part): void {
  const known = parts.get(where);
  parts.set(where, known === undefined ? how : [...new Set([...known.split(' | '), how])].sort().join(' | '));
}

/** One side calls and the other does not, or texts are of other kinds; a text's own words are told by no shape. */
function partOfSides(label: Label, prediction: Prediction | undefined): Part {
  const kind = label.kind === 'text' && label.textKind !== undefined ? label.textKind.kind : label.kind;
  return { where: `kind ${names(callsOf(label))} / ${names(prediction?.calls ?? [])}`, how: `${kind} -> ${prediction?.kind ?? 'nothing'}` };
}

function partOf(difference: Difference, label: readonly ToolCall[], predicted: readonly ToolCall[]): Part {
  const { kind, path, expected, got } = difference;
  const call = typeof path[0] === 'number' ? path[0] : -1;
  const where = `${kind} ${nameOf((kind === 'extra-call' ? predicted : label)[call])}${pathText(path)}`;
  if (kind === 'name') return { where: `${where} -> ${typeof got === 'string' ? nameText(got) : 'other'}`, how: '' };
  if (kind === 'missing-argument') return { where, how: valueClass(expected) };
  if (kind === 'extra-argument') return { where, how: valueClass(got) };
  if (kind === 'type') return { where, how: typeRelation(expected ?? null, got ?? null) };
  if (kind === 'value') return { where, how: valueRelation(expected ?? null, got ?? null) };
  return { where, how: '' };
}

function pathText(path: Difference['path']): string {
  return path
    .slice(1)
    .map((part) => (typeof part === 'number' ? '[*]' : `.${nameText(part)}`))
    .join('');
}

function names(calls: readonly ToolCall[]): string {
  return calls.length === 0 ? 'no call' : [...new Set(calls.slice(0, mostDifferences).map(nameOf))].sort().join(', ');
}

function nameOf(call: ToolCall | undefined): string {
  return call === undefined ? '?' : nameText(call.name);
}

/** Quoted where it is no plain name, so that no name can be taken for another part of the shape. */
function nameText(name: string): string {
  return /^[\w-]{1,80}$/.test(name) ? name : JSON.stringify(name.length <= longestName ? name : `${name.slice(0, longestName)}#${sha256Hex(name).slice(0, 12)}`);
}

/** Long shapes stay apart by a hash of all of them. */
function short(text: string): string {
  return text.length <= longestShape ? text : `${text.slice(0, longestShape)}#${sha256Hex(text).slice(0, 16)}`;
}
