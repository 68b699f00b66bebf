import { isJsonArray, member, textMember } from '../../json/member.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { writeCallBlocks } from '../reading/answerText.ts';
import type { ReadTurns } from '../reading/chatMessages.ts';
import { refusal } from '../reading/chatRecord.ts';
import { answerTurn, readDialogue } from '../reading/dialogue.ts';
import { callsJson, readExtras } from '../reading/recordExtras.ts';
import { assistantText, firstThatReads, writeJsonCalls } from '../reading/textRows.ts';
import { readTextTurns, type TurnRole, type TurnStyle } from '../reading/textTurns.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { writeTool } from '../reading/toolValue.ts';
import { readTruth } from '../reading/truthValue.ts';
import type { Label, Message, Sample, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** xLAM-60k and Hammer's originals: `query`, `tools` and `answers`, the lists as JSON texts or as they are. No answers say that no call is right. */
export const dialect: Dialect = { id: 'xlam', name: 'xLAM rows', detect, read, write, relabel };

const roles: ReadonlyMap<string, TurnRole> = new Map([['system', 'system'], ['user', 'user'], ['agent', 'assistant'], ['assistant', 'assistant'], ['tool', 'tool']]);
const style: TurnStyle = { from: 'role', value: 'content', roles };
const writeCalls = firstThatReads([writeJsonCalls, writeCallBlocks]);

function detect(record: JsonValue): number {
  const query = member(record, 'query');
  if (typeof query !== 'string' && !isJsonArray(query)) return 0;
  const [tools, answers] = [member(record, 'tools'), member(record, 'answers')];
  const isList = (value: JsonValue | undefined): boolean => isJsonArray(value) || typeof value === 'string';
  return isList(tools) && isList(answers) ? 1 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const query = readQuery(member(record, 'query'));
  if (query === undefined) return refusal(member(record, 'query') === undefined ? [] : ['query'], 'an xLAM row needs a query, a text or a list of messages');
  const tools = readToolBlock(member(record, 'tools'));
  if (tools.problem !== undefined) return refusal(['tools', ...tools.problem.path], tools.problem.message);
  const answer = readTruth(member(record, 'answers'), ['answers']);
  if (answer === undefined) return refusal(member(record, 'answers') === undefined ? [] : ['answers'], 'an xLAM row needs answers, a list of calls or its JSON text');
  const context = query.turns.map((turn) => ({ message: turn.message, path: turn.path }));
  const turns = query.problem === undefined ? [...context, answerTurn(answer)] : context;
  return readDialogue({ tools, toolsPath: ['tools'], turns, problem: query.problem, extras, steps, messagesPath: ['query'] });
}

function readQuery(query: JsonValue | undefined): ReadTurns | undefined {
  if (typeof query === 'string') return { turns: [{ message: { role: 'user', content: query }, path: ['query'] }] };
  return isJsonArray(query) ? readTextTurns(query, ['query'], style) : undefined;
}

function write(sample: Sample): JsonObject {
  const [first, ...others] = sample.messages;
  const query = first?.role === 'user' && others.length === 0 ? first.content : sample.messages.map(writeMessage);
  return annotatedRow({ query, answers: answersText(sample.label), tools: stringifySpaced(sample.tools.map(writeTool)) }, sample, read);
}

function writeMessage(message: Message): JsonObject {
  return { role: message.role, content: message.role === 'assistant' ? assistantText(message, writeCalls) : message.content };
}

function answersText(label: Label): string {
  if (label.kind === 'calls') return stringifySpaced(callsJson(label.calls));
  return label.kind === 'invalid' ? label.raw : '[]';
}

function relabel(record: JsonValue, _sample: RecordSample, label: Label): readonly StructureEdit[] {
  const old = member(record, 'answers');
  if (!isJsonArray(old)) return [{ kind: 'text', path: ['answers'], text: answersText(label) }];
  const named = textMember(old[0], 'tool') !== undefined;
  const write = ({ name, arguments: args }: ToolCall): JsonObject => (named ? { tool: name, parameters: args } : { name, arguments: args });
  return [{ kind: 'set', path: ['answers'], value: label.kind === 'calls' ? label.calls.map(write) : label.kind === 'invalid' ? label.raw : [] }];
}
