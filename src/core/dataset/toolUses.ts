import { canonicalJson } from '../json/stringify.ts';
import { shortHash } from '../rules/shortHash.ts';
import type { RecordSample } from './dialect.ts';
import { longestContext } from './dialogue.ts';
import type { ToolDefinition } from './sample.ts';

/** What a record says of tools, without places: small enough to be kept for each record of a large file. */
export type ToolUses = {
  /** Each definition, with a short name of its parameters: equal ones have the same. Lists of equal tools are one object. */
  readonly defined: readonly DefinedTool[];
  /** Calls of its labels and of its context, each once, in no order. */
  readonly called: ReadonlyMap<string, number>;
};

export type DefinedTool = { readonly name: string; readonly schema: string };

const noCalls: ReadonlyMap<string, number> = new Map();
const noDefinitions: readonly DefinedTool[] = [];
const schemaNames = new WeakMap<ToolDefinition, string>();
const definitionLists = new WeakMap<readonly ToolDefinition[], readonly DefinedTool[]>();

/** The uses of tools in one record, from all of its samples. */
export function toolUsesOf(samples: readonly RecordSample[]): ToolUses {
  const longest = longestContext(samples)?.sample;
  if (longest === undefined) return { defined: noDefinitions, called: noCalls };
  const called = new Map<string, number>();
  const count = (name: string): void => void called.set(name, (called.get(name) ?? 0) + 1);
  for (const message of longest.messages) if (message.role === 'assistant') for (const call of message.calls) count(call.name);
  for (const { sample } of samples) {
    if (sample.label.kind !== 'calls') continue;
    // The label of an earlier step stands in the context of the last one, where it has been counted.
    const inContext = sample === longest ? undefined : longest.messages[sample.messages.length];
    if (inContext?.role === 'assistant' && inContext.calls.length > 0) continue;
    for (const call of sample.label.calls) count(call.name);
  }
  return { defined: definedBy(longest.tools), called: called.size === 0 ? noCalls : called };
}

function definedBy(tools: readonly ToolDefinition[]): readonly DefinedTool[] {
  const known = definitionLists.get(tools);
  if (known !== undefined) return known;
  const defined = tools.map((tool) => ({ name: tool.name, schema: schemaName(tool) }));
  definitionLists.set(tools, defined);
  return defined;
}

function schemaName(tool: ToolDefinition): string {
  let name = schemaNames.get(tool);
  if (name === undefined) schemaNames.set(tool, (name = shortHash(canonicalJson(tool.parameters ?? tool.extras ?? null))));
  return name;
}
