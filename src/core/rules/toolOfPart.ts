import type { Sample } from '../dataset/sample.ts';
import type { Part } from './rule.ts';

/** Name of the tool that a part of a sample is about: the one that is defined or called there, or the only one that the label calls. */
export function toolOfPart({ tools, label }: Sample, at: Part): string | undefined {
  if (at.part === 'tool') return tools[at.tool]?.name;
  const calls = label.kind === 'calls' ? label.calls : [];
  if ('call' in at) return calls[at.call]?.name;
  return calls.length === 1 && at.part === 'label' ? calls[0]?.name : undefined;
}
