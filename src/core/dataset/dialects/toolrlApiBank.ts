import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { refusal } from '../reading/chatRecord.ts';
import { answerTurn } from '../reading/dialogue.ts';
import { readToolrlRecord } from '../reading/toolrlRecord.ts';
import { readTruth } from '../reading/truthValue.ts';
import type { Label } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** API-Bank as ToolRL evaluates on it: ToolRL's texts in `system` and `user`, tools with Python dicts, the expected calls in `answer`. */
export const dialect: Dialect = { id: 'toolrl-api-bank', name: 'ToolRL API-Bank rows', detect, read, relabel };

function detect(record: JsonValue): number {
  const system = textMember(record, 'system');
  return system?.includes('**Available Tools**') === true && textMember(record, 'user') !== undefined && member(record, 'answer') !== undefined ? 1 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const answer = readTruth(member(record, 'answer'), ['answer']);
  if (answer === undefined) return refusal(member(record, 'answer') === undefined ? [] : ['answer'], 'the answer is no list of calls');
  return readToolrlRecord(record, { system: 'system', input: 'user' }, { answer: answerTurn(answer), steps, unheld: [] });
}

function relabel(record: JsonValue, _sample: RecordSample, label: Label): readonly StructureEdit[] | undefined {
  const calls = label.kind === 'calls' ? label.calls.map((call) => ({ name: call.name, parameters: call.arguments })) : label.kind === 'noCall' ? [] : undefined;
  if (calls === undefined) return undefined;
  const [only, ...others] = calls;
  const single = !isJsonArray(member(record, 'answer')) && only !== undefined && others.length === 0;
  return [{ kind: 'set', path: ['answer'], value: single ? only : calls }];
}
