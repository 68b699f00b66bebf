import { member, objectMember, textMember } from '../../json/member.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { refusal } from '../reading/chatRecord.ts';
import { answerTurn, readDialogue, type Turn } from '../reading/dialogue.ts';
import { callsJson, readExtras } from '../reading/recordExtras.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { readTruth, type Truth } from '../reading/truthValue.ts';
import type { Label, TextKind } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** When2Call's test rows: a question, and one answer of each kind, of which `correct_answer` names the right one. */
export const dialect: Dialect = { id: 'when2call', name: 'When2Call rows', detect, read, relabel };

const textKinds: ReadonlyMap<string, TextKind['kind']> = new Map([['direct', 'answer'], ['request_for_info', 'ask'], ['cannot_answer', 'decline']]);

function detect(record: JsonValue): number {
  return textMember(record, 'question') !== undefined && textMember(record, 'correct_answer') !== undefined && objectMember(record, 'answers') !== undefined ? 1 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const question = textMember(record, 'question');
  const kind = textMember(record, 'correct_answer');
  if (question === undefined || kind === undefined) return refusal([], 'a When2Call row needs a question and the kind of its correct answer');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const tools = readToolBlock(member(record, 'tools'));
  if (tools.problem !== undefined) return refusal(['tools', ...tools.problem.path], tools.problem.message);
  const answer = readAnswer(record, kind);
  if (answer === undefined) return refusal(['correct_answer'], `there is no answer of the kind ${JSON.stringify(kind)}`);
  const turns: readonly Turn[] = [{ message: { role: 'user', content: question }, path: ['question'] }, answerTurn(answer)];
  return readDialogue({ tools, toolsPath: ['tools'], turns, extras, steps, messagesPath: ['question'], unheld: ['the other answers'] });
}

function readAnswer(record: JsonValue, kind: string): Truth | undefined {
  const value = member(member(record, 'answers'), kind);
  const path = ['answers', kind];
  if (kind === 'tool_call') return readTruth(value, path);
  const textKind = textKinds.get(kind);
  if (textKind === undefined || typeof value !== 'string') return undefined;
  const text = value.trim();
  const label: Label = text === '' ? { kind: 'invalid', raw: value, reason: 'the answer is empty' } : { kind: 'text', text, textKind: textKindOf(textKind, record) };
  return { label, path, calls: () => [], answer: value };
}

function textKindOf(kind: TextKind['kind'], record: JsonValue): TextKind {
  const argument = textMember(record, 'held_out_param');
  return kind === 'ask' && argument !== undefined && argument !== '' ? { kind, argument } : { kind };
}

function relabel(record: JsonValue, _sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  const kind = kindOf(record, label);
  if (kind === undefined) return undefined;
  const correct: readonly StructureEdit[] = kind === textMember(record, 'correct_answer') ? [] : [{ kind: 'set', path: ['correct_answer'], value: kind }];
  if (label.kind !== 'calls') return label.kind === 'text' ? [...correct, { kind: 'set', path: ['answers', kind], value: label.text }] : undefined;
  const [first, ...others] = callsJson(label.calls);
  return [...correct, { kind: 'set', path: ['answers', kind], value: stringifySpaced(first !== undefined && others.length === 0 ? first : callsJson(label.calls)) }];
}

function kindOf(record: JsonValue, label: Label): string | undefined {
  if (label.kind === 'calls') return 'tool_call';
  if (label.kind !== 'text') return undefined;
  const wanted = label.textKind?.kind;
  const now = textMember(record, 'correct_answer');
  if (wanted === undefined) return now !== undefined && textKinds.has(now) ? now : undefined;
  return [...textKinds].find(([, kind]) => kind === wanted)?.[0];
}
