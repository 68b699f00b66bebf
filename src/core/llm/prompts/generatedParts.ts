import { messageSchema, type Message, type ToolCall } from '../../dataset/sample.ts';
import { parseJson } from '../../json/parse.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Answer } from './answer.ts';

/** Messages, calls and answers as models write them in JSON: in our form, or in OpenAI's. Undefined for what is none. */

export function readMessages(value: JsonValue | undefined): readonly Message[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const messages: Message[] = [];
  for (const item of value as readonly JsonValue[]) { // Array.isArray does not narrow readonly arrays
    if (!isJsonObject(item)) return undefined;
    const parsed = messageSchema.safeParse(completed(item));
    if (!parsed.success) return undefined;
    messages.push(parsed.data);
  }
  return messages;
}

/** Models leave out what is empty, and write a tool's result as the JSON that it is. */
function completed(message: JsonObject): JsonObject {
  const content = message['content'] ?? '';
  if (message['role'] === 'assistant') return { role: 'assistant', content, calls: readCalls(message['calls'] ?? message['tool_calls'] ?? []) ?? null };
  return { ...message, content: message['role'] === 'tool' && typeof content === 'object' ? stringifyJson(content) : content };
}

export function readAnswer(value: JsonValue | undefined): Answer | undefined {
  if (!isJsonObject(value)) return undefined;
  const given = value['calls'] ?? value['tool_calls'];
  const calls = given === undefined || given === null ? [] : readCalls(given);
  if (calls === undefined) return undefined;
  const said = value['text'] ?? value['content'];
  const text = typeof said === 'string' ? said.trim() : '';
  if (calls.length > 0) return text === '' ? { calls } : undefined;
  return text === '' ? undefined : { text };
}

/** Arguments may come as JSON in a string, as in OpenAI's form; one level is read. */
export function readCalls(value: JsonValue): readonly ToolCall[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls: ToolCall[] = [];
  for (const item of value as readonly JsonValue[]) { // Array.isArray does not narrow readonly arrays
    if (!isJsonObject(item)) return undefined;
    const inner = item['function'];
    const { name, arguments: given = {} } = isJsonObject(inner) ? inner : item;
    const parsed = typeof given === 'string' ? parseJson(given) : { ok: true as const, value: given };
    if (typeof name !== 'string' || !parsed.ok || !isJsonObject(parsed.value)) return undefined;
    calls.push({ name, arguments: parsed.value });
  }
  return calls;
}
