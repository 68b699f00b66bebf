import { StringMap } from '../../json/stringMap.ts';
import { memberOf, parseTree, type JsonNode } from '../../json/tree.ts';
import type { ToolDefinition } from '../sample.ts';
import { sourceSpan, type Located, type Span } from '../spans.ts';
import type { RecordProblem } from './dialect.ts';
import { readTool } from './toolNode.ts';

export type LocatedTool = { readonly tool: ToolDefinition; readonly span: Span };

/** The record's `tools` (or the older `functions`): a list, a JSON text of a list, or a list of JSON texts. */
export function locateTools(text: string, record: JsonNode): readonly (LocatedTool | RecordProblem)[] {
  const node = memberOf(record, 'tools')?.value ?? memberOf(record, 'functions')?.value;
  if (node === undefined || node.kind === 'null') return [];
  const list = decoded(text, node, undefined);
  if ('message' in list) return [list];
  if (list.node.kind !== 'array') return [{ offset: node.start, message: 'the tools are not a list' }];
  return list.node.items.map((item) => {
    const definition = decoded(list.text, item, list.map);
    if ('message' in definition) return definition;
    const read = readTool(definition.node);
    if (read.ok) return { tool: read.tool, span: sourceSpan(definition) };
    return { offset: sourceSpan({ node: definition.node, map: definition.map }).start, message: read.message };
  });
}

type Decoded = Located & { readonly text: string };

/** The node itself, or what the JSON text in a string node says; `text` is the text that the node's offsets are of. */
function decoded(text: string, node: JsonNode, parent: StringMap | undefined): Decoded | RecordProblem {
  if (node.kind !== 'string') return { text, node, map: parent };
  const map = new StringMap(text, node, parent);
  const parsed = parseTree(node.value);
  return parsed.ok ? { text: node.value, node: parsed.node, map } : { offset: map.toSource(parsed.offset), message: `the tools are not JSON: ${parsed.message}` };
}
