import { StringMap } from '../../json/stringMap.ts';
import { parseTree, type JsonNode } from '../../json/tree.ts';
import type { Located } from '../spans.ts';

/**
 * The arguments object of a call, written as it is or as JSON text. `args` is a node of `text`; `map` leads from there to the
 * source where `text` is itself a decoded string. Undefined where the call has no arguments object, or null.
 */
export function locateArguments(text: string, args: JsonNode | undefined, map?: StringMap): Located | undefined {
  if (args?.kind === 'object') return { node: args, map };
  if (args?.kind !== 'string') return undefined;
  const parsed = parseTree(args.value);
  return parsed.ok && parsed.node.kind === 'object' ? { node: parsed.node, map: new StringMap(text, args, map) } : undefined;
}
