import { isJsonArray, listMember, member } from '../../json/member.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { callHints, isMessageList } from '../reading/chatDetection.ts';
import { readChatRecord, refusal } from '../reading/chatRecord.ts';
import { chatRow, relabelMessage, type RowStyle } from '../reading/chatRows.ts';
import { weightless } from '../reading/contextOnly.ts';
import type { Label, Sample } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** Rows for mistral-finetune: as OpenAI's, but ids are nine letters or digits, and content is a text even beside calls. */
export const dialect: Dialect = { id: 'mistral', name: 'Mistral chat rows', detect, read, write, contextOnly: weightless, relabel };

const style: RowStyle = { asObject: false, id: (number) => String(number).padStart(9, '0'), beside: '' };

function detect(record: JsonValue): number {
  const messages = listMember(record, 'messages');
  if (!isMessageList(messages) || member(record, 'tools') === undefined) return 0;
  if (messages.some((message) => member(message, 'content') === null)) return 0;
  const hints = callHints(messages);
  if (hints.objects || hints.parts) return 0;
  return hints.shortIds ? 1 : hints.texts ? 0 : 0.94;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'messages');
  if (!isJsonArray(list)) return refusal([], 'a chat row needs a list of messages');
  return readChatRecord(record, { lists: [{ list, path: ['messages'] }], steps });
}

function write(sample: Sample): JsonObject {
  return annotatedRow(chatRow(sample, style), sample, read);
}

function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] {
  return relabelMessage(record, sample, label, style);
}
