import type { SourcePath } from '../json/path.ts';
import { stringifyJson, stringifySpaced } from '../json/stringify.ts';
import { escapeNonAscii, escapesNonAscii, type Span } from '../json/stringMap.ts';
import { memberOf, nodeValue, type JsonNode, type ObjectNode, type StringNode } from '../json/tree.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { splitsPair, trimEdit } from '../text/trimEdit.ts';
import type { CallInText, Syntax } from './callsInText.ts';
import { containerEdits, isBareName, type ContainerPlan, type LayerEdit } from './containerEdit.ts';
import { fileSpan, type RecordLocator, type Spot } from './locate.ts';
import type { TextEdit } from './spans.ts';
import type { StructureEdit } from './structureEdit.ts';
import { isBare, literalMap, type TextLayer } from './textLayer.ts';
import { childrenOf, goesOverLines, indentationAt, styleOf, writeString, writeValue, type Style } from './valueStyle.ts';

type ValueSpot = Extract<Spot, { kind: 'value' }>;
type PlannedEdit = { readonly layer: TextLayer; readonly edit: LayerEdit };

/** Texts that are equal share the nodes of their calls: a place is a node in its layer. */
class ByPlace<T> {
  private readonly layers = new Map<TextLayer, Map<JsonNode, T>>();

  get({ layer, node }: Pick<Where, 'layer' | 'node'>): T | undefined {
    return this.layers.get(layer)?.get(node);
  }

  set({ layer, node }: Pick<Where, 'layer' | 'node'>, value: T): void {
    const nodes = this.layers.get(layer) ?? new Map<JsonNode, T>();
    this.layers.set(layer, nodes.set(node, value));
  }

  *values(): Generator<T> {
    for (const nodes of this.layers.values()) yield* nodes.values();
  }
}

/** Gathers the changes of one record; what changes the children of one container is planned together. */
export class EditPlan {
  private readonly planned: PlannedEdit[] = [];
  private readonly containers = new ByPlace<ContainerPlan>();
  private readonly styles = new ByPlace<Style>();
  private readonly recordSource: string;

  constructor(private readonly locator: RecordLocator) {
    const span = locator.locate([])?.span;
    this.recordSource = locator.file.text.slice(span?.start ?? 0, span?.end ?? 0);
  }

  /** False where the change cannot be made. */
  add(edit: StructureEdit): boolean {
    switch (edit.kind) {
      case 'set':
        return this.set(edit.path, edit.value);
      case 'remove':
        return this.remove(edit.path);
      case 'rename':
        return this.rename(edit.path, edit.key);
      case 'text':
        return this.replaceText(edit.path, edit.text);
    }
  }

  /** All edits as edits of the file, ascending; undefined where two of them meet. */
  textEdits(): readonly TextEdit[] | undefined {
    const all = [...this.planned];
    for (const plan of this.containers.values()) {
      const edits = containerEdits(plan);
      if (edits === undefined) return undefined;
      all.push(...edits.map((edit) => ({ layer: plan.layer, edit })));
    }
    const ascii = escapesNonAscii(this.recordSource);
    const edits = all.map(({ layer, edit }) => {
      const written = layer.map === undefined ? edit.newText : layer.map.encode(edit.newText);
      // In JSON such characters stand in strings only, so that an escape of the outermost string is always right.
      return { ...fileSpan(layer, edit), newText: ascii ? escapeNonAscii(written) : written };
    });
    edits.sort((a, b) => a.start - b.start || a.end - b.end);
    return edits.some((edit, index) => meets(edits[index - 1], edit)) ? undefined : edits;
  }

  private set(path: SourcePath, value: JsonValue): boolean {
    const spot = this.locator.spot(path);
    if (spot?.kind === 'value') return this.setValue(path, spot, value);
    const step = path.at(-1);
    const parent = this.locator.spot(path.slice(0, -1));
    if (spot !== undefined || parent?.kind !== 'value') return false;
    // Arguments that a call lacks stand beside its name.
    const node = parent.call === undefined ? parent.node : (holderOf(parent.node, parent.call.name)?.node ?? parent.node);
    if (typeof step === 'string' ? node.kind !== 'object' : node.kind !== 'array' || typeof step !== 'number') return false;
    if (!isWritten(parent.layer, node)) return false;
    const plan = this.container(path.slice(0, -1), { ...parent, node });
    if (typeof step === 'string' ? plan.added.some((added) => added.key === step) : step !== childrenOf(node).length + plan.added.length) return false;
    plan.added.push({ key: typeof step === 'string' ? step : undefined, value });
    return true;
  }

  private setValue(path: SourcePath, spot: ValueSpot, value: JsonValue): boolean {
    if (spot.call !== undefined) return this.setCall(path, spot, value);
    const written = writtenArguments(this.locator, path);
    // Arguments that are written as text stay text; a value that is no object takes the place of all of it.
    if (written !== undefined && spot.node === written.node && isJsonObject(value)) return this.replaceContent(path, written, { start: 0, end: written.node.value.length }, stringifySpaced(value));
    if (written !== undefined && spot.node !== written.node && !isJsonObject(value)) return this.replaceNode(path, written, value);
    return this.difference(path, spot, value);
  }

  /** A call as `{name, arguments}`: each of them where it stands. */
  private setCall(path: SourcePath, spot: ValueSpot, value: JsonValue): boolean {
    if (!isJsonObject(value) || Object.keys(value).some((key) => key !== 'name' && key !== 'arguments') || typeof value['name'] !== 'string') return false;
    if (!this.set([...path, 'name'], value['name'])) return false;
    if (value['arguments'] !== undefined) return this.set([...path, 'arguments'], value['arguments']);
    return spot.call?.arguments === undefined || this.remove([...path, 'arguments']);
  }

  /** Edits only what differs, where the rest keeps its order. */
  private difference(path: SourcePath, spot: ValueSpot, value: JsonValue): boolean {
    const { node } = spot;
    const old = nodeValue(node);
    if (stringifyJson(old) === stringifyJson(value)) return true;
    if (node.kind === 'object' && isJsonObject(value) && keepsOrder(node, value)) {
      const keys = new Set(node.members.map((member) => member.key.value));
      for (const [index, member] of node.members.entries()) {
        if (!Object.hasOwn(value, member.key.value)) this.container(path, { ...spot, node }).removed.add(index);
      }
      return Object.entries(value).every(([key, member]) => {
        const child = memberOf(node, key)?.value;
        if (keys.has(key) && child !== undefined) return this.difference([...path, key], { ...spot, node: child, call: undefined }, member);
        this.container(path, { ...spot, node }).added.push({ key, value: member });
        return true;
      });
    }
    if (node.kind === 'array' && isList(value) && value.length === node.items.length) {
      return node.items.every((item, index) => this.difference([...path, index], { ...spot, node: item, call: undefined }, value[index] ?? null));
    }
    return this.replaceNode(path, spot, value);
  }

  private replaceNode(path: SourcePath, spot: Where, value: JsonValue): boolean {
    const { layer, node } = spot;
    if (isString(spot) && typeof value === 'string') {
      if (!isBare(layer, spot.node)) return this.replaceContent(path, spot, { start: 0, end: spot.node.value.length }, value);
      if (isCallName(this.locator, path)) return isBareName(value) && this.plan(layer, node, value);
    }
    if (spot.syntax === 'xml') {
      const text = typeof value === 'string' ? value : stringifyJson(value);
      return !/<\/?(?:parameter|function)\b/.test(text) && this.plan(layer, node, text);
    }
    const style = this.styleFor(path, spot);
    return this.plan(layer, node, writeValue(value, style, this.lineFor(path, spot, style)));
  }

  private remove(path: SourcePath): boolean {
    const child = this.childAt(path);
    if (child === undefined || !isWritten(child.layer, child.node)) return false;
    const { removed } = this.container(path.slice(0, -1), child);
    if (removed.has(child.index)) return false;
    // With a doubled key all that have it go: else another one would count.
    const key = child.node.kind === 'object' ? child.node.members[child.index]?.key.value : undefined;
    if (child.node.kind !== 'object') removed.add(child.index);
    else for (const [index, member] of child.node.members.entries()) if (member.key.value === key) removed.add(index);
    return true;
  }

  private rename(path: SourcePath, key: string): boolean {
    const child = this.childAt(path);
    const member = child?.node.kind === 'object' ? child.node.members[child.index] : undefined;
    // Keys of calls that are not written as objects have no place.
    if (child === undefined || member === undefined || member.key.start === member.key.end) return false;
    if (member.key.value === key) return true;
    if (memberOf(child.node, key) !== undefined) return false;
    if (isBare(child.layer, member.key)) return isBareName(key) && this.plan(child.layer, member.key, key);
    return this.plan(child.layer, member.key, writeString(key, this.style(path.slice(0, -1), child)));
  }

  private replaceText(path: SourcePath, text: string): boolean {
    const last = path.at(-1);
    const range = typeof last === 'object' && 'from' in last ? last : undefined;
    const spot = this.locator.spot(range === undefined ? path : path.slice(0, -1));
    if (spot?.kind !== 'value' || spot.node.kind !== 'string') return false;
    const { layer, node } = spot;
    if (range !== undefined && (range.from < 0 || range.from > range.to || range.to > node.value.length)) return false;
    const span = { start: range?.from ?? 0, end: range?.to ?? node.value.length };
    const whole = range === undefined ? path : path.slice(0, -1);
    if (isBare(layer, node)) return this.replaceNode(whole, spot, node.value.slice(0, span.start) + text + node.value.slice(span.end));
    return this.replaceContent(whole, { ...spot, node }, span, text);
  }

  /** Replaces a range of a string's text by as little as differs, in the quotes and escapes of the string. */
  private replaceContent(path: SourcePath, spot: Where<StringNode>, span: Span, text: string): boolean {
    const { layer, node, syntax } = spot;
    const map = literalMap(layer, node, syntax);
    const style = this.styleFor(path, spot);
    if (map === undefined) return this.plan(layer, node, writeString(node.value.slice(0, span.start) + text + node.value.slice(span.end), style));
    const edit = trimEdit(node.value, wholePairs(node.value, span, text));
    if (edit.start === edit.end && edit.newText === '') return true;
    const written = map.encode(edit.newText);
    return this.plan(layer, map.spanToSource(edit), style.ascii && syntax === 'json' ? escapeNonAscii(written) : written);
  }

  private plan(layer: TextLayer, span: Span, newText: string): boolean {
    this.planned.push({ layer, edit: { start: span.start, end: span.end, newText } });
    return true;
  }

  /** The container of a member or item. */
  private childAt(path: SourcePath): (Where & { readonly index: number }) | undefined {
    const step = path.at(-1);
    const parent = this.locator.spot(path.slice(0, -1));
    if (parent?.kind !== 'value' || step === undefined) return undefined;
    const { layer, node, syntax, call } = parent;
    if (typeof step === 'number') return node.kind === 'array' && step >= 0 && step < node.items.length ? { layer, node, syntax, index: step } : undefined;
    if (typeof step !== 'string') return undefined;
    const value = call !== undefined && (step === 'name' || step === 'arguments') ? call[step] : memberOf(node, step)?.value;
    const holder = value && holderOf(node, value);
    return holder && { layer, syntax, ...holder };
  }

  private container(path: SourcePath, where: Where): ContainerPlan {
    let plan = this.containers.get(where);
    if (plan === undefined) {
      plan = { layer: where.layer, node: where.node, style: this.style(path, where), removed: new Set(), added: [] };
      this.containers.set(where, plan);
    }
    return plan;
  }

  /** The style for a value that takes another's place: its own where it shows one, else that of the container around it. */
  private styleFor(path: SourcePath, spot: Where): Style {
    if (childrenOf(spot.node).length > 0) return this.style(path, spot);
    const parent = path.length === 0 ? undefined : this.locator.spot(path.slice(0, -1));
    return parent?.kind === 'value' && parent.layer === spot.layer ? this.style(path.slice(0, -1), { ...parent, syntax: spot.syntax }) : this.style(path, spot);
  }

  /** Line break and indentation of a value that may go over lines; undefined where it stays on one. */
  private lineFor(path: SourcePath, spot: Where, style: Style): string | undefined {
    const { layer, node } = spot;
    if (style.lines === undefined) return undefined;
    if (childrenOf(node).length > 0) return goesOverLines(layer, node) ? style.lines.lineBreak + indentationAt(layer.text, node.start) : undefined;
    const parent = path.length === 0 ? undefined : this.locator.spot(path.slice(0, -1));
    const siblings = parent?.kind === 'value' && parent.layer === layer ? childrenOf(parent.node) : [];
    const oneLine = siblings.some(({ value }) => childrenOf(value).length > 0 && !goesOverLines(layer, value));
    return oneLine ? undefined : style.lines.lineBreak + indentationAt(layer.text, node.start);
  }

  private style(path: SourcePath, { layer, node, syntax }: Where): Style {
    let style = this.styles.get({ layer, node });
    if (style === undefined) {
      const around: Pick<Where, 'layer' | 'node'>[] = [];
      for (let length = path.length - 1; length >= 0; length--) {
        const spot = this.locator.spot(path.slice(0, length));
        if (spot?.kind === 'value' && spot.node !== node) around.push({ layer: spot.layer, node: spot.node });
      }
      style = styleOf({ layer, node }, around, syntax, this.recordSource);
      this.styles.set({ layer, node }, style);
    }
    return style;
  }
}

/** A node with the text that it stands in. */
type Where<N extends JsonNode = JsonNode> = { readonly layer: TextLayer; readonly node: N; readonly syntax: Syntax };

function isString(where: Where): where is Where<StringNode> {
  return where.node.kind === 'string';
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The call whose part a path leads to. */
function callOf(locator: RecordLocator, path: SourcePath): (Where & { readonly call: CallInText }) | undefined {
  const call = path.length === 0 ? undefined : locator.spot(path.slice(0, -1));
  return call?.kind === 'value' && call.call !== undefined ? { ...call, call: call.call } : undefined;
}

/** The string that holds the arguments of the call, where they are written as text. */
function writtenArguments(locator: RecordLocator, path: SourcePath): Where<StringNode> | undefined {
  const around = path.at(-1) === 'arguments' ? callOf(locator, path) : undefined;
  const node = around?.call.arguments;
  return around !== undefined && node?.kind === 'string' ? { layer: around.layer, node, syntax: around.call.syntax } : undefined;
}

function isCallName(locator: RecordLocator, path: SourcePath): boolean {
  return path.at(-1) === 'name' && callOf(locator, path) !== undefined;
}

/** The object, the node itself or one in it, that has a member with this very value. */
function holderOf(node: JsonNode, value: JsonNode): { readonly node: ObjectNode; readonly index: number } | undefined {
  if (node.kind !== 'object') return undefined;
  for (const candidate of [node, ...node.members.map((member) => member.value)]) {
    const index = candidate.kind === 'object' ? candidate.members.findIndex((member) => member.value === value) : -1;
    if (candidate.kind === 'object' && index >= 0) return { node: candidate, index };
  }
  return undefined;
}

/** Whether a container stands in its text with brackets: the object that stands for a Python call does not. */
function isWritten(layer: TextLayer, node: JsonNode): boolean {
  return '{[('.includes(layer.text.charAt(node.start));
}

/** Whether what an object keeps and gets stands in the order that removing and adding at the end gives. */
function keepsOrder(node: ObjectNode, value: JsonObject): boolean {
  const old = node.members.map((member) => member.key.value);
  const wanted = Object.keys(value);
  if (new Set(old).size < old.length) return false;
  const kept = old.filter((key) => Object.hasOwn(value, key));
  // JavaScript says nothing of the order of keys like `1`.
  return wanted.some((key) => /^\d+$/.test(key)) || kept.every((key, index) => wanted[index] === key);
}

/** A range that begins and ends between whole characters, with their other halves in the new text. */
function wholePairs(text: string, span: Span, newText: string): LayerEdit {
  const start = splitsPair(text, span.start) ? span.start - 1 : span.start;
  const end = splitsPair(text, span.end) ? span.end + 1 : span.end;
  return { start, end, newText: text.slice(start, span.start) + newText + text.slice(span.end, end) };
}

/** Whether one edit reaches into the next, or nothing says which of them comes first. */
function meets(edit: Span | undefined, next: Span): boolean {
  return edit !== undefined && (edit.end > next.start || (edit.start === next.start && edit.end === next.end));
}
