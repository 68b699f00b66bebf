import { parseJson } from '../../json/parse.ts';
import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { noCompanions } from '../companions.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { readChatTurns } from '../reading/chatMessages.ts';
import { chatRow, relabelMessage } from '../reading/chatRows.ts';
import { weightless } from '../reading/contextOnly.ts';
import { readDialogue } from '../reading/dialogue.ts';
import { asJson, extrasKey, readExtras } from '../reading/recordExtras.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import type { Sample } from '../sample.ts';

/** Rows `{messages, tools}` of OpenAI fine-tuning, TRL and their kin: arguments as JSON strings or as objects. */
export const dialect: Dialect = { id: 'openai-chat', name: 'OpenAI chat rows', detect, read, write, contextOnly: weightless, relabel: relabelMessage };

const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

function detect(record: JsonValue): number {
  const role = textMember(listMember(record, 'messages')?.[0], 'role');
  if (role === undefined || !roles.has(role)) return 0;
  return member(record, 'tools') === undefined && member(record, 'functions') === undefined ? 0.7 : 1;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'messages');
  if (!isJsonArray(list)) return { samples: [], problems: [{ path: [], message: 'a chat row needs a list of messages' }] };
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const toolsKey = isGiven(member(record, 'tools')) ? 'tools' : 'functions';
  const tools = readToolBlock(member(record, toolsKey));
  if (tools.problem !== undefined) return { samples: [], problems: [{ path: [toolsKey, ...tools.problem.path], message: tools.problem.message }] };
  const turns = readChatTurns(list, ['messages']);
  return readDialogue({ tools, toolsPath: [toolsKey], ...turns, extras, steps, messagesPath: ['messages'] });
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}

function write(sample: Sample): JsonObject {
  const row = chatRow(sample);
  const plain = readBack(row);
  const extras: { [key: string]: JsonValue } = {};
  if (plain?.family !== sample.family) extras['family'] = sample.family;
  if (plain?.labelHash !== sample.labelHash) extras['label'] = asJson(sample.label);
  return Object.keys(extras).length === 0 ? row : { ...row, [extrasKey]: extras };
}

function readBack(row: JsonObject): Sample | undefined {
  const parsed = parseJson(stringifySpaced(row));
  return parsed.ok && isJsonObject(parsed.value) ? lastSample(read(parsed.value, { steps: 'last', companions: noCompanions })) : undefined;
}

function lastSample(reading: RecordReading): Sample | undefined {
  const [first]: readonly RecordSample[] = reading.samples;
  return first?.sample;
}
