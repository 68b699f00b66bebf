import type { Message, ToolDefinition } from '../../dataset/sample.ts';
import { stringifyJson } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';

/** What is not as it should be with a prompt. Indices are 0-based. */
export type PromptWarning =
  | { readonly kind: 'toolMissing'; readonly tools: readonly string[] }
  | { readonly kind: 'messageMissing'; readonly message: number; readonly role: Message['role'] }
  | { readonly kind: 'callMissing'; readonly message: number; readonly name: string }
  | { readonly kind: 'specialInData'; readonly mark: string; readonly message?: number | undefined; readonly tool?: string | undefined }
  | { readonly kind: 'emptyToolBlock' }
  | { readonly kind: 'twoBeginnings'; readonly token: string };

/** Texts that tokenisers make one token with a meaning of. */
const marks = /<\|[^<>|\s]{1,40}\|>|<\uFF5C[^<>\s]{1,40}\uFF5C>|<\/?s>|\[\/?(?:INST|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS)\]|<\/?(?:tool_call|tool_response|tools|think|start_of_turn|end_of_turn|bos|eos)>/gu;
const emptyBlock = /<tools>\s*<\/tools>\s*(?:\n|$)/u;
const mostWarnings = 20;

/** Looks whether all of a conversation is in its prompt, and whether its data can pass for the template's own marks. */
export function checkPrompt(prompt: string, { messages, tools }: { readonly messages: readonly Message[]; readonly tools: readonly ToolDefinition[] }, bosToken?: string): readonly PromptWarning[] {
  const missing = tools.map(({ name }) => name).filter((name) => !prompt.includes(name));
  const warnings: PromptWarning[] = missing.length === 0 ? [] : [{ kind: 'toolMissing', tools: missing }];
  messages.forEach((message, index) => warnings.push(...messageWarnings(prompt, message, index)));
  for (const tool of tools) {
    const mark = toolMark(tool);
    if (mark !== undefined) warnings.push({ kind: 'specialInData', mark, tool: tool.name });
  }
  if (tools.length > 0 && emptyBlock.test(lastBlock(prompt))) warnings.push({ kind: 'emptyToolBlock' });
  if (bosToken && prompt.startsWith(bosToken + bosToken)) warnings.push({ kind: 'twoBeginnings', token: bosToken });
  return warnings.slice(0, mostWarnings);
}

function messageWarnings(prompt: string, message: Message, index: number): readonly PromptWarning[] {
  const found: PromptWarning[] = [];
  const text = message.role === 'assistant' ? afterReasoning(message.content) : message.content;
  if (!holds(prompt, text)) found.push({ kind: 'messageMissing', message: index, role: message.role });
  if (message.role === 'assistant') for (const { name } of message.calls) if (!prompt.includes(name)) found.push({ kind: 'callMissing', message: index, name });
  // A system message is the trainer's own text: marks in it are meant.
  const mark = message.role === 'system' ? undefined : message.content.match(marks)?.[0];
  if (mark !== undefined) found.push({ kind: 'specialInData', mark, message: index });
  return found;
}

/** Templates trim, take the reasoning of earlier turns out, write texts as JSON, and fill the place that a system message has for tools. */
function holds(prompt: string, text: string): boolean {
  const parts = text.split(emptyBlock).map((part) => part.trim());
  return parts.every((part) => part === '' || prompt.includes(part) || prompt.includes(JSON.stringify(part).slice(1, -1)) || prompt.includes(part.replace(/\r\n/gu, '\n')));
}

function afterReasoning(text: string): string {
  const end = text.lastIndexOf('</think>');
  return end < 0 ? text : text.slice(end + '</think>'.length);
}

function toolMark(tool: ToolDefinition): string | undefined {
  return stringifyJson(tool as unknown as JsonValue).match(marks)?.[0]; // a tool is JSON data
}

/** A place for tools that is empty although there are tools: they stand somewhere else too. */
function lastBlock(prompt: string): string {
  const block = prompt.lastIndexOf('<tools>\n</tools>');
  return block < 0 ? '' : prompt.slice(block, block + 32);
}

/** In words, for people. */
export function promptWarningText(warning: PromptWarning): string {
  switch (warning.kind) {
    case 'toolMissing':
      return `These tools are not in the prompt: ${warning.tools.join(', ')}. The template leaves tools out; take one that declares them.`;
    case 'messageMissing':
      return `The text of message ${warning.message + 1} (${warning.role}) is not in the prompt: the template drops or shortens it.`;
    case 'callMissing':
      return `The call of ${warning.name} in message ${warning.message + 1} is not in the prompt: the template leaves calls out.`;
    case 'specialInData':
      return `${warning.mark} stands in ${warning.tool === undefined ? `message ${(warning.message ?? 0) + 1}` : `the tool ${warning.tool}`}: the tokeniser may take it for a mark of the template.`;
    case 'emptyToolBlock':
      return 'The system message has a place for tools that stays empty, and the template writes them elsewhere. With template "chatml" they stand in their place.';
    case 'twoBeginnings':
      return `The prompt begins with ${warning.token} twice.`;
  }
}
