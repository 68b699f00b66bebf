import { isJsonArray, listMember, member } from '../../json/member.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { callHints, isMessageList } from '../reading/chatDetection.ts';
import type { MessageList } from '../reading/chatMessages.ts';
import { readChatRecord, refusal } from '../reading/chatRecord.ts';
import { chatRow, relabelMessage, type RowStyle } from '../reading/chatRows.ts';
import type { Label, Sample } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/**
 * Rows of TRL and Qwen: chat messages with arguments as objects and without ids. The label may stand in `messages`, in
 * `completion` behind a `prompt`, or in `chosen`, whose `rejected` counterpart no sample holds.
 */
export const dialect: Dialect = { id: 'trl', name: 'TRL chat rows', detect, read, write, relabel };

const style: RowStyle = { asObject: true, id: undefined, beside: '' };

function detect(record: JsonValue): number {
  if (isMessageList(member(record, 'chosen')) || isMessageList(member(record, 'completion'))) return 1;
  const messages = member(record, 'messages');
  if (isMessageList(messages)) {
    if (member(record, 'tools') === undefined) return 0.6;
    const hints = callHints(messages);
    return hints.parts ? 0.2 : hints.objects ? 1 : hints.texts ? 0.5 : 0.95;
  }
  return isMessageList(member(record, 'prompt')) && member(record, 'reward_model') === undefined ? 0.7 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const { lists, unheld } = messageLists(record);
  if (lists.length > 0) return readChatRecord(record, { lists, steps, unheld });
  if (member(record, 'prompt') !== undefined) return refusal(['prompt'], 'the row has a prompt but no answer to learn from');
  return refusal([], 'a TRL row needs messages, or a prompt with a completion or a chosen answer');
}

function messageLists(record: JsonValue): { readonly lists: readonly MessageList[]; readonly unheld: readonly string[] } {
  const messages = listMember(record, 'messages');
  if (messages !== undefined) return { lists: [{ list: messages, path: ['messages'] }], unheld: [] };
  const key = isJsonArray(member(record, 'chosen')) ? 'chosen' : 'completion';
  const answer = listMember(record, key);
  if (answer === undefined) return { lists: [], unheld: [] };
  const prompt = listMember(record, 'prompt');
  const unheld = member(record, 'rejected') === undefined ? [] : ['rejected'];
  return { lists: [...(prompt === undefined ? [] : [{ list: prompt, path: ['prompt'] }]), { list: answer, path: [key] }], unheld };
}

function write(sample: Sample): JsonObject {
  return annotatedRow(chatRow(sample, style), sample, read);
}

function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] {
  return relabelMessage(record, sample, label, style);
}
