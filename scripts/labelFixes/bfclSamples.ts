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

/** A sample of ACEBench's ordinary tasks, whose answers are calls as they are; undefined for states, traces and lists of names. */
export function plainContext(question: JsonValue, tools: JsonValue, answers: JsonValue): SampleContext | undefined {
  const shown = listOf(tools).flatMap(readTool);
  // Of several acceptable lists of calls the first one counts.
  const [first] = listOf(answers);
  if (shown.length === 0 || first === undefined || !isJsonObject(first)) return undefined;
  const calls = Object.entries(first).flatMap(([key, args]): ToolCall[] => {
    // Calls of one tool are told apart by a number behind its name.
    const name = shown.some((tool) => tool.name === key) ? key : key.replace(/_\d+$/, '');
    return isJsonObject(args) && shown.some((tool) => tool.name === name) ? [{ name, arguments: args }] : [];
  });
  if (calls.length === 0) return undefined;
  const sample = makeSample({ tools: shown, messages: readQuestion(question), label: { kind: 'calls', calls } });
  return new SampleContext(placeless(sample), objectOf([]), 'acebench', 0);
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

function concrete(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return firstChoices(value);
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(concrete) : value;
}

function readTool(tool: JsonValue): ToolDefinition[] {
  if (!isJsonObject(tool) || typeof tool['name'] !== 'string') return [];
  const { description, parameters, arguments: given } = tool;
  return [{ name: tool['name'], ...(typeof description === 'string' ? { description } : {}), ...(parameters !== undefined && isJsonObject(parameters) ? { parameters } : {}), ...(given === undefined ? {} : { extras: objectOf([['arguments', given]]) }) }];
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
