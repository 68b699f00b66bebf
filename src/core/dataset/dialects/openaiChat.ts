import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { callHints } from '../reading/chatDetection.ts';
import { answerApart, endsWithAssistant, readChatRecord, refusal, relabelApart } from '../reading/chatRecord.ts';
import { chatRow, relabelMessage } from '../reading/chatRows.ts';
import { weightless } from '../reading/contextOnly.ts';
import type { Label, Sample } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** Rows `{messages, tools}` of OpenAI fine-tuning and its kin, the older `functions` and evaluation rows with their own answer among them. */
export const dialect: Dialect = { id: 'openai-chat', name: 'OpenAI chat rows', detect, read, write, contextOnly: weightless, relabel };

const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

function detect(record: JsonValue): number {
  const messages = listMember(record, 'messages');
  const role = textMember(messages?.[0], 'role');
  if (messages === undefined || role === undefined || !roles.has(role)) return 0;
  if (member(record, 'tools') === undefined && member(record, 'functions') === undefined) return 0.7;
  const hints = callHints(messages);
  if (hints.parts) return 0.3;
  // Tools as one text each are When2Call's.
  if (typeof listMember(record, 'tools')?.[0] === 'string') return 0.9;
  // Nine-letter ids may be anybody's, but then they are more likely Mistral's.
  return hints.objects ? 0.6 : hints.shortIds ? 0.9 : 1;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'messages');
  if (!isJsonArray(list)) return refusal([], 'a chat row needs a list of messages');
  return readChatRecord(record, { lists: [{ list, path: ['messages'] }], steps, answer: answerApart(record, endsWithAssistant(list)) });
}

function write(sample: Sample): JsonObject {
  return annotatedRow(chatRow(sample), sample, read);
}

function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  return sample.places().label[0] === 'messages' ? relabelMessage(record, sample, label) : relabelApart(record, sample, label);
}
