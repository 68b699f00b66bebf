import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { memberOf, nodeValue, type JsonNode } from '../../json/tree.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import { parsePythonLiteral } from '../../toolcall/python/pythonLiteral.ts';
import type { CallPlace, Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { calledTools, companionTools, readCatalogueTool, type ToolKeys } from '../reading/companionTools.ts';
import { callsLabel, refusal, singleSample } from '../reading/singleSample.ts';
import { rememberedBlock, type ToolBlock } from '../reading/toolBlock.ts';
import type { Label, ToolCall, ToolDefinition } from '../sample.ts';

/**
 * Seal-Tools: `{id, query, calling}`, the older list of calls with the query at its end, and the rows for fine-tuning (tools
 * and calls as Python literals in the texts of a conversation). Calls that use what an earlier one gives are a trace.
 * Without a list of candidates, the tools are the definitions of those that are called, from `tool.jsonl`.
 */
export const dialect: Dialect = {
  id: 'seal-tools',
  name: 'Seal-Tools questions',
  companions: [{ role: 'tools', paths: ['tool.jsonl', '../tool.jsonl'] }],
  detect,
  read,
};

const toolKeys: ToolKeys = { name: 'api_name', description: 'api_description', parameters: ['parameters'] };
const listMark = 'api_list = ';
const taskMark = 'task_instruction = ';

function detect(record: JsonValue): number {
  if (isJsonArray(record)) return typeof record.at(-1) === 'string' && textMember(record[0], 'api') !== undefined ? 1 : 0;
  if (listMember(record, 'calling') !== undefined && textMember(record, 'query') !== undefined) return 1;
  const prompt = textMember(listMember(record, 'conversations')?.[0], 'value');
  return prompt !== undefined && prompt.includes(listMark) && prompt.includes(taskMark) ? 1 : 0;
}

function read(record: JsonValue, options: ReadOptions): RecordReading {
  if (isJsonArray(record)) return readOld(record, options);
  return member(record, 'conversations') === undefined ? readRow(record, options) : readConversation(record);
}

function readRow(record: JsonValue, { companions }: ReadOptions): RecordReading {
  const query = textMember(record, 'query');
  const calling = listMember(record, 'calling');
  if (query === undefined || calling === undefined) return refusal({ path: [], message: 'a Seal-Tools question needs a text query and a list calling' });
  const answer = labelOf(calling, ['calling']);
  const tools = toolsFor(calling, companionTools(companions, toolKeys));
  return singleSample({
    tools,
    messages: [{ role: 'user', content: query }],
    label: answer.label,
    places: () => ({ tools: tools.map(() => []), messages: [['query']], label: ['calling'], calls: answer.calls, broken: answer.broken }),
  });
}

function readOld(record: readonly JsonValue[], { companions }: ReadOptions): RecordReading {
  const query = record.at(-1);
  if (typeof query !== 'string') return refusal({ path: [], message: 'a Seal-Tools question of the older form ends with its query' });
  const calling = record.slice(0, -1);
  const answer = labelOf(calling, []);
  const tools = toolsFor(calling, companionTools(companions, toolKeys));
  return singleSample({
    tools,
    messages: [{ role: 'user', content: query }],
    label: answer.label,
    places: () => ({ tools: tools.map(() => []), messages: [[record.length - 1]], label: [], calls: answer.calls, broken: answer.broken }),
  });
}

function toolsFor(calling: readonly JsonValue[], catalogue: ReadonlyMap<string, ToolDefinition>): readonly ToolDefinition[] {
  return calledTools(catalogue, calling.flatMap((call) => textMember(call, 'api') ?? []));
}

function readConversation(record: JsonValue): RecordReading {
  const turns = listMember(record, 'conversations') ?? [];
  const prompt = textMember(turns[0], 'value') ?? '';
  const said = textMember(turns[1], 'value');
  const toolsAt = prompt.indexOf(listMark);
  const taskAt = prompt.lastIndexOf(taskMark);
  if (toolsAt < 0 || taskAt < toolsAt) return refusal({ path: ['conversations', 0, 'value'], message: 'the prompt has no api_list followed by a task_instruction' });
  if (said === undefined) return refusal({ path: ['conversations'], message: 'the conversation has no answer' });
  const block = rememberedBlock(`seal ${toolsAt} `, prompt.slice(toolsAt + listMark.length, taskAt), (text) => readToolList(text, toolsAt + listMark.length));
  if (block.problem !== undefined) return refusal({ path: ['conversations', 0, 'value', ...block.problem.path], message: block.problem.message });
  const task = taskRange(prompt, taskAt + taskMark.length);
  const read = parsePythonLiteral(said);
  const calling = read.ok ? nodeValue(read.node) : undefined;
  const answer = isJsonArray(calling) && read.ok
    ? inText(labelOf(calling, []), read.node)
    : { label: { kind: 'invalid', raw: said, reason: read.ok ? 'the answer is not a list of calls' : `the answer is not a Python list: ${read.message}` } as const, calls: [], broken: undefined };
  return singleSample({
    tools: block.tools,
    messages: [{ role: 'user', content: prompt.slice(task.from, task.to) }],
    label: answer.label,
    places: () => ({
      tools: block.paths.map((path) => ['conversations', 0, 'value', ...path]),
      messages: [['conversations', 0, 'value', task]],
      label: ['conversations', 1, 'value'],
      calls: answer.calls,
      broken: answer.broken,
    }),
  });
}

/** Python has no paths: its calls are ranges of the answer's text. */
function inText(answer: Answer, node: JsonNode): Answer {
  const path = ['conversations', 1, 'value'];
  const range = (part: JsonNode): SourcePath => [...path, { from: part.start, to: part.end }];
  const calls = node.kind === 'array' ? node.items : [];
  const place = (call: JsonNode): CallPlace => ({ call: range(call), name: range(memberOf(call, 'api')?.value ?? call), arguments: undefined });
  return { ...answer, calls: answer.calls.length === 0 ? [] : calls.map(place), broken: answer.broken && path };
}

/** `"…"` up to the last quote of its line's end; inner quotes are not escaped there. */
function taskRange(prompt: string, start: number): { readonly from: number; readonly to: number } {
  const output = prompt.indexOf('\nOutput:', start);
  const text = prompt.slice(start, output < 0 ? prompt.length : output).trimEnd();
  const quoted = text.startsWith('"') && text.endsWith('"') && text.length > 1;
  return { from: quoted ? start + 1 : start, to: start + text.length - (quoted ? 1 : 0) };
}

function readToolList(text: string, offset: number): ToolBlock {
  const read = parsePythonLiteral(text);
  if (!read.ok) return { tools: [], paths: [], problem: { path: [{ from: offset + read.offset, to: offset + read.offset + 1 }], message: `the api_list is not a Python list: ${read.message}` } };
  const list = nodeValue(read.node);
  const tools: ToolDefinition[] = [];
  const paths: SourcePath[] = [];
  const nodes = read.node.kind === 'array' ? read.node.items : [];
  for (const [index, value] of (isJsonArray(list) ? list : []).entries()) {
    const tool = readCatalogueTool(value, toolKeys);
    const node = nodes[index] ?? read.node;
    const path: SourcePath = [{ from: offset + node.start, to: offset + node.end }];
    if (tool === undefined) return { tools, paths, problem: { path, message: 'a tool has no api_name' } };
    tools.push(tool);
    paths.push(path);
  }
  return { tools, paths };
}

type Answer = { readonly label: Label; readonly calls: readonly CallPlace[]; readonly broken: SourcePath | undefined };

function labelOf(calling: readonly JsonValue[], path: SourcePath): Answer {
  const calls: ToolCall[] = [];
  const places: CallPlace[] = [];
  for (const [index, value] of calling.entries()) {
    const name = textMember(value, 'api');
    const args = objectMember(value, 'parameters');
    const at: SourcePath = [...path, index];
    if (name === undefined || args === undefined) {
      return { label: { kind: 'invalid', raw: stringifyJson(calling), reason: 'a call needs a text api and an object parameters' }, calls: [], broken: at };
    }
    calls.push({ name, arguments: args });
    places.push({ call: at, name: [...at, 'api'], arguments: [...at, 'parameters'] });
  }
  if (calls.some((call) => usesResult(call.arguments))) return { label: { kind: 'trace', trace: calling }, calls: [], broken: undefined };
  return { label: callsLabel(calls), calls: places, broken: undefined };
}

function usesResult(value: JsonValue): boolean {
  if (typeof value === 'string') return /^API_call_\d+$/.test(value);
  if (isJsonArray(value)) return value.some(usesResult);
  return isJsonObject(value) && Object.values(value).some(usesResult);
}
