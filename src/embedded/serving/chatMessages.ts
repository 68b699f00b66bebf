import type { Message, ToolCall, ToolDefinition } from '../../core/dataset/sample.ts';
import { parseJson } from '../../core/json/parse.ts';
import { isJsonObject } from '../../core/json/value.ts';
import { badRequest } from './apiError.ts';
import type { ChatMessage, ChatTool } from './requestSchemas.ts';

/** OpenAI's messages in the project's words. Throws ApiError where a call's arguments are not a JSON object. */
export function readMessages(messages: readonly ChatMessage[]): Message[] {
  let callIds: readonly (string | undefined)[] = [];
  return messages.map((message, index): Message => {
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: message.content };
      case 'user':
        return { role: 'user', content: message.content };
      case 'assistant': {
        const calls = message.tool_calls ?? [];
        callIds = calls.map((call) => call.id ?? undefined);
        return { role: 'assistant', content: message.content ?? '', calls: calls.map((call, n) => readCall(call.function, `messages.${index}.tool_calls.${n}`)) };
      }
      case 'tool': {
        const answers = message.tool_call_id ? callIds.indexOf(message.tool_call_id) : -1;
        return { role: 'tool', content: message.content, ...(message.name ? { name: message.name } : {}), ...(answers >= 0 ? { answers } : {}) };
      }
    }
  });
}

export function readTools(tools: readonly ChatTool[]): ToolDefinition[] {
  return tools.map(({ function: { name, description, parameters } }) => ({
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
  }));
}

function readCall(call: { readonly name: string; readonly arguments: string }, path: string): ToolCall {
  const parsed = parseJson(call.arguments);
  if (!parsed.ok || !isJsonObject(parsed.value)) throw badRequest('The arguments of a call must be the text of a JSON object.', `${path}.function.arguments`);
  return { name: call.name, arguments: parsed.value };
}
