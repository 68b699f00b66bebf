import type { PathStep, SourcePath } from '../json/path.ts';
import { startOfJson } from '../json/scanner.ts';
import type { Span, StringMap } from '../json/stringMap.ts';
import { memberOf, type JsonNode } from '../json/tree.ts';
import type { CallInText, Syntax } from './callsInText.ts';
import { TextLayer } from './textLayer.ts';

/**
 * Where a part of a record stands. `span` are UTF-16 offsets of the file (lines and columns: `LineIndex`). `node` has offsets
 * of the text around it, from which `map` leads to the file; without a map they are the file's. A range of a string has no node.
 */
export type Place = { readonly span: Span; readonly node?: JsonNode; readonly map?: StringMap; readonly syntax: Syntax };

/** A place with the text that it stands in. `call` where the node is a call that the extraction found. */
export type Spot = { readonly layer: TextLayer; readonly syntax: Syntax } & (
  | { readonly kind: 'value'; readonly node: JsonNode; readonly call?: CallInText | undefined }
  | { readonly kind: 'key'; readonly node: JsonNode }
  | { readonly kind: 'range'; readonly span: Span }
  | { readonly kind: 'lines' }
);

/**
 * Where the part of a record is that a path leads to; undefined where the record has no such part. `recordStart` is the offset
 * of the record; of a file that is one record in many lines, the offsets of its lines, and the path's first step is the line.
 */
export function locate(text: string, recordStart: number | readonly number[], path: SourcePath): Place | undefined {
  return new RecordLocator(text, recordStart).locate(path);
}

/** Finds parts of one record; reads it, and each text inside of it, once for all look-ups. Never throws. */
export class RecordLocator {
  readonly file: TextLayer;

  constructor(
    text: string,
    readonly starts: number | readonly number[],
  ) {
    this.file = new TextLayer(text);
  }

  /** The whole record; where it is not JSON, the place where it starts. */
  get record(): Span {
    const root = this.root();
    const place = root && placeOf(root);
    const start = typeof this.starts === 'number' ? this.starts : 0;
    return place?.span ?? { start, end: start };
  }

  locate(path: SourcePath): Place | undefined {
    const spot = this.spot(path);
    return spot && placeOf(spot);
  }

  /** The place of the longest beginning of the path that exists; undefined where the record itself is not JSON. */
  deepest(path: SourcePath): Place | undefined {
    const spots = this.spots(path);
    for (const spot of spots.reverse()) {
      const place = placeOf(spot);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  spot(path: SourcePath): Spot | undefined {
    const spots = this.spots(path);
    return spots.length === path.length + 1 ? spots.at(-1) : undefined;
  }

  root(): Spot | undefined {
    if (typeof this.starts !== 'number') return { kind: 'lines', layer: this.file, syntax: 'json' };
    return this.recordAt(this.starts);
  }

  recordAt(start: number | undefined): Spot | undefined {
    const from = start === 0 ? startOfJson(this.file.text) : start;
    const node = from === undefined ? undefined : this.file.tree(from);
    return node && { kind: 'value', layer: this.file, node, syntax: 'json' };
  }

  /** The record and what each step leads to, as far as it goes. */
  private spots(path: SourcePath): Spot[] {
    const spots: Spot[] = [];
    let at = this.root();
    for (const step of path) {
      if (at === undefined) break;
      spots.push(at);
      at = this.next(at, step);
    }
    if (at !== undefined) spots.push(at);
    return spots;
  }

  private next(spot: Spot, step: PathStep): Spot | undefined {
    if (spot.kind === 'lines') return typeof this.starts === 'object' && typeof step === 'number' ? this.recordAt(this.starts[step]) : undefined;
    return spot.kind === 'value' ? stepInto(spot, step) : undefined;
  }
}

type ValueSpot = Extract<Spot, { kind: 'value' }>;

function stepInto(spot: ValueSpot, step: PathStep): Spot | undefined {
  const { layer, node, syntax } = spot;
  if (typeof step === 'number') return node.kind === 'array' ? valueSpot(layer, node.items[step], syntax) : undefined;
  if (typeof step === 'string') {
    if (spot.call !== undefined && (step === 'name' || step === 'arguments')) return callPart(spot.call, step, layer);
    return valueSpot(layer, memberOf(node, step)?.value, syntax);
  }
  if ('key' in step) {
    const key = memberOf(node, step.key)?.key;
    return key && { kind: 'key', layer, node: key, syntax };
  }
  if (node.kind !== 'string') return undefined;
  const inside = layer.inside(node, syntax);
  if (inside === undefined) return undefined;
  if ('json' in step) return valueSpot(inside, inside.tree(step.json), 'json');
  if ('call' in step) {
    const call = inside.calls()[step.call];
    return call && { kind: 'value', layer: inside, node: call.node, syntax: call.syntax, call };
  }
  return step.from >= 0 && step.from <= step.to && step.to <= inside.text.length ? { kind: 'range', layer: inside, span: { start: step.from, end: step.to }, syntax } : undefined;
}

/** Arguments that are written as JSON text in a string are the object in it. */
function callPart(call: CallInText, part: 'name' | 'arguments', layer: TextLayer): Spot | undefined {
  const node = part === 'name' ? call.name : call.arguments;
  if (part === 'arguments' && node?.kind === 'string') {
    const inside = layer.inside(node, call.syntax);
    const object = inside?.wholeObject();
    if (inside !== undefined && object !== undefined) return { kind: 'value', layer: inside, node: object, syntax: 'json' };
  }
  return valueSpot(layer, node, call.syntax);
}

function valueSpot(layer: TextLayer, node: JsonNode | undefined, syntax: Syntax): Spot | undefined {
  return node && { kind: 'value', layer, node, syntax };
}

/** Offsets of a layer as offsets of the file. */
export function fileSpan(layer: TextLayer, span: Span): Span {
  return layer.map === undefined ? { start: span.start, end: span.end } : layer.map.spanToSource(span);
}

function placeOf(spot: Spot): Place | undefined {
  if (spot.kind === 'lines') return { span: { start: startOfJson(spot.layer.text), end: spot.layer.text.length }, syntax: spot.syntax };
  const map = spot.layer.map === undefined ? {} : { map: spot.layer.map };
  if (spot.kind === 'range') return { span: fileSpan(spot.layer, spot.span), ...map, syntax: spot.syntax };
  return { span: fileSpan(spot.layer, spot.node), node: spot.node, ...map, syntax: spot.syntax };
}
