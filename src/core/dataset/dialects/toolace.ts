import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { Span } from '../../json/stringMap.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import { parseTree } from '../../json/tree.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { refusal } from '../reading/chatRecord.ts';
import { readDialogue, type Turn } from '../reading/dialogue.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { assistantText, labelText, relabelText, writeToolaceCalls } from '../reading/textRows.ts';
import { isTurnList, readTextTurns, type TurnRole, type TurnStyle } from '../reading/textTurns.ts';
import { cutTools, fillTemplate, systemMessage, withoutSystem, type ToolTemplate } from '../reading/toolTemplate.ts';
import { readToolText } from '../reading/toolText.ts';
import { writeTool } from '../reading/toolValue.ts';
import type { Message, Sample } from '../sample.ts';

/** ToolACE: tools as a JSON list in `system`, calls as a list of Python calls. The system text without its list is the system message. */
export const dialect: Dialect = { id: 'toolace', name: 'ToolACE rows', detect, read, write, relabel: relabelText(writeToolaceCalls) };

const roles: ReadonlyMap<string, TurnRole> = new Map([['system', 'system'], ['user', 'user'], ['assistant', 'assistant'], ['tool', 'tool']]);
const style: TurnStyle = { from: 'from', value: 'value', roles };

const marker = 'functions in JSON format that you can invoke:\n';

const template: ToolTemplate = {
  standard: `Here is a list of ${marker}.\nTo call functions, answer with nothing but [func1(name=value, name2=value2), func2(name=value)].`,
  find: findList,
};

/** Behind the words that introduce it; else a list of objects with names that starts a line. */
function findList(text: string): Span | undefined {
  const introduced = text.lastIndexOf(marker);
  if (introduced >= 0) {
    const start = introduced + marker.length;
    return { start, end: listEnd(text, start) ?? start };
  }
  const bare = /^\[\s*\{\s*"(?:name|type)"/m.exec(text);
  const end = bare === null ? undefined : listEnd(text, bare.index);
  return bare === null || end === undefined ? undefined : { start: bare.index, end };
}

function listEnd(text: string, start: number): number | undefined {
  if (text[start] !== '[') return undefined;
  const parsed = parseTree(text, { offset: start });
  // A list that is no JSON is a problem, not prose.
  if (!parsed.ok) return text.length;
  return parsed.node.kind === 'array' ? parsed.node.end : undefined;
}

function detect(record: JsonValue): number {
  const system = textMember(record, 'system');
  if (system === undefined || !isTurnList(member(record, 'conversations'), 'from', roles)) return 0;
  return member(record, 'tools') === undefined ? (system.includes('[{') || system.includes(marker) ? 1 : 0.6) : 0.5;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'conversations');
  const text = member(record, 'system') ?? '';
  if (!isJsonArray(list)) return refusal([], 'a ToolACE row needs a list of conversations');
  if (typeof text !== 'string') return refusal(['system'], 'the system text is not text');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const cut = cutTools(text, template);
  const tools = readToolText(text, cut.tools);
  if (tools.problem !== undefined) return refusal(['system', ...tools.problem.path], tools.problem.message);
  const system = systemMessage(cut.system, extras, template);
  const head: readonly Turn[] = system === null ? [] : [{ message: { role: 'system', content: system }, path: ['system'] }];
  const body = readTextTurns(list, ['conversations'], style);
  return readDialogue({ tools, toolsPath: ['system'], ...body, turns: [...head, ...body.turns], extras, steps, messagesPath: ['conversations'] });
}

function write(sample: Sample): JsonObject {
  const { text, extras } = fillTemplate(sample.messages, stringifySpaced(sample.tools.map(writeTool)), template);
  const turns = withoutSystem(sample.messages).map(writeTurn);
  const row = { system: text, conversations: [...turns, { from: 'assistant', value: labelText(sample.label, writeToolaceCalls) }] };
  return annotatedRow(row, sample, read, extras);
}

function writeTurn(message: Message): JsonObject {
  return { from: message.role, value: message.role === 'assistant' ? assistantText(message, writeToolaceCalls) : message.content };
}
