import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { calledTools, companionTools, type ToolKeys } from '../reading/companionTools.ts';
import { readDialogue, type AssistantStep, type Turn } from '../reading/dialogue.ts';
import { refusal } from '../reading/singleSample.ts';
import type { Label } from '../sample.ts';

/**
 * API-Bank dialogues, one a file: a line for each turn, `User`, `AI`, or `API` (a call with its result). The tools of a
 * sample are the definitions of those that the dialogue calls, as the benchmark gives them.
 */
export const dialect: Dialect = {
  id: 'api-bank',
  name: 'API-Bank dialogues',
  unit: 'file',
  companions: [{ role: 'tools', paths: ['api_definitions.json', '../api_definitions.json', '../../api_definitions.json', '../../../api_definitions.json'] }],
  detect,
  read,
};

const toolKeys: ToolKeys = { name: 'name', description: 'description', parameters: ['input_parameters', 'parameters'] };

function detect(line: JsonValue): number {
  const role = textMember(line, 'role');
  if (role === 'API') return textMember(line, 'api_name') === undefined ? 0 : 1;
  return (role === 'User' || role === 'AI') && textMember(line, 'text') !== undefined ? 1 : 0;
}

function read(record: JsonValue, { steps, companions }: ReadOptions): RecordReading {
  if (!isJsonArray(record)) return refusal({ path: [], message: 'an API-Bank dialogue is a list of turns' });
  const names = record.flatMap((line) => (textMember(line, 'role') === 'API' ? (textMember(line, 'api_name') ?? []) : []));
  const called = calledTools(companionTools(companions, toolKeys), names);
  // Definitions stand in another file.
  const tools = { tools: called, paths: called.map(() => []) };
  const turns: Turn[] = [];
  for (const [index, line] of record.entries()) {
    const read = readLine(line, index);
    if (typeof read === 'string') return readDialogue({ tools, toolsPath: [], turns, problem: { path: [index], message: read }, extras: {}, steps, messagesPath: [] });
    turns.push(...read);
  }
  return readDialogue({ tools, toolsPath: [], turns, extras: {}, steps, messagesPath: [] });
}

function readLine(line: JsonValue, index: number): readonly Turn[] | string {
  const path: SourcePath = [index];
  const role = textMember(line, 'role');
  if (role === 'API') return readCall(line, path);
  const text = textMember(line, 'text');
  if (text === undefined) return 'a turn has no text';
  if (role === 'User') return [{ message: { role: 'user', content: text }, path: [...path, 'text'] }];
  if (role !== 'AI') return `the role ${JSON.stringify(role ?? null)} is not known`;
  const label: Label = text.trim() === '' ? { kind: 'invalid', raw: text, reason: 'the answer is empty' } : { kind: 'text', text: text.trim() };
  return [{ message: { role: 'assistant', content: text, calls: [] }, path: [...path, 'text'], step: { label, path, calls: () => [], answer: text, trained: true } }];
}

function readCall(line: JsonValue, path: SourcePath): readonly Turn[] | string {
  const name = textMember(line, 'api_name');
  const args = member(line, 'param_dict');
  if (name === undefined || args === undefined || !isJsonObject(args)) return 'an API turn needs api_name and an object param_dict';
  const call = { name, arguments: args };
  const step: AssistantStep = {
    label: { kind: 'calls', calls: [call] },
    path,
    calls: () => [{ call: path, name: [...path, 'api_name'], arguments: [...path, 'param_dict'] }],
    answer: stringifyJson(line),
    trained: true,
  };
  const result = member(line, 'result');
  const answer = result === undefined ? [] : [{ message: { role: 'tool', content: resultText(result) } as const, path: [...path, 'result'] }];
  return [{ message: { role: 'assistant', content: '', calls: [call] }, path, step }, ...answer];
}

function resultText(result: JsonValue): string {
  const exception = member(result, 'exception');
  const output = member(result, 'output');
  const shown = typeof exception === 'string' && (output === undefined || output === null) ? exception : (output ?? result);
  return typeof shown === 'string' ? shown : stringifySpaced(shown);
}
