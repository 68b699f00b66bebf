import type { Label, TextKind, ToolCall, ToolDefinition } from '../../dataset/sample.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { membersAt } from '../../schema/argumentFacts.ts';
import { toolTable } from '../../schema/toolTable.ts';
import { compareCalls } from '../../toolcall/compare.ts';
import type { Comparison, Difference } from '../../toolcall/difference.ts';
import { callDifferences, show } from '../../toolcall/differences.ts';
import { comparePossible } from '../../toolcall/possible.ts';
import type { Prediction, PredictionKind } from '../../toolcall/prediction.ts';
import { sameName } from '../../toolcall/sameValue.ts';
import type { AlignedCall, AlignedName, AlignedRow, RowState } from './alignedRow.ts';
import { alignedRows, loneRows, rowBudget, type RowBudget, type Told } from './alignedRows.ts';
import { acceptedValues, nearestCall, nearestIndex } from './nearestChoice.ts';
import { wordDiff, type TextPart } from './wordDiff.ts';

/** What a side is, apart from its calls and its text. */
export type SideFacts =
  | { readonly kind: 'calls'; readonly count: number }
  | { readonly kind: 'text'; readonly textKind: TextKind | undefined }
  | { readonly kind: 'noCall' | 'anyCall' }
  /** Nothing that a prediction is held against: `text` is all of it, `reason` why it could not be read. */
  | { readonly kind: 'trace' | 'invalid'; readonly reason: string | undefined }
  /** No complete answer: what came is in the text, why in the warnings. */
  | { readonly kind: 'empty' | 'truncated' | 'broken'; readonly warnings: readonly string[] };

export type AlignedText = { readonly state: RowState; readonly label: string | undefined; readonly prediction: string | undefined; readonly parts: readonly TextPart[] | undefined };

/** A further answer that counts as right, against the prediction. */
export type AlignedAlternative = { readonly index: number; readonly calls: readonly AlignedCall[]; readonly differences: number };

export type AlignedAnswers = {
  readonly sides: { readonly label: SideFacts; readonly prediction: SideFacts };
  /** Undefined where the sides are not both calls: then the probe's outcome says what is to be said. */
  readonly equal: boolean | undefined;
  readonly text: AlignedText | undefined;
  readonly calls: readonly AlignedCall[];
  /** What the comparer says of the answers as a whole. */
  readonly remarks: readonly string[];
  /** At most some; `hiddenAlternatives` more are not shown. `nearest` is the index of the one that the prediction is nearest to, where it is nearer than the label itself. */
  readonly alternatives: readonly AlignedAlternative[];
  readonly hiddenAlternatives: number;
  readonly nearest: number | undefined;
};

const mostAlternatives = 8;

/** Label and prediction against each other, argument by argument, as the comparer explains them. `comparison` is the one of their match; without it they are compared here. */
export function alignAnswers(label: Label, prediction: Prediction, comparison: Comparison | undefined, tools: readonly ToolDefinition[]): AlignedAnswers {
  const budget = rowBudget();
  const calls = label.kind === 'calls' ? label.calls : [];
  const explained = explanation(label, prediction, comparison);
  const alternatives = (label.kind === 'calls' ? label.alternatives : undefined) ?? [];
  const shown = prediction.calls.length === 0 ? [] : alternatives.slice(0, mostAlternatives).map((alternative, index) => alignedAlternative(alternative, index, prediction.calls, tools, budget));
  return {
    sides: { label: labelFacts(label), prediction: predictionFacts(prediction) },
    equal: label.kind === 'calls' && prediction.calls.length > 0 ? explained.equal : undefined,
    text: alignedText(labelText(label), prediction.text === '' ? undefined : prediction.text),
    calls: alignedCalls(calls, prediction.calls, explained, tools, budget, label.kind === 'calls' ? label.possible : undefined),
    remarks: [...explained.differences, ...(explained.forgiven ?? [])].filter(({ path }) => path.length === 0).map(({ message }) => message),
    alternatives: shown,
    hiddenAlternatives: alternatives.length - shown.length,
    nearest: nearestAlternative(shown, explained.differences.length),
  };
}

function explanation(label: Label, prediction: Prediction, comparison: Comparison | undefined): Comparison {
  const calls = label.kind === 'calls' ? label.calls : [];
  // A comparison with another number of calls is one of something else, such as of an alternative that is met.
  if (comparison !== undefined && comparison.pairs.length === calls.length && comparison.pairs.every((pair) => pair < prediction.calls.length)) return comparison;
  if (label.kind === 'calls' && label.possible !== undefined) return comparePossible(label.possible, prediction.calls);
  return compareCalls(calls, prediction.calls);
}

function alignedAlternative(alternative: readonly ToolCall[], index: number, got: readonly ToolCall[], tools: readonly ToolDefinition[], budget: RowBudget): AlignedAlternative {
  const comparison = compareCalls(alternative, got);
  return { index, calls: alignedCalls(alternative, got, comparison, tools, budget), differences: comparison.differences.length };
}

function nearestAlternative(alternatives: readonly AlignedAlternative[], own: number): number | undefined {
  const best = alternatives.reduce<AlignedAlternative | undefined>((least, one) => (least === undefined || one.differences < least.differences ? one : least), undefined);
  return best !== undefined && best.differences < own ? best.index : undefined;
}

function alignedCalls(
  label: readonly ToolCall[],
  prediction: readonly ToolCall[],
  comparison: Comparison,
  tools: readonly ToolDefinition[],
  budget: RowBudget,
  possible?: readonly ToolCall[],
): readonly AlignedCall[] {
  const toolOf = (call: ToolCall): ToolDefinition | undefined => toolTable(tools).find(call.name)?.tools[0];
  const moved = movedPairs(comparison.pairs);
  const taken = new Set(comparison.pairs);
  const out = label.map((call, index): AlignedCall => {
    const other = prediction[comparison.pairs[index] ?? -1];
    if (other === undefined) return loneCall(call, index, 'label', toolOf(call), budget);
    const pair = { index, predictionIndex: comparison.pairs[index] ?? -1, moved: moved.has(index), told: toldAt(comparison, index) };
    return pairedCall(call, other, pair, toolOf(call) ?? toolOf(other), budget, possible?.[index]);
  });
  prediction.forEach((call, index) => {
    if (!taken.has(index)) out.push(loneCall(call, index, 'prediction', toolOf(call), budget));
  });
  return out;
}

/** The comparison's own words of a call, and what of it an option or a mode overlooked. */
function toldAt(comparison: Comparison, index: number): Told {
  const key = ({ kind, path }: Pick<Difference, 'kind' | 'path'>): string => `${kind} ${JSON.stringify(path.slice(1))}`;
  const own = (list: readonly Difference[]): readonly Difference[] => list.filter(({ kind, path }) => path[0] === index && kind !== 'extra-call');
  const forgiven = own(comparison.forgiven ?? []);
  const words = new Map([...own(comparison.differences), ...forgiven].map((difference) => [key(difference), difference]));
  const overlooked = new Set(forgiven.map(({ path }) => JSON.stringify(path.slice(1, 2))));
  return { of: (difference) => words.get(key(difference)), overlooked: ({ path }) => overlooked.has(JSON.stringify(path.slice(1, 2))) };
}

type Pair = { readonly index: number; readonly predictionIndex: number; readonly moved: boolean; readonly told: Told };

function pairedCall(call: ToolCall, other: ToolCall, pair: Pair, tool: ToolDefinition | undefined, budget: RowBudget, possible: ToolCall | undefined): AlignedCall {
  const label = possible === undefined ? call : nearestCall(possible, other);
  const rows = alignedRows(label, other, tool, budget, pair.told).map((row) => (possible === undefined ? row : withAcceptable(row, possible, other)));
  const name = alignedName(label, other);
  const states = [name.state, ...rows.map(({ state }) => state)];
  const counts = states.some((state) => state !== 'same' && state !== 'forgiven');
  return {
    labelIndex: pair.index, predictionIndex: pair.predictionIndex, moved: pair.moved,
    state: counts ? 'changed' : states.includes('forgiven') ? 'forgiven' : 'same',
    name, rows, unused: unusedOf(tool, label, other),
  };
}

function alignedName(label: ToolCall, prediction: ToolCall): AlignedName {
  const state = sameName(label.name, prediction.name) ? 'same' : 'changed';
  const told = state === 'same' ? [] : callDifferences(0, { name: label.name, arguments: {} }, { name: prediction.name, arguments: {} });
  return { label: label.name, prediction: prediction.name, state, remarks: told.map(({ message }) => message) };
}

function loneCall(call: ToolCall, index: number, side: 'label' | 'prediction', tool: ToolDefinition | undefined, budget: RowBudget): AlignedCall {
  const state = side === 'label' ? 'missing' : 'added';
  const remark = side === 'label' ? `the call of ${show(call.name)} is missing` : `the call of ${show(call.name)} is not expected`;
  return {
    labelIndex: side === 'label' ? index : undefined, predictionIndex: side === 'prediction' ? index : undefined, moved: false, state,
    name: { label: side === 'label' ? call.name : undefined, prediction: side === 'prediction' ? call.name : undefined, state, remarks: [remark] },
    rows: loneRows(call.arguments, side, tool, budget), unused: unusedOf(tool, call),
  };
}

function unusedOf(tool: ToolDefinition | undefined, ...calls: readonly ToolCall[]): AlignedCall['unused'] {
  return tool === undefined ? [] : membersAt(tool, []).filter(({ name }) => !calls.some((call) => Object.hasOwn(call.arguments, name)));
}

/** The values that count as right, on the rows of whole arguments. */
function withAcceptable(row: AlignedRow, possible: ToolCall, other: ToolCall): AlignedRow {
  const [key] = row.path;
  if (row.path.length !== 1 || row.cover !== undefined || typeof key !== 'string' || !Object.hasOwn(possible.arguments, key)) return row;
  const accepted = acceptedValues(possible.arguments[key] ?? null);
  const got = row.prediction === undefined ? undefined : other.arguments[String(row.predictionPath[0])];
  const nearest = nearestIndex(accepted, got);
  const values = accepted.filter((value, index) => value !== '' || index === nearest);
  return { ...row, acceptable: { values, optional: accepted.includes(''), nearest: nearest === undefined ? -1 : values.indexOf(accepted[nearest] ?? null) } };
}

/** Label indexes of pairs that left the order that most pairs keep (the longest ascending part). */
function movedPairs(pairs: readonly number[]): ReadonlySet<number> {
  const paired = pairs.flatMap((to, from) => (to < 0 ? [] : [{ from, to }]));
  const tails: number[] = [];
  const before: number[] = [];
  paired.forEach(({ to }, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((paired[tails[middle] ?? 0]?.to ?? 0) < to) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : (tails[low - 1] ?? -1));
    tails[low] = index;
  });
  const moved = new Set(paired.map(({ from }) => from));
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) moved.delete(paired[index]?.from ?? -1);
  return moved;
}

function alignedText(label: string | undefined, prediction: string | undefined): AlignedText | undefined {
  if (label === undefined && prediction === undefined) return undefined;
  if (label === undefined) return { state: 'added', label, prediction, parts: undefined };
  if (prediction === undefined) return { state: 'missing', label, prediction, parts: undefined };
  return label === prediction ? { state: 'same', label, prediction, parts: undefined } : { state: 'changed', label, prediction, parts: wordDiff(label, prediction) };
}

function labelText(label: Label): string | undefined {
  switch (label.kind) {
    case 'text':
      return label.text;
    case 'trace':
      return stringifyJson(label.trace, 2);
    case 'invalid':
      return label.raw;
    case 'calls':
    case 'noCall':
    case 'anyCall':
      return undefined;
  }
}

function labelFacts(label: Label): SideFacts {
  switch (label.kind) {
    case 'calls':
      return { kind: 'calls', count: label.calls.length };
    case 'text':
      return { kind: 'text', textKind: label.textKind };
    case 'noCall':
    case 'anyCall':
      return { kind: label.kind };
    case 'trace':
      return { kind: 'trace', reason: undefined };
    case 'invalid':
      return { kind: 'invalid', reason: label.reason };
  }
}

const incomplete: Partial<Record<PredictionKind, 'empty' | 'truncated' | 'broken'>> = { EMPTY: 'empty', TRUNCATED: 'truncated', INVALID: 'broken' };
const textKinds: Partial<Record<PredictionKind, 'ask' | 'decline' | 'answer'>> = { TEXT_ASK: 'ask', TEXT_DECLINE: 'decline', TEXT_ANSWER: 'answer' };

function predictionFacts({ kind, calls, argument, warnings }: Prediction): SideFacts {
  const broken = incomplete[kind];
  if (broken !== undefined) return { kind: broken, warnings };
  const text = textKinds[kind];
  if (text === undefined) return { kind: 'calls', count: calls.length };
  return { kind: 'text', textKind: text === 'ask' && argument !== undefined ? { kind: text, argument } : { kind: text } };
}
