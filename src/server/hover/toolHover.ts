import type { ToolDefinition } from '../../core/dataset/sample.ts';
import { signatureOf } from '../../core/schema/signature.ts';
import { codeBlock, plainText } from '../../core/text/markdown.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';

const longestSignature = 2000;

/** Signature, description and uses of a tool. */
export function toolBlocks(dataset: OpenDataset, tool: ToolDefinition): readonly string[] {
  return [codeBlock(signatureOf(tool).label, 'typescript', longestSignature), ...(tool.description === undefined || tool.description === '' ? [] : [plainText(tool.description)]), ...usesOf(dataset, tool.name)];
}

/** Of a name that no definition carries too. */
export function usesOf(_dataset: OpenDataset, _name: string): readonly string[] {
  return [];
}
