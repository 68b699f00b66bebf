import { isJsonArray, member, textMember } from '../../json/member.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { valueAt } from '../reading/chatRows.ts';
import { refusal } from '../reading/chatRecord.ts';
import { readDialogue, type Turn } from '../reading/dialogue.ts';
import { callsJson, readExtras } from '../reading/recordExtras.ts';
import { isTurnList, readTextTurns, type TurnRole, type TurnStyle } from '../reading/textTurns.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { withoutSystem } from '../reading/toolTemplate.ts';
import { writeTool } from '../reading/toolValue.ts';
import type { Label, Message, Sample, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** ShareGPT with tools, as APIGen-MT and LLaMA-Factory have it: calls and results are turns of their own, tools a JSON text. */
export const dialect: Dialect = { id: 'sharegpt', name: 'ShareGPT rows', detect, read, write, relabel };

const roles: ReadonlyMap<string, TurnRole> = new Map([
  ['system', 'system'],
  ['human', 'user'],
  ['user', 'user'],
  ['gpt', 'assistant'],
  ['assistant', 'assistant'],
  ['function_call', 'call'],
  ['observation', 'tool'],
  ['tool', 'tool'],
]);
const style: TurnStyle = { from: 'from', value: 'value', roles };

function detect(record: JsonValue): number {
  const turns = member(record, 'conversations');
  if (!isTurnList(turns, 'from', roles)) return 0;
  const froms = new Set(turns.map((turn) => textMember(turn, 'from')));
  if (froms.has('function_call') || froms.has('observation')) return 1;
  const first = turns[0];
  if (textMember(first, 'from') === 'system' && textMember(first, 'value')?.includes('<tools>') === true) return 0.4;
  return member(record, 'tools') === undefined ? 0.3 : 0.9;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'conversations');
  const text = member(record, 'system') ?? '';
  if (!isJsonArray(list)) return refusal([], 'a ShareGPT row needs a list of conversations');
  if (typeof text !== 'string') return refusal(['system'], 'the system text is not text');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const tools = readToolBlock(member(record, 'tools'));
  if (tools.problem !== undefined) return refusal(['tools', ...tools.problem.path], tools.problem.message);
  const head: readonly Turn[] = text === '' ? [] : [{ message: { role: 'system', content: text }, path: ['system'] }];
  const body = readTextTurns(list, ['conversations'], style);
  return readDialogue({ tools, toolsPath: ['tools'], ...body, turns: [...head, ...body.turns], extras, steps, messagesPath: ['conversations'] });
}

function write(sample: Sample): JsonObject {
  const [first] = sample.messages;
  const turns = withoutSystem(sample.messages).flatMap(writeTurn);
  const row = {
    conversations: [...turns, writeAnswer(sample.label)],
    tools: stringifySpaced(sample.tools.map(writeTool)),
    ...(first?.role === 'system' ? { system: first.content } : {}),
  };
  return annotatedRow(row, sample, read);
}

function writeTurn(message: Message): readonly JsonObject[] {
  if (message.role !== 'assistant') return [{ from: message.role === 'user' ? 'human' : message.role === 'tool' ? 'observation' : 'system', value: message.content }];
  // Prose beside calls becomes a turn of its own; the messages as they were are kept beside the row.
  return [...(message.content === '' && message.calls.length > 0 ? [] : [{ from: 'gpt', value: message.content }]), ...(message.calls.length === 0 ? [] : [{ from: 'function_call', value: callText(message.calls) }])];
}

function callText(calls: readonly ToolCall[]): string {
  const [first, ...others] = callsJson(calls);
  return stringifySpaced(first !== undefined && others.length === 0 ? first : callsJson(calls));
}

function writeAnswer(label: Label): { readonly from: string; readonly value: string } {
  if (label.kind === 'calls') return { from: 'function_call', value: callText(label.calls) };
  return { from: 'gpt', value: label.kind === 'text' ? label.text : label.kind === 'invalid' ? label.raw : '' };
}

function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] {
  const path = sample.places().label;
  const turn = path.slice(0, -1);
  const { from, value } = writeAnswer(label);
  const old = textMember(valueAt(record, turn), 'from');
  // Either word for an assistant's text is kept.
  const same = old !== undefined && roles.get(old) === roles.get(from);
  return [...(same ? [] : [{ kind: 'set', path: [...turn, 'from'], value: from } as const]), { kind: 'text', path, text: value }];
}
