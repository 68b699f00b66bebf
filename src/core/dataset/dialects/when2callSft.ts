import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { writeCallBlocks } from '../reading/answerText.ts';
import { refusal } from '../reading/chatRecord.ts';
import { readDialogue, type Turn } from '../reading/dialogue.ts';
import { callsJson, readExtras } from '../reading/recordExtras.ts';
import { assistantText, firstThatReads, labelText, relabelText } from '../reading/textRows.ts';
import { assistantTurn, isTurnList, readTextTurns, type TurnRole, type TurnStyle } from '../reading/textTurns.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { writeTool } from '../reading/toolValue.ts';
import type { Message, Sample } from '../sample.ts';

const roles: ReadonlyMap<string, TurnRole> = new Map([['system', 'system'], ['user', 'user'], ['assistant', 'assistant'], ['tool', 'tool']]);
const style: TurnStyle = { from: 'role', value: 'content', roles };
const mark = '<TOOLCALL>';
const writeCalls = firstThatReads([(calls) => `${mark}${stringifySpaced(callsJson(calls))}</TOOLCALL>`, writeCallBlocks]);

/** When2Call's training rows: messages of text, calls in `<TOOLCALL>`, tools each a JSON text. Of a preference row the chosen response is the label. */
export const dialect: Dialect = { id: 'when2call-sft', name: 'When2Call training rows', detect, read, write, relabel: relabelText(writeCalls) };

function detect(record: JsonValue): number {
  const messages = member(record, 'messages');
  if (!isTurnList(messages, 'role', roles)) return 0;
  const texts = typeof listMember(record, 'tools')?.[0] === 'string';
  const chosen = textMember(member(record, 'chosen_response'), 'content');
  if (chosen !== undefined) return 1;
  const calls = messages.some((message) => textMember(message, 'content')?.includes(mark) === true);
  const native = messages.some((message) => member(message, 'tool_calls') !== undefined);
  return native ? 0 : calls ? 1 : texts ? 0.97 : 0.1;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'messages');
  if (!isJsonArray(list)) return refusal([], 'a When2Call training row needs a list of messages');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const tools = readToolBlock(member(record, 'tools'));
  if (tools.problem !== undefined) return refusal(['tools', ...tools.problem.path], tools.problem.message);
  const body = readTextTurns(list, ['messages'], style);
  const chosen = textMember(member(record, 'chosen_response'), 'content');
  const turns: readonly Turn[] = chosen === undefined || body.problem !== undefined ? body.turns : [...body.turns, assistantTurn(chosen, ['chosen_response', 'content'], true)];
  return readDialogue({ tools, toolsPath: ['tools'], ...body, turns, extras, steps, messagesPath: ['messages'], unheld: member(record, 'rejected_response') === undefined ? [] : ['rejected_response'] });
}

function write(sample: Sample): JsonObject {
  const messages = [...sample.messages.map(writeMessage), { role: 'assistant', content: labelText(sample.label, writeCalls) }];
  return annotatedRow({ tools: sample.tools.map((tool) => stringifySpaced(writeTool(tool))), messages }, sample, read);
}

function writeMessage(message: Message): JsonObject {
  return { role: message.role, content: message.role === 'assistant' ? assistantText(message, writeCalls) : message.content };
}
