import type { ToolCall, ToolDefinition } from '../../dataset/sample.ts';
import { isJsonArray, member } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { argumentAt, membersAt } from '../../schema/argumentFacts.ts';
import { typeName } from '../../schema/signature.ts';
import type { Difference, RawDifference } from '../../toolcall/difference.ts';
import { describe, rawDifferences } from '../../toolcall/differences.ts';
import { sameObject, nfc } from '../../toolcall/sameValue.ts';
import { alignItems, type ItemRun } from './alignItems.ts';
import type { AlignedRow, RowSchema, RowState } from './alignedRow.ts';
import { wordDiff } from './wordDiff.ts';

type Path = readonly (string | number)[];

/** What one alignment may spend: rows, and characters that are told apart word by word. */
export type RowBudget = { rows: number; characters: number };

export function rowBudget(): RowBudget {
  return { rows: 400, characters: 60_000 };
}

/** Differences by the path that they are about. They get their words only where a row says them: in huge texts those are dear. */
type Found = { readonly own: RawDifference[]; readonly below: Map<string | number, Found> };

function tree(differences: readonly RawDifference[]): Found {
  const root: Found = { own: [], below: new Map() };
  for (const difference of differences) {
    let at = root;
    for (const step of difference.path.slice(1)) {
      let next = at.below.get(step);
      if (next === undefined) at.below.set(step, (next = { own: [], below: new Map() }));
      at = next;
    }
    at.own.push(difference);
  }
  return root;
}

/** What a comparison has said already, and which differences it does not count. */
export type Told = { readonly of: (difference: RawDifference) => Difference | undefined; readonly overlooked: (difference: Pick<Difference, 'path'>) => boolean };

const nothingTold: Told = { of: () => undefined, overlooked: () => false };

/** Rows of the arguments of two calls, every part of either side in exactly one. */
export function alignedRows(label: ToolCall, prediction: ToolCall, tool: ToolDefinition | undefined, budget: RowBudget, told: Told = nothingTold): readonly AlignedRow[] {
  const writer = new RowWriter(tool, budget, told);
  // Under one name, so that arguments are told apart under two names as well.
  const differences = rawDifferences(0, { name: label.name, arguments: label.arguments }, { name: label.name, arguments: prediction.arguments });
  const found = tree(differences);
  // Keys of one object that are one after NFC hide what differs from a view by members.
  const hidden = hasTwinKeys(label.arguments) || hasTwinKeys(prediction.arguments);
  if (hidden) writer.leaf([], [], label.arguments, prediction.arguments, found, sameObject(label.arguments, prediction.arguments) ? 'same' : 'changed');
  else writer.members([], [], label.arguments, prediction.arguments, found);
  return writer.rows;
}

function hasTwinKeys(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.some(hasTwinKeys);
  if (!isJsonObject(value)) return false;
  const keys = Object.keys(value);
  return new Set(keys.map(nfc)).size < keys.length || keys.some((key) => hasTwinKeys(value[key] ?? null));
}

/** Rows of a call that stands on one side alone. */
export function loneRows(args: JsonObject, side: 'label' | 'prediction', tool: ToolDefinition | undefined, budget: RowBudget): readonly AlignedRow[] {
  const writer = new RowWriter(tool, budget, nothingTold);
  for (const key of Object.keys(args)) {
    const value = member(args, key) ?? null;
    if (side === 'label') writer.leaf([key], [key], value, undefined, undefined, 'missing');
    else writer.leaf([key], [key], undefined, value, undefined, 'added');
  }
  return writer.rows;
}

class RowWriter {
  readonly rows: AlignedRow[] = [];

  constructor(
    private readonly tool: ToolDefinition | undefined,
    private readonly budget: RowBudget,
    private readonly told: Told,
  ) {}

  private value(path: Path, otherPath: Path, label: JsonValue, prediction: JsonValue, found: Found | undefined): void {
    if (found === undefined) this.leaf(path, otherPath, label, prediction, undefined, 'same');
    else if (found.own.length > 0) {
      const arrays = isJsonArray(label) && isJsonArray(prediction) && label.length > 0 && prediction.length > 0 && found.own.some(({ kind }) => kind === 'value');
      if (!arrays || !this.items(path, otherPath, label, prediction, found)) this.leaf(path, otherPath, label, prediction, found);
    } else if (isEmpty(label) || isEmpty(prediction)) this.leaf(path, otherPath, label, prediction, found, 'changed');
    else if (isJsonObject(label) && isJsonObject(prediction)) this.members(path, otherPath, label, prediction, found);
    else if (isJsonArray(label) && isJsonArray(prediction)) this.sameLength(path, otherPath, label, prediction, found);
    else this.leaf(path, otherPath, label, prediction, found, 'changed');
  }

  /** Members that are the same stand for themselves among the arguments, and together below them. */
  members(path: Path, otherPath: Path, label: JsonObject, prediction: JsonObject, found: Found): void {
    const others = new Map(Object.keys(prediction).map((key) => [nfc(key), key]));
    const keys = Object.keys(label).map((key) => {
      const other = others.get(nfc(key));
      others.delete(nfc(key));
      return { key, other };
    });
    const all: readonly KeyPair[] = [...keys, ...[...others.values()].map((other) => ({ key: undefined, other }))];
    const same = all.filter(({ key, other }) => key !== undefined && other !== undefined && !found.below.has(key));
    const collapsed = same.length > (path.length === 0 ? mostSame : 1);
    for (const [index, { key, other }] of all.entries()) {
      if (this.budget.rows <= 0) {
        const together = new Set(collapsed ? same : []);
        const left = all.slice(index).filter((pair) => !together.has(pair));
        if (left.length > 0) this.together(path, otherPath, label, prediction, left, 'changed');
        break;
      }
      const node = found.below.get(key ?? other ?? '');
      if (key === undefined) this.leaf([...path, other ?? ''], [...otherPath, other ?? ''], undefined, member(prediction, other ?? '') ?? null, node, 'added');
      else if (other === undefined) this.leaf([...path, key], [...otherPath, key], member(label, key) ?? null, undefined, node, 'missing');
      else if (node !== undefined || !collapsed) this.value([...path, key], [...otherPath, other], member(label, key) ?? null, member(prediction, other) ?? null, node);
    }
    if (collapsed) this.together(path, otherPath, label, prediction, same, 'same');
  }

  private together(path: Path, otherPath: Path, label: JsonObject, prediction: JsonObject, pairs: readonly KeyPair[], state: RowState): void {
    const keys = pairs.map(({ key, other }) => key ?? other ?? '');
    const part = (of: JsonObject, names: readonly (string | undefined)[]): JsonObject => objectOf(names.flatMap((name) => (name === undefined ? [] : [[name, member(of, name) ?? null] as const])));
    this.push({
      path, predictionPath: otherPath, cover: { kind: 'members', keys }, state,
      label: part(label, pairs.map(({ key }) => key)), prediction: part(prediction, pairs.map(({ other }) => other)),
      remarks: [], schema: { kind: 'open' },
    });
  }

  private sameLength(path: Path, otherPath: Path, label: readonly JsonValue[], prediction: readonly JsonValue[], found: Found): void {
    let from = 0;
    const flush = (to: number, state: RowState = 'same'): void => {
      this.run(path, otherPath, label, prediction, { from, predictionFrom: from, count: to - from, predictionCount: to - from }, state);
    };
    for (let index = 0; index < label.length; index += 1) {
      const node = found.below.get(index);
      if (node === undefined) continue;
      flush(index);
      from = index;
      if (this.budget.rows <= 0) {
        flush(label.length, 'changed');
        return;
      }
      this.value([...path, index], [...otherPath, index], label[index] ?? null, prediction[index] ?? null, node);
      from = index + 1;
    }
    flush(label.length);
  }

  /** Arrays of different lengths, item by item; false where they are too long for it. */
  private items(path: Path, otherPath: Path, label: readonly JsonValue[], prediction: readonly JsonValue[], found: Found): boolean {
    const runs = alignItems(label, prediction);
    if (runs === undefined) return false;
    const first = this.rows.length;
    for (const run of runs) {
      if (run.same) this.run(path, otherPath, label, prediction, run, 'same');
      else this.replaced(path, otherPath, label, prediction, run);
    }
    // The comparer speaks of the array as a whole; its words go to the first row that shows it.
    const told = this.rows.findIndex((row, index) => index >= first && row.state !== 'same');
    const row = this.rows[told];
    if (row !== undefined) this.rows[told] = { ...row, remarks: [...found.own.map((difference) => (this.told.of(difference) ?? describe(difference)).message), ...row.remarks] };
    return true;
  }

  private replaced(path: Path, otherPath: Path, label: readonly JsonValue[], prediction: readonly JsonValue[], run: Range): void {
    const paired = Math.min(run.count, run.predictionCount);
    for (let i = 0; i < Math.max(run.count, run.predictionCount); i += 1) {
      const [at, other] = [run.from + i, run.predictionFrom + i];
      if (this.budget.rows <= 0) {
        const rest = { from: Math.min(at, run.from + run.count), predictionFrom: Math.min(other, run.predictionFrom + run.predictionCount), count: Math.max(0, run.count - i), predictionCount: Math.max(0, run.predictionCount - i) };
        this.run(path, otherPath, label, prediction, rest, rest.count === 0 ? 'added' : rest.predictionCount === 0 ? 'missing' : 'changed');
        return;
      }
      const [left, right] = [label[at] ?? null, prediction[other] ?? null];
      if (i >= paired && i < run.count) this.leaf([...path, at], [...otherPath, at], left, undefined, undefined, 'missing');
      else if (i >= paired) this.leaf([...path, other], [...otherPath, other], undefined, right, undefined, 'added');
      else this.value([...path, at], [...otherPath, other], left, right, below(left, right));
    }
  }

  /** One row for items next to each other. */
  private run(path: Path, otherPath: Path, label: readonly JsonValue[], prediction: readonly JsonValue[], run: Range, state: RowState): void {
    if (run.count === 0 && run.predictionCount === 0) return;
    const left = label.slice(run.from, run.from + run.count);
    const right = prediction.slice(run.predictionFrom, run.predictionFrom + run.predictionCount);
    if (run.count === 1 && run.predictionCount === 1) {
      this.leaf([...path, run.from], [...otherPath, run.predictionFrom], left[0], right[0], undefined, state);
      return;
    }
    const { from, predictionFrom, count, predictionCount } = run;
    this.push({
      path, predictionPath: otherPath, cover: { kind: 'items', from, predictionFrom, count, predictionCount }, state,
      label: count === 0 ? undefined : left, prediction: predictionCount === 0 ? undefined : right, remarks: [], schema: { kind: 'open' },
    });
  }

  leaf(path: Path, otherPath: Path, label: JsonValue | undefined, prediction: JsonValue | undefined, found: Found | undefined, given?: RowState): void {
    const own = found === undefined ? [] : all(found).map((difference) => this.told.of(difference) ?? describe(difference));
    const counted = own.filter((difference) => !this.told.overlooked(difference));
    const forgiven = own.length > 0 && counted.length === 0;
    const severity = forgiven ? 'info' : counted.some((difference) => difference.severity === 'error') ? 'error' : counted[0]?.severity;
    const state = given ?? stateOf(own[0], severity === 'warning');
    this.push({
      path, predictionPath: otherPath, state: forgiven ? 'forgiven' : state, label, prediction,
      ...(severity === undefined ? {} : { severity }),
      remarks: own.slice(0, mostRemarks).map(({ message }) => message),
      schema: this.schemaAt(path),
      ...this.partsOf(state, label, prediction),
    });
  }

  private partsOf(state: RowState, label: JsonValue | undefined, prediction: JsonValue | undefined): Pick<AlignedRow, 'parts'> {
    if (state === 'same' || typeof label !== 'string' || typeof prediction !== 'string' || label === prediction) return {};
    const size = label.length + prediction.length;
    const coarse = size > this.budget.characters;
    if (!coarse) this.budget.characters -= size;
    return { parts: wordDiff(label, prediction, { coarse }) };
  }

  private push(row: AlignedRow): void {
    this.budget.rows -= 1;
    this.rows.push(row);
  }

  private schemaAt(path: Path): RowSchema {
    if (this.tool === undefined) return { kind: 'noTool' };
    if (path.length === 0) return { kind: 'open' };
    const facts = argumentAt(this.tool, path);
    if (facts !== undefined) return { kind: 'declared', facts, type: typeName(facts) };
    const last = path.at(-1);
    return typeof last === 'string' && (path.length === 1 || membersAt(this.tool, path.slice(0, -1)).length > 0) ? { kind: 'undeclared' } : { kind: 'open' };
  }
}

/** An empty container is a part of its own: it needs a row. */
function isEmpty(value: JsonValue): boolean {
  return isJsonArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

type KeyPair = { readonly key: string | undefined; readonly other: string | undefined };
type Range = Omit<ItemRun, 'same'>;

/** Arguments that are the same get a row each, up to here. */
const mostSame = 60;
const mostRemarks = 3;

/** What differs between two values; a node without any difference stands for equal ones. */
function below(label: JsonValue, prediction: JsonValue): Found | undefined {
  return tree(rawDifferences(0, { name: 'x', arguments: { x: label } }, { name: 'x', arguments: { x: prediction } })).below.get('x');
}

function all(found: Found): readonly RawDifference[] {
  const list = found.own.slice(0, mostRemarks);
  for (const part of found.below.values()) {
    if (list.length >= mostRemarks) break;
    for (const difference of all(part)) list.push(difference);
  }
  return list;
}

function stateOf(first: Pick<Difference, 'kind'> | undefined, isForm: boolean): RowState {
  switch (first?.kind) {
    case 'missing-argument':
      return 'missing';
    case 'extra-argument':
      return 'added';
    case 'order':
      return 'order';
    case 'type':
      return isForm ? 'type' : 'changed';
    default:
      return 'changed';
  }
}
