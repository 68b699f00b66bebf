import type { PathStep, SourcePath } from '../json/path.ts';
import { memberOf, type JsonNode, type StringNode } from '../json/tree.ts';
import type { Syntax } from './callsInText.ts';
import { RecordLocator, type Spot } from './locate.ts';
import type { TextLayer } from './textLayer.ts';

/**
 * What stands at an offset of the file: the path to the innermost value or key, through calls and JSON in strings. The path
 * leads to the record itself where the offset lies between its parts or outside of it. With the starts of lines for a record,
 * the first step is the line. Of doubled keys only the last can be led to: in the others the path ends at their object.
 */
export function pathAt(text: string, recordStart: number | readonly number[], offset: number): SourcePath {
  return pathIn(new RecordLocator(text, recordStart), offset);
}

/** The same with a locator that other look-ups share. */
export function pathIn(locator: RecordLocator, offset: number): SourcePath {
  const path: PathStep[] = [];
  let start = typeof locator.starts === 'number' ? locator.starts : undefined;
  if (typeof locator.starts !== 'number') {
    const line = locator.starts.findLastIndex((lineStart) => lineStart <= offset);
    if (line < 0) return [];
    path.push(line);
    start = locator.starts[line];
  }
  const record = locator.recordAt(start);
  if (record?.kind === 'value' && contains(record.node, offset)) descend(record, offset, path);
  return path;
}

type ValueSpot = Extract<Spot, { kind: 'value' }>;

/** `offset` is one of the layer's and lies in the node. */
function descend(spot: ValueSpot, offset: number, path: PathStep[]): void {
  const { layer, node, syntax, call } = spot;
  if (call !== undefined) {
    for (const part of ['name', 'arguments'] as const) {
      const value = call[part];
      if (value === undefined || !contains(value, offset)) continue;
      path.push(part);
      if (part === 'arguments' && value.kind === 'string') descendArguments(layer, value, syntax, offset, path);
      else descend({ kind: 'value', layer, node: value, syntax }, offset, path);
      return;
    }
  }
  if (node.kind === 'array') {
    const index = node.items.findIndex((item) => contains(item, offset));
    const item = node.items[index];
    if (item === undefined) return;
    path.push(index);
    descend({ kind: 'value', layer, node: item, syntax }, offset, path);
  } else if (node.kind === 'object') {
    for (const member of node.members) {
      const inKey = contains(member.key, offset);
      if ((!inKey && !contains(member.value, offset)) || memberOf(node, member.key.value) !== member) continue;
      path.push(inKey ? { key: member.key.value } : member.key.value);
      if (!inKey) descend({ kind: 'value', layer, node: member.value, syntax }, offset, path);
      return;
    }
  } else if (node.kind === 'string') descendString(layer, node, syntax, offset, path);
}

function descendString(layer: TextLayer, node: StringNode, syntax: Syntax, offset: number, path: PathStep[]): void {
  const inside = layer.inside(node, syntax);
  const at = inside && offsetInside(layer, inside, node, offset);
  if (inside === undefined || at === undefined) return;
  const index = inside.calls().findIndex((call) => contains(call.node, at));
  const call = inside.calls()[index];
  if (call !== undefined) {
    path.push({ call: index });
    descend({ kind: 'value', layer: inside, node: call.node, syntax: call.syntax, call }, at, path);
    return;
  }
  const embedded = embeddedValue(inside, at);
  if (embedded === undefined) return;
  path.push({ json: embedded.start });
  descend({ kind: 'value', layer: inside, node: embedded, syntax: 'json' }, at, path);
}

/** A path has no step into arguments that are JSON text: they are the object in it. */
function descendArguments(layer: TextLayer, node: StringNode, syntax: Syntax, offset: number, path: PathStep[]): void {
  const inside = layer.inside(node, syntax);
  const object = inside?.wholeObject();
  if (inside === undefined || object === undefined) {
    descendString(layer, node, syntax, offset, path);
    return;
  }
  const at = offsetInside(layer, inside, node, offset);
  if (at !== undefined && contains(object, at)) descend({ kind: 'value', layer: inside, node: object, syntax: 'json' }, at, path);
}

/** An offset of a layer as one of a text inside of it; undefined on the quotes. */
function offsetInside(layer: TextLayer, inside: TextLayer, node: StringNode, offset: number): number | undefined {
  if (inside.map === undefined || inside.text === '') return undefined;
  const source = layer.map === undefined ? offset : layer.map.toSource(offset);
  if (source < inside.map.toSource(0) || source >= inside.map.toSource(inside.text.length)) return undefined;
  return inside.map.toDecoded(source);
}

/** Reading in vain is given up beyond this many times the text's length, so that hostile texts cost no more than a few passes. */
const readingsInVain = 8;

/** The outermost JSON object or list of a text that holds the offset. */
function embeddedValue(layer: TextLayer, offset: number): JsonNode | undefined {
  const { text } = layer;
  let left = readingsInVain * text.length;
  const opening = /\{\s*["}]|\[\s*[[{"\]\-0-9tfn]/g;
  for (let match = opening.exec(text); match !== null && match.index <= offset && left > 0; match = opening.exec(text)) {
    const parsed = layer.parsed(match.index);
    if (parsed.ok && contains(parsed.node, offset)) return parsed.node;
    opening.lastIndex = parsed.ok ? parsed.node.end : match.index + 1;
    if (!parsed.ok) left -= Math.max(1, parsed.offset - match.index);
  }
  return undefined;
}

function contains(node: JsonNode, offset: number): boolean {
  return node.start <= offset && offset < node.end;
}
