import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordProblem, RecordReading, RecordSample } from '../dialect.ts';
import { readChatTurns } from '../reading/chatMessages.ts';
import { readDialogue } from '../reading/dialogue.ts';
import { refusal, singleSample } from '../reading/singleSample.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { toolOf } from '../reading/toolValue.ts';
import type { ToolDefinition } from '../sample.ts';

/**
 * ToolBench instructions (`api_list`, `query`; which APIs are relevant is known, their arguments are not: any call is right)
 * and answers (`answer_generation` with one list of messages for each step that is trained, its last message the label).
 */
export const dialect: Dialect = { id: 'toolbench', name: 'ToolBench instructions and answers', detect, read };

function detect(record: JsonValue): number {
  if (objectMember(record, 'answer_generation') !== undefined) return 1;
  if (listMember(record, 'api_list') === undefined || textMember(record, 'query') === undefined) return 0;
  return member(record, 'relevant APIs') === undefined ? 0.8 : 1;
}

function read(record: JsonValue, options: ReadOptions): RecordReading {
  const answer = objectMember(record, 'answer_generation');
  return answer === undefined ? readInstruction(record) : readAnswer(answer, options);
}

function readInstruction(record: JsonValue): RecordReading {
  const query = textMember(record, 'query');
  const list = listMember(record, 'api_list');
  if (query === undefined || list === undefined) return refusal({ path: [], message: 'a ToolBench instruction needs a text query and a list api_list' });
  const tools: ToolDefinition[] = [];
  for (const [index, value] of list.entries()) {
    const tool = readApi(value);
    if (tool === undefined) return refusal({ path: ['api_list', index], message: 'an API has no api_name' });
    tools.push(tool);
  }
  const relevant = listMember(record, 'relevant APIs') ?? [];
  return singleSample({
    tools,
    messages: [{ role: 'user', content: query }],
    label: { kind: relevant.length === 0 ? 'noCall' : 'anyCall' },
    places: () => ({ tools: tools.map((_tool, index) => ['api_list', index]), messages: [['query']], label: ['relevant APIs'], calls: [] }),
    unheld: relevant.length === 0 ? [] : ['relevant APIs'],
  });
}

/** The name that the benchmark gives an API as a function; parameters with a flag each that says whether they are required. */
function readApi(value: JsonValue): ToolDefinition | undefined {
  const name = textMember(value, 'api_name');
  if (name === undefined || !isJsonObject(value)) return undefined;
  const parameters = objectOf([...parametersOf(value, 'required_parameters', true), ...parametersOf(value, 'optional_parameters', false)]);
  const kept = Object.keys(value).filter((key) => key !== 'required_parameters' && key !== 'optional_parameters' && key !== 'parameters');
  const tool = toolOf(name, objectOf([...kept.map((key): [string, JsonValue] => [key, member(value, key) ?? null]), ['parameters', parameters]]), 'api_name', 'api_description');
  return { ...tool, name: functionName(name, textMember(value, 'tool_name') ?? '') };
}

function parametersOf(api: JsonValue, key: string, required: boolean): readonly (readonly [string, JsonValue])[] {
  return (listMember(api, key) ?? []).flatMap((parameter) => {
    const name = textMember(parameter, 'name');
    if (name === undefined || !isJsonObject(parameter)) return [];
    const members = Object.keys(parameter).flatMap((one): readonly (readonly [string, JsonValue])[] => {
      const value = member(parameter, one) ?? null;
      if (one === 'name') return [];
      // What a required parameter has as its default is an example: it cannot be left out.
      return [[one === 'default' && required ? 'example_value' : one, value]];
    });
    return [[name, objectOf([...members, ['required', required]])] as const];
  });
}

/** `<api>_for_<tool>` with letters, digits and `_` only, its last 64 characters: as the answers write it. */
function functionName(api: string, tool: string): string {
  const plain = (text: string): string => text.replace(/[^\u4e00-\u9fa5a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_').replace(/^_|_$/g, '').toLowerCase();
  const bare = plain(api);
  const named = /^\d/.test(bare) ? `get_${bare}` : ['from', 'class', 'return', 'false', 'true', 'id', 'and'].includes(bare) ? `is_${bare}` : bare;
  return `${named}_for_${plain(tool)}`.slice(-64);
}

function readAnswer(answer: JsonValue, { steps }: ReadOptions): RecordReading {
  const tools = readToolBlock(member(answer, 'function'));
  if (tools.problem !== undefined) return refusal({ path: ['answer_generation', 'function', ...tools.problem.path], message: tools.problem.message });
  const lists = listMember(answer, 'train_messages') ?? [];
  if (lists.length === 0) return refusal({ path: ['answer_generation'], message: 'the answer has no messages to learn from' });
  const samples: RecordSample[] = [];
  const problems: RecordProblem[] = [];
  for (const [index, list] of lists.entries()) {
    const path = ['answer_generation', 'train_messages', index];
    if (!isJsonArray(list)) {
      problems.push({ path, message: 'the messages of a step are not a list' });
      continue;
    }
    const read = readDialogue({ tools, toolsPath: ['answer_generation', 'function'], ...readChatTurns(list, path), extras: {}, steps: 'last', messagesPath: path });
    samples.push(...read.samples.map((sample) => ({ ...sample, step: index })));
    problems.push(...read.problems);
  }
  return { samples: steps === 'all' ? samples : steps === 'last' ? samples.slice(-1) : samples.filter(({ sample }) => sample.label.kind === 'calls'), problems };
}
