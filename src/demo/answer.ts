import { messageSchema, toolCallSchema, toolDefinitionSchema, type Message, type ToolCall, type ToolDefinition } from '../core/dataset/sample.ts';
import { canonicalJson } from '../core/json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json/value.ts';
import { callsLabel, textLabel, type DemoLabel } from './world.ts';

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

/** Calls as a multiset, arguments by value and type; text by its words. */
export function sameAnswer(a: DemoLabel, b: DemoLabel): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text.trim() === b.text.trim();
  if (b.kind === 'text') return false;
  const keys = (label: Extract<DemoLabel, { kind: 'calls' }>): string => label.calls.map((call) => canonicalJson(callJson(call))).sort().join('\n');
  return keys(a) === keys(b);
}

/** What is wrong with an answer, in a sentence that names the first thing that differs from the right one. */
export function describeError(right: DemoLabel, answer: DemoLabel): string {
  if (right.kind === 'text') {
    const wanted = right.text.startsWith('which ') ? 'the request leaves out a required argument, which has to be asked for' : 'none of the tools serves the request';
    return answer.kind === 'calls' ? `it calls ${answer.calls.map((call) => call.name).join(' and ')}, but ${wanted}` : `it says "${answer.text}", but ${wanted}`;
  }
  if (answer.kind === 'text') return `it calls nothing, but ${right.calls.map((call) => call.name).join(' and ')} serves the request`;
  const named = (label: typeof right): string => label.calls.map((call) => call.name).join(', ');
  if (named(right) !== named(answer)) return `it calls ${named(answer)}, but the request needs ${named(right)}`;
  const at = right.calls.findIndex((call, i) => canonicalJson(call.arguments) !== canonicalJson(answer.calls[i]?.arguments ?? {}));
  const [wanted, got] = [right.calls[at]?.arguments ?? {}, answer.calls[at]?.arguments ?? {}];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(got)])];
  const name = names.find((key) => canonicalJson(wanted[key] ?? null) !== canonicalJson(got[key] ?? null)) ?? '';
  const shown = (value: JsonValue | undefined): string => (value === undefined ? 'missing' : JSON.stringify(value));
  return `the argument ${name} of ${right.calls[at]?.name ?? 'the call'} is ${shown(got[name])}, but the request says ${shown(wanted[name])}`;
}
