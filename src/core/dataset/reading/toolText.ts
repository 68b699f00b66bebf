import type { SourcePath } from '../../json/path.ts';
import type { Span } from '../../json/stringMap.ts';
import { nodeValue, parseTree, type JsonNode } from '../../json/tree.ts';
import { parsePythonLiteral } from '../../toolcall/python/pythonLiteral.ts';
import type { ToolDefinition } from '../sample.ts';
import { noTools, rememberedBlock, type ToolBlock } from './toolBlock.ts';
import { readTool } from './toolValue.ts';

/** `pythonRepr`: tools written as Python dicts are read too. They have no place inside of which anything could be found. */
export type ToolTextOptions = { readonly pythonRepr?: boolean };

/**
 * Tools within a text: one JSON value after the other, whether each has a line of its own or not; lists stand for their
 * items. Paths lead from the text.
 */
export function readToolText(text: string, span: Span | undefined, options: ToolTextOptions = {}): ToolBlock {
  if (span === undefined || span.start >= span.end) return noTools;
  const { start, end } = span;
  const kind = options.pythonRepr === true ? 'python' : 'json';
  return rememberedBlock(`${kind} ${start} `, text.slice(start, end), (body) => {
    const block = readValues(body, start, 'json');
    if (block.problem === undefined || options.pythonRepr !== true) return block;
    const python = readValues(body, start, 'python');
    return python.problem === undefined ? python : block;
  });
}

function readValues(body: string, offset: number, syntax: 'json' | 'python'): ToolBlock {
  const tools: ToolDefinition[] = [];
  const paths: SourcePath[] = [];
  for (let at = skipBlank(body, 0); at < body.length; ) {
    const parsed = syntax === 'json' ? parseTree(body, { offset: at }) : parsePythonLiteral(body, at);
    if (!parsed.ok) return { tools, paths, problem: { path: [{ from: offset + parsed.offset, to: offset + parsed.offset + 1 }], message: `a tool is not JSON: ${parsed.message}` } };
    const { node } = parsed;
    const items = node.kind === 'array' ? node.items : [node];
    for (const [index, item] of items.entries()) {
      const path: SourcePath = syntax === 'python' ? [rangeOf(item, offset)] : node.kind === 'array' ? [{ json: offset + at }, index] : [{ json: offset + at }];
      const tool = readTool(nodeValue(item));
      if (!tool.ok) return { tools, paths, problem: { path: syntax === 'python' ? path : [...path, ...tool.path], message: tool.message } };
      tools.push(tool.tool);
      paths.push(path);
    }
    at = skipBlank(body, node.end);
  }
  return { tools, paths };
}

function rangeOf(node: JsonNode, offset: number): { readonly from: number; readonly to: number } {
  return { from: offset + node.start, to: offset + node.end };
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at++;
  return at;
}
