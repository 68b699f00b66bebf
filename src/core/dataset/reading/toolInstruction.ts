import { stringifySpaced } from '../../json/stringify.ts';
import type { Message, ToolDefinition } from '../sample.ts';
import { rememberedAnswers } from './lastAnswer.ts';
import { writeTool } from './toolValue.ts';

const toolsOpen = '<tools>\n';
const toolsClose = '\n</tools>';
const emptyBlock = '<tools>\n</tools>';

/** The tool block of the Qwen chat template, for samples whose own system message has none. */
const standardBlock = `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
${emptyBlock}

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;

/** The lines of the last tool block: a system message may well speak of such blocks before. `bodyEnd` is where the closing tag starts. */
export const findToolBlock = rememberedAnswers((text: string): { readonly bodyStart: number; readonly bodyEnd: number } | undefined => {
  for (let open = text.lastIndexOf(toolsOpen); open >= 0; open = open === 0 ? -1 : text.lastIndexOf(toolsOpen, open - 1)) {
    const bodyStart = open + toolsOpen.length;
    const close = text.indexOf(toolsClose, bodyStart - 1);
    if (close >= 0) return { bodyStart, bodyEnd: close + 1 };
  }
  return undefined;
});

export function withToolBlock(system: string | null): string {
  return system === null ? standardBlock : `${system}\n\n${standardBlock}`;
}

/** The instruction without its tool lines, and the system message when a block was put behind it. */
export function instructionText(messages: readonly Message[]): { readonly template: string; readonly appendedTo?: string | null } {
  const system = messages[0]?.role === 'system' ? messages[0].content : null;
  const block = system === null ? undefined : findToolBlock(system);
  if (system !== null && block !== undefined && block.bodyStart === block.bodyEnd) return { template: system };
  return { template: withToolBlock(system), appendedTo: system };
}

/** The system text of a LoopTool row, tools in it: one JSON object a line, in the place that the system message has for them or in a block behind it. */
export function filledInstruction(messages: readonly Message[], tools: readonly ToolDefinition[]): { readonly text: string; readonly appendedTo?: string | null } {
  const { template, ...appended } = instructionText(messages);
  const lines = tools.map((tool) => `${stringifySpaced(writeTool(tool))}\n`).join('');
  const bodyStart = findToolBlock(template)?.bodyStart ?? template.length;
  return { text: template.slice(0, bodyStart) + lines + template.slice(bodyStart), ...appended };
}
