import type { ToolDefinition } from '../../core/dataset/sample.ts';
import type { Span } from '../../core/json/stringMap.ts';
import { argumentAt } from '../../core/schema/argumentFacts.ts';
import { toolTable } from '../../core/schema/toolTable.ts';
import { argumentText } from '../argumentTexts.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { toolAt, type ToolAt } from '../dataset/toolAt.ts';
import { nameCode } from './callHover.ts';
import { toolBlocks, usesOf } from './toolHover.ts';

/** Calls that no label holds, results, and definitions that stand in the record a second time; undefined elsewhere. */
export function contextHover(dataset: OpenDataset, record: RecordView, offset: number): { readonly blocks: readonly string[]; readonly span: Span } | undefined {
  const at = toolAt(record, offset);
  const span = at?.name ?? (at?.kind === 'argument' || at?.kind === 'call' ? { start: offset, end: offset } : undefined);
  return at === undefined || span === undefined ? undefined : { blocks: blocksOf(dataset, at), span };
}

function blocksOf(dataset: OpenDataset, at: ToolAt): readonly string[] {
  switch (at.kind) {
    case 'call':
      return namedBlocks(dataset, at.record, at.call.call.name);
    case 'argument':
      return parameterBlocks(toolNamed(at.record, at.call.call.name), at.call.call.name, at.parameter);
    case 'definition':
      return toolBlocks(dataset, at.tool.tool);
    case 'parameter':
      return parameterBlocks(at.tool.tool, at.tool.tool.name, at.parameter);
    case 'result':
      return at.result.tool === undefined ? [] : namedBlocks(dataset, at.record, at.result.tool);
  }
}

function namedBlocks(dataset: OpenDataset, record: RecordView, name: string): readonly string[] {
  const tool = toolNamed(record, name);
  return tool === undefined ? [`**Call** of ${nameCode(name)}`, ...usesOf(dataset, name)] : toolBlocks(dataset, tool);
}

function parameterBlocks(tool: ToolDefinition | undefined, toolName: string, parameter: string): readonly string[] {
  const facts = tool && argumentAt(tool, [parameter]);
  const said = facts === undefined ? (tool === undefined ? 'The tool is not defined' : 'The tool does not declare it') : argumentText(facts);
  return [`**Argument** ${nameCode(parameter)} of ${nameCode(toolName)}`, said];
}

function toolNamed({ samples }: RecordView, name: string): ToolDefinition | undefined {
  for (const { sample } of samples) {
    const found = toolTable(sample.tools).find(name)?.tools[0];
    if (found !== undefined) return found;
  }
  return undefined;
}
