import type { ToolDefinition } from '../../core/dataset/sample.ts';
import { signatureOf } from '../../core/schema/signature.ts';
import { codeBlock, plainText } from '../../core/text/markdown.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import { toolIndexOf } from '../dataset/toolIndex.ts';

const longestSignature = 2000;

/** Signature, description and uses of a tool. */
export function toolBlocks(dataset: OpenDataset, tool: ToolDefinition): readonly string[] {
  return [codeBlock(signatureOf(tool).label, 'typescript', longestSignature), ...(tool.description === undefined || tool.description === '' ? [] : [plainText(tool.description)]), ...usesOf(dataset, tool.name)];
}

/** How often the dataset defines and calls a tool. */
export function usesOf(dataset: OpenDataset, name: string): readonly string[] {
  const index = toolIndexOf(dataset);
  const counts = index.tool(name);
  if (counts === undefined) return [index.isComplete ? 'Neither defined nor called in this dataset' : 'Its uses in this dataset are being counted'];
  const { calls, definitions, schemas } = counts;
  const differing = schemas > 1 ? ` with ${schemas} different schemas` : '';
  return [`${counted(calls, 'call')} and ${counted(definitions, 'definition')}${differing} in this dataset${index.isComplete ? '' : ', as far as it has been read'}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
