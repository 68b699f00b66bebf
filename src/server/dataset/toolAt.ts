import type { CallInRecord, ResultInRecord, ToolInRecord } from '../../core/dataset/recordTools.ts';
import type { SourcePath } from '../../core/json/path.ts';
import { isAt } from '../../core/json/span.ts';
import type { Span } from '../../core/json/stringMap.ts';
import type { RecordView } from './recordView.ts';
import { memberAt } from './targetAt.ts';
import { toolsOf } from './toolsOf.ts';

/**
 * The tool or parameter that an offset is about, in calls of the label and of the context. `name` is the exact place of the
 * name that stands there, without quotes, in the document; undefined where the offset is elsewhere in the part.
 */
export type ToolAt = { readonly record: RecordView; readonly name: Span | undefined } & (
  | { readonly kind: 'call'; readonly call: CallInRecord }
  | { readonly kind: 'argument'; readonly call: CallInRecord; readonly parameter: string }
  | { readonly kind: 'definition'; readonly tool: ToolInRecord }
  | { readonly kind: 'parameter'; readonly tool: ToolInRecord; readonly parameter: string }
  | { readonly kind: 'result'; readonly result: ResultInRecord }
);

/** Names come before the parts that they stand in; nothing for what is about no tool. */
export function toolAt(record: RecordView, documentOffset: number): ToolAt | undefined {
  const { tools, calls, results } = toolsOf(record);
  const own = calls.filter(({ answers }) => answers === undefined);
  const named = (path: SourcePath | undefined): Span | undefined => {
    const span = path && nameSpan(record, path);
    return span !== undefined && isAt(span, documentOffset) ? span : undefined;
  };
  for (const tool of tools) {
    const name = named(tool.places.name);
    if (name !== undefined) return { kind: 'definition', record, name, tool };
  }
  for (const call of own) {
    const name = named(call.place.name);
    if (name !== undefined) return { kind: 'call', record, name, call };
  }
  for (const result of results) {
    const name = named(result.name);
    if (name !== undefined) return { kind: 'result', record, name, result };
  }
  for (const call of own) {
    const found = argumentAt(record, call, documentOffset);
    if (found !== undefined) return found;
    if (holds(record, call.place.call, documentOffset)) return { kind: 'call', record, name: undefined, call };
  }
  for (const tool of tools) {
    if (!holds(record, tool.places.whole, documentOffset)) continue;
    const parameter = parameterAt(record, tool, documentOffset);
    return parameter ?? { kind: 'definition', record, name: undefined, tool };
  }
  for (const result of results) if (holds(record, result.path, documentOffset)) return { kind: 'result', record, name: undefined, result };
  return undefined;
}

function argumentAt(record: RecordView, call: CallInRecord, offset: number): ToolAt | undefined {
  const path = call.place.arguments;
  const place = path && record.locator.locate(path);
  if (path === undefined || place === undefined || !isAt(record.toDocument(place.span), offset)) return undefined;
  const [parameter] = memberAt(place, offset - record.base)?.path ?? [];
  if (typeof parameter !== 'string') return undefined;
  const key = nameSpan(record, [...path, { key: parameter }]);
  return { kind: 'argument', record, call, parameter, name: key !== undefined && isAt(key, offset) ? key : undefined };
}

function parameterAt(record: RecordView, tool: ToolInRecord, offset: number): ToolAt | undefined {
  for (const parameter of tool.places.parameters()) {
    const found = tool.places.parameter(parameter);
    if (found === undefined) continue;
    for (const path of [found.name, ...tool.places.otherNames(parameter)]) {
      const name = nameSpan(record, path);
      if (name !== undefined && isAt(name, offset)) return { kind: 'parameter', record, tool, parameter, name };
    }
    if (holds(record, found.whole, offset) && found.whole.length > tool.places.whole.length) return { kind: 'parameter', record, tool, parameter, name: undefined };
  }
  return undefined;
}

function holds(record: RecordView, path: SourcePath, offset: number): boolean {
  const span = record.locate(path);
  return span !== undefined && isAt(span, offset);
}

/** Where a name stands in the document, without the quotes of a key or string. */
export function nameSpan(record: RecordView, path: SourcePath): Span | undefined {
  const place = record.locator.locate(path);
  if (place === undefined) return undefined;
  const { node, map, span } = place;
  if (node?.kind !== 'string' || node.end - node.start === node.value.length) return record.toDocument(span);
  const inside = { start: node.start + 1, end: node.end - 1 };
  return record.toDocument(map === undefined ? inside : map.spanToSource(inside));
}
