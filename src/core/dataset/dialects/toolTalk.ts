import { listMember, member, objectMember, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { calledTools, companionTools, type ToolKeys } from '../reading/companionTools.ts';
import { readDialogue, type AssistantStep, type Turn } from '../reading/dialogue.ts';
import { refusal } from '../reading/singleSample.ts';
import type { Label } from '../sample.ts';

/**
 * ToolTalk: one conversation a file. Before what the assistant says stand the API calls that it made, each with its response:
 * every call is a label, and so is the text after them. The definitions of its APIs are code, and no part of the dataset.
 */
export const dialect: Dialect = { id: 'tooltalk', name: 'ToolTalk conversations', detect, read };

const toolKeys: ToolKeys = { name: 'name', description: 'description', parameters: ['parameters'] };

function detect(record: JsonValue): number {
  const turns = listMember(record, 'conversation');
  if (turns === undefined || textMember(turns[0], 'text') === undefined) return 0;
  return listMember(record, 'apis_used') !== undefined || turns.some((turn) => listMember(turn, 'apis') !== undefined) ? 1 : 0.5;
}

function read(record: JsonValue, { steps, companions }: ReadOptions): RecordReading {
  const list = listMember(record, 'conversation');
  if (list === undefined) return refusal({ path: [], message: 'a ToolTalk conversation needs a list conversation' });
  const names = list.flatMap((turn) => (listMember(turn, 'apis') ?? []).flatMap((api) => textMember(member(api, 'request'), 'api_name') ?? []));
  const called = calledTools(companionTools(companions, toolKeys), names);
  const base = { tools: { tools: called, paths: called.map(() => []) }, toolsPath: [], extras: {}, steps, messagesPath: ['conversation'], unheld: objectMember(record, 'user') === undefined ? [] : ['user'] };
  const turns: Turn[] = [];
  const metadata = objectMember(record, 'metadata');
  // The time, the place and the session are what the benchmark tells the model beforehand.
  if (metadata !== undefined) turns.push({ message: { role: 'system', content: stringifySpaced(metadata) }, path: ['metadata'] });
  for (const [index, turn] of list.entries()) {
    const path: SourcePath = ['conversation', index];
    const read = readTurn(turn, path);
    if (typeof read === 'string') return readDialogue({ ...base, turns, problem: { path, message: read } });
    turns.push(...read);
  }
  return readDialogue({ ...base, turns });
}

function readTurn(turn: JsonValue, path: SourcePath): readonly Turn[] | string {
  const role = textMember(turn, 'role');
  const text = textMember(turn, 'text');
  if (text === undefined) return 'a turn has no text';
  if (role === 'user') return [{ message: { role, content: text }, path: [...path, 'text'] }];
  if (role !== 'assistant') return `the role ${JSON.stringify(role ?? null)} is not known`;
  const turns: Turn[] = [];
  for (const [index, api] of (listMember(turn, 'apis') ?? []).entries()) {
    const read = readApi(api, [...path, 'apis', index]);
    if (typeof read === 'string') return read;
    turns.push(...read);
  }
  if (text.trim() === '') return turns;
  const label: Label = { kind: 'text', text: text.trim() };
  const at: SourcePath = [...path, 'text'];
  return [...turns, { message: { role, content: text, calls: [] }, path: at, step: { label, path: at, calls: () => [], answer: text, trained: true } }];
}

function readApi(api: JsonValue, path: SourcePath): readonly Turn[] | string {
  const request = member(api, 'request');
  const name = textMember(request, 'api_name');
  const args = objectMember(request, 'parameters');
  if (name === undefined || args === undefined) return 'an API request needs api_name and an object parameters';
  const call = { name, arguments: args };
  const at: SourcePath = [...path, 'request'];
  const step: AssistantStep = {
    label: { kind: 'calls', calls: [call] },
    path: at,
    calls: () => [{ call: at, name: [...at, 'api_name'], arguments: [...at, 'parameters'] }],
    answer: stringifyJson(api),
    trained: true,
  };
  const exception = member(api, 'exception');
  const response = member(api, 'response');
  const failed = exception !== undefined && exception !== null;
  const result = failed ? exception : (response ?? null);
  return [
    { message: { role: 'assistant', content: '', calls: [call] }, path: at, step },
    { message: { role: 'tool', content: typeof result === 'string' ? result : stringifySpaced(result) }, path: [...path, failed ? 'exception' : 'response'] },
  ];
}
