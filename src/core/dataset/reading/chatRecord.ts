import { isJsonArray, member, textMember } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import type { RecordReading, RecordSample, Steps } from '../dialect.ts';
import type { Label } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';
import { readChatLists, type MessageList } from './chatMessages.ts';
import { answerMembers, openaiStyle } from './chatRows.ts';
import { answerTurn, readDialogue, type Turn } from './dialogue.ts';
import { readExtras } from './recordExtras.ts';
import { noTools, readToolBlock, type ToolBlock } from './toolBlock.ts';
import { readTruth } from './truthValue.ts';

export type RecordTools = { readonly tools: ToolBlock; readonly path: SourcePath };

export type ChatRecord = {
  readonly lists: readonly MessageList[];
  readonly steps: Steps;
  /** Tools from elsewhere, for records that have none. */
  readonly tools?: RecordTools | undefined;
  readonly unheld?: readonly string[];
  /** The answer that the record keeps apart from its messages; it takes the place of a last assistant message. */
  readonly answer?: Turn | undefined;
};

export function refusal(path: SourcePath, message: string): RecordReading {
  return { samples: [], problems: [{ path, message }] };
}

/** A record of `{role, content, tool_calls}` messages, its tools under `tools` or, in the older API, `functions`. */
export function readChatRecord(record: JsonValue, chat: ChatRecord): RecordReading {
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const { tools, path: toolsPath } = toolsOf(record, chat.tools);
  if (tools.problem !== undefined) return refusal([...toolsPath, ...tools.problem.path], tools.problem.message);
  const read = readChatLists(chat.lists);
  const messagesPath = chat.lists[0]?.path ?? [];
  const unheld = chat.unheld ?? [];
  const common = { tools, toolsPath, extras, steps: chat.steps, messagesPath };
  if (chat.answer === undefined || read.problem !== undefined) return readDialogue({ ...common, ...read, unheld });
  const replaced = read.turns.at(-1)?.step !== undefined;
  const turns = replaced ? read.turns.slice(0, -1) : read.turns;
  return readDialogue({ ...common, turns: [...turns, chat.answer], unheld: replaced ? [...unheld, 'the last message'] : unheld });
}

function toolsOf(record: JsonValue, elsewhere: RecordTools | undefined): RecordTools {
  for (const key of ['tools', 'functions']) {
    const value = member(record, key);
    if (value !== undefined && value !== null) return { tools: readToolBlock(value), path: [key] };
  }
  return elsewhere ?? { tools: noTools, path: [] };
}

/** The answer that evaluation rows keep apart: `ground_truth`, or `should_call_tool` where only that is known. */
export function answerApart(record: JsonValue, hasAnswer: boolean): Turn | undefined {
  const truth = readTruth(member(record, 'ground_truth'), ['ground_truth']);
  if (truth !== undefined) return answerTurn(truth);
  const should = member(record, 'should_call_tool');
  if (typeof should !== 'boolean' || hasAnswer) return undefined;
  return answerTurn({ label: { kind: should ? 'anyCall' : 'noCall' }, path: ['should_call_tool'], calls: () => [], answer: '' });
}

export function endsWithAssistant(list: readonly JsonValue[]): boolean {
  return textMember(list.at(-1), 'role') === 'assistant';
}

/** Puts a label in the place of an answer that stands apart; undefined where only the messages hold one. */
export function relabelApart(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  const [key] = sample.places().label;
  if (key === 'should_call_tool') return label.kind === 'anyCall' || label.kind === 'noCall' ? [{ kind: 'set', path: [key], value: label.kind === 'anyCall' }] : undefined;
  if (key !== 'ground_truth') return undefined;
  const old = member(record, key);
  const inside = typeof old === 'string' ? parsedOr(old) : (old ?? null);
  const value = isJsonArray(inside) || isJsonArray(member(inside, 'tool_calls')) || label.kind === 'calls' ? answerValue(label, isJsonArray(inside)) : label.kind === 'text' ? label.text : undefined;
  if (value === undefined) return undefined;
  return [{ kind: 'set', path: [key], value: typeof old === 'string' && typeof value !== 'string' ? stringifySpaced(value) : value }];
}

function parsedOr(text: string): JsonValue {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : null;
}

function answerValue(label: Label, asList: boolean): JsonValue | undefined {
  if (label.kind === 'noCall') return asList ? [] : { tool_calls: [] };
  if (label.kind === 'text') return label.text;
  if (label.kind !== 'calls') return undefined;
  const { tool_calls: calls } = answerMembers(label, { ...openaiStyle, id: undefined });
  return asList ? label.calls.map((call) => ({ name: call.name, arguments: call.arguments })) : { tool_calls: calls ?? [] };
}
