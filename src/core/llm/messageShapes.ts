import type { Message } from '../dataset/sample.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';

/** In what readers of a conversation differ: servers, and templates of models. */
export type MessageStyle = {
  /** Ids are made by position: samples carry none. */
  readonly callId: (message: number, position: number) => string;
  /** The id that a tool message names which answers no call; that of the call it would answer when absent. */
  readonly strayId?: (message: number) => string;
  readonly callArguments: (value: JsonObject) => JsonValue;
  /** What an empty text beside calls is. */
  readonly emptyBesideCalls: '' | null;
  readonly toolNames: boolean;
};

/** The messages of a sample as OpenAI's chat format has them. A tool message answers the open calls in order, where it does not say which. */
export function messageShapes(messages: readonly Message[], style: MessageStyle): JsonObject[] {
  let open = { message: 0, calls: 0 };
  let answered = 0;
  return messages.map((message, index): JsonObject => {
    switch (message.role) {
      case 'system':
      case 'user':
        return { role: message.role, content: message.content };
      case 'assistant': {
        const { calls, content } = message;
        if (calls.length === 0) return { role: 'assistant', content };
        [open, answered] = [{ message: index, calls: calls.length }, 0];
        return {
          role: 'assistant',
          content: content === '' ? style.emptyBesideCalls : content,
          tool_calls: calls.map((call, position) => ({ id: style.callId(index, position), type: 'function', function: { name: call.name, arguments: style.callArguments(call.arguments) } })),
        };
      }
      case 'tool': {
        const position = message.answers ?? answered;
        answered = position + 1;
        const id = position >= open.calls && style.strayId ? style.strayId(index) : style.callId(open.message, position);
        return { role: 'tool', content: message.content, tool_call_id: id, ...(style.toolNames && message.name !== undefined ? { name: message.name } : {}) };
      }
    }
  });
}
