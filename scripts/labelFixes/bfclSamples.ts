import type { RecordSample } from '../../src/core/dataset/dialect.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, Message, Sample, ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { objectOf, parseJson } from '../../src/core/json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json/value.ts';
import { SampleContext } from '../../src/core/rules/sampleContext.ts';

/** A sample of BFCL from its question (text, or turns of messages), its tools and its possible answers; undefined where it has none that can be read. */
export function bfclContext(question: JsonValue, tools: JsonValue, answers: JsonValue): SampleContext | undefined {
  const label = bfclLabel(answers);
  if (label === undefined) return undefined;
  const sample = makeSample({ tools: listOf(tools).flatMap(readTool), messages: readQuestion(question), label });
  return new SampleContext(placeless(sample), objectOf([]), 'bfcl', 0);
}

function placeless(sample: Sample): RecordSample {
  const calls = sample.label.kind === 'calls' ? sample.label.calls.map(() => ({ call: [], name: [], arguments: [] })) : [];
  return { sample, step: 0, places: () => ({ tools: [], messages: [], label: [], calls }) };
}

function bfclLabel(answers: JsonValue): Label | undefined {
  const possible = listOf(answers).flatMap((answer): ToolCall[] =>
    isJsonObject(answer) ? Object.entries(answer).flatMap(([name, args]) => (isJsonObject(args) ? [{ name, arguments: args }] : [])) : []);
  const [first, ...others] = possible;
  if (first === undefined) return undefined;
  return { kind: 'calls', calls: [first, ...others].map(({ name, arguments: args }) => ({ name, arguments: firstChoices(args) })), possible };
}

/** The first acceptable value of each argument; what may be left out first of all is left out. */
function firstChoices(args: JsonObject): JsonObject {
  return objectOf(
    Object.entries(args).flatMap(([name, list]): [string, JsonValue][] => {
      const [first] = Array.isArray(list) ? (list as readonly JsonValue[]) : [list];
      return first === undefined || first === '' ? [] : [[name, concrete(first)]];
    }),
  );
}

export function concrete(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return firstChoices(value);
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(concrete) : value;
}

function readTool(tool: JsonValue): ToolDefinition[] {
  if (!isJsonObject(tool) || typeof tool['name'] !== 'string') return [];
  const { description, parameters } = tool;
  return [{ name: tool['name'], ...(typeof description === 'string' ? { description } : {}), ...(parameters !== undefined && isJsonObject(parameters) ? { parameters } : {}) }];
}

/** Old questions are text, or text that holds the messages. */
function readQuestion(question: JsonValue): Message[] {
  if (typeof question === 'string') {
    const parsed = question.startsWith('[') ? parseJson(question) : undefined;
    return parsed?.ok === true && Array.isArray(parsed.value) ? readQuestion(parsed.value) : [{ role: 'user', content: question }];
  }
  return listOf(question).flatMap((part): Message[] => {
    if (Array.isArray(part)) return readQuestion(part);
    if (!isJsonObject(part) || typeof part['content'] !== 'string') return [];
    const role = part['role'];
    const content = part['content'];
    return role === 'assistant' ? [{ role, content, calls: [] }] : [{ role: role === 'system' ? 'system' : 'user', content }];
  });
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : value === undefined || value === null ? [] : [value];
}
