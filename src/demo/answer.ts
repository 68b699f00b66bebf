import { messageSchema, toolCallSchema, toolDefinitionSchema, type Message, type ToolCall, type ToolDefinition } from '../core/dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json/value.ts';
import { callsEqual } from '../core/toolcall/callsEqual.ts';
import { compareCalls } from '../core/toolcall/compare.ts';
import { callsLabel, declineText, textLabel, type DemoLabel } from './world.ts';

/** Answers, tools and conversations as the prompts' sections carry them. Undefined for what is not one. */

export function parseAnswer(value: JsonValue | undefined): DemoLabel | undefined {
  if (!isJsonObject(value)) return undefined;
  const calls = toolCallSchema.array().min(1).safeParse(value.calls);
  if (calls.success) return callsLabel(calls.data);
  return typeof value.text === 'string' ? textLabel(value.text) : undefined;
}

export function answerJson(label: DemoLabel): JsonObject {
  return label.kind === 'calls' ? { calls: label.calls.map(callJson) } : { text: label.text };
}

function callJson(call: ToolCall): JsonObject {
  return { name: call.name, arguments: call.arguments };
}

export function parseTools(value: JsonValue | undefined): readonly ToolDefinition[] | undefined {
  return toolDefinitionSchema.array().safeParse(value).data;
}

export function parseMessages(value: JsonValue | undefined): readonly Message[] | undefined {
  return messageSchema.array().safeParse(value).data;
}

/** By the project's comparer for calls, by the words for text. */
export function sameAnswer(a: DemoLabel, b: DemoLabel): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text.trim() === b.text.trim();
  return b.kind === 'calls' && callsEqual(a.calls, b.calls);
}

/** What is wrong with an answer: the first thing that differs from the right one, as the end of a sentence. */
export function describeError(right: DemoLabel, answer: DemoLabel): string {
  const called = (label: DemoLabel): string => (label.kind === 'calls' ? label.calls.map((call) => call.name).join(' and ') : '');
  if (right.kind === 'calls') {
    if (answer.kind === 'text') return `it calls nothing, but ${called(right)} serves the request`;
    return compareCalls(right.calls, answer.calls).differences[0]?.message ?? 'it differs from what the request asks for';
  }
  const wanted = right.text === declineText ? 'none of the tools serves the request' : 'the request leaves out a required argument, which has to be asked for';
  return answer.kind === 'calls' ? `it calls ${called(answer)}, but ${wanted}` : `it says "${answer.text}", but ${wanted}`;
}
