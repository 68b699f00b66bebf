import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import type { ExtractOptions } from '../../toolcall/extract.ts';
import type { Message } from '../sample.ts';
import { answerLabel, readAnswerText } from './answerText.ts';
import type { ReadTurns } from './chatMessages.ts';
import { isTrained, type Turn } from './dialogue.ts';
import { brokenCallPlace, textCallPlaces } from './textCallPlaces.ts';
import { readTruth } from './truthValue.ts';

/** What a turn is: `call` is one that holds nothing but the JSON of its calls. */
export type TurnRole = 'system' | 'user' | 'assistant' | 'call' | 'tool';

/** How the turns of a dialogue are written, each `{from, value}` or with other keys. */
export type TurnStyle = {
  readonly from: string;
  readonly value: string;
  readonly roles: ReadonlyMap<string, TurnRole>;
  readonly answers?: ExtractOptions | undefined;
  /** Takes a tool turn apart; undefined where it is one result as it stands. */
  readonly results?: ((text: string) => readonly string[] | undefined) | undefined;
};

/** Reads turns until one is not readable: what comes after it has no known context. `path` leads to the list. */
export function readTextTurns(list: readonly JsonValue[], path: SourcePath, style: TurnStyle): ReadTurns {
  const turns: Turn[] = [];
  for (const [index, item] of list.entries()) {
    const at: SourcePath = [...path, index];
    const broken = turns.at(-1);
    if (broken !== undefined && broken.message === undefined) return { turns, problem: { path: broken.path, message: 'the calls of this message cannot be read, nor what follows them' } };
    const from = textMember(item, style.from);
    const role = from === undefined ? undefined : style.roles.get(from);
    if (role === undefined) return { turns, problem: from === undefined ? { path: at, message: `a message has no ${style.from}` } : { path: [...at, style.from], message: `the role ${JSON.stringify(from)} is not known` } };
    const text = turnText(member(item, style.value), role);
    if (text === undefined) return { turns, problem: { path: member(item, style.value) === undefined ? at : [...at, style.value], message: 'the content of a message is not text' } };
    turns.push(...readTurn(text, role, [...at, style.value], style, isTrained(member(item, 'weight'))));
  }
  return { turns };
}

/** Results of tools may be JSON values; anything else is text, or nothing. */
function turnText(value: JsonValue | undefined, role: TurnRole): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return role === 'tool' && value !== undefined ? stringifySpaced(value) : undefined;
}

function readTurn(text: string, role: TurnRole, path: SourcePath, style: TurnStyle, trained: boolean): readonly Turn[] {
  switch (role) {
    case 'system':
    case 'user':
      return [{ message: { role, content: text }, path }];
    case 'tool':
      return (style.results?.(text) ?? [text]).map((content) => ({ message: { role, content }, path }));
    case 'assistant':
      return [assistantTurn(text, path, trained, style.answers)];
    case 'call':
      return [callTurn(text, path, trained)];
  }
}

/** An assistant's text. One whose calls cannot be read is still known as what it is: text. */
export function assistantTurn(text: string, path: SourcePath, trained: boolean, options: ExtractOptions = {}): Turn {
  const answer = readAnswerText(text, options);
  const calls = answer.problem === undefined ? answer.calls : [];
  const message: Message = { role: 'assistant', content: calls.length === 0 ? text : answer.prose, calls };
  return { message, path, step: { label: answerLabel(answer, text), path, calls: () => textCallPlaces(path, text), broken: () => brokenCallPlace(path, text, options), answer: text, prose: answer.prose, trained } };
}

function callTurn(text: string, path: SourcePath, trained: boolean): Turn {
  const truth = readTruth(text, path);
  if (truth?.label.kind === 'calls') return { message: { role: 'assistant', content: '', calls: truth.label.calls }, path, step: { ...truth, trained } };
  const reason = truth?.label.kind === 'invalid' ? truth.label.reason : 'the function call holds no call';
  return { message: undefined, path, step: { label: { kind: 'invalid', raw: text, reason }, path, calls: () => [], broken: () => truth?.broken?.() ?? path, answer: text, trained } };
}

/** Whether a value is a list of turns in this style, as far as its first items tell. */
export function isTurnList(value: JsonValue | undefined, from: string, roles: ReadonlyMap<string, TurnRole>): value is readonly JsonValue[] {
  return isJsonArray(value) && value.length > 0 && value.slice(0, 4).every((item) => roles.has(textMember(item, from) ?? ''));
}
