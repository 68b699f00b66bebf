import { isJsonArray, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import type { JsonValue } from '../../json/value.ts';
import type { RecordProblem } from '../dialect.ts';
import type { Message } from '../sample.ts';
import { readChatTurns } from './chatMessages.ts';

export type Question = { readonly messages: readonly Message[]; readonly paths: readonly SourcePath[]; readonly problem?: RecordProblem | undefined };

/** What is asked: one text, a list of messages, or a list of turns that are such lists. `path` leads to it. */
export function readQuestion(value: JsonValue | undefined, path: SourcePath): Question {
  if (typeof value === 'string') return { messages: [{ role: 'user', content: value }], paths: [path] };
  if (!isJsonArray(value)) return { messages: [], paths: [], problem: { path, message: 'the question is neither text nor a list' } };
  if (!value.some((turn) => isJsonArray(turn))) return readTurn(value, path);
  const messages: Message[] = [];
  const paths: SourcePath[] = [];
  for (const [index, turn] of value.entries()) {
    if (!isJsonArray(turn)) return { messages, paths, problem: { path: [...path, index], message: 'a turn of the question is not a list of messages' } };
    const read = readTurn(turn, [...path, index]);
    if (read.problem !== undefined) return read;
    messages.push(...read.messages);
    paths.push(...read.paths);
  }
  return { messages, paths };
}

function readTurn(list: readonly JsonValue[], path: SourcePath): Question {
  const { turns, problem } = readChatTurns(list, path);
  const messages: Message[] = [];
  const paths: SourcePath[] = [];
  for (const turn of turns) {
    if (turn.message === undefined) return { messages, paths, problem: { path: turn.path, message: 'the calls of this message cannot be read' } };
    messages.push(turn.message);
    paths.push(turn.path);
  }
  return { messages, paths, problem };
}

/** Whether a value is a list of turns, each a list of chat messages. */
export function isTurnList(value: JsonValue | undefined): value is readonly (readonly JsonValue[])[] {
  return isJsonArray(value) && value.length > 0 && value.every((turn) => isJsonArray(turn) && (turn.length === 0 || textMember(turn[0], 'role') !== undefined));
}
