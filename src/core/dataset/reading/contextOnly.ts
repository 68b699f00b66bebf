import { listMember, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/** Says of answers of a chat row, counted among its assistant messages, that nothing is to be learnt from them (`weight: 0`). */
export function weightless(row: JsonObject, answers: ReadonlySet<number>): JsonObject {
  let answer = -1;
  const messages = (listMember(row, 'messages') ?? []).map((message): JsonValue => {
    if (!isJsonObject(message) || textMember(message, 'role') !== 'assistant') return message;
    answer += 1;
    return answers.has(answer) ? objectOf([...Object.entries(message), ['weight', 0]]) : message;
  });
  return objectOf(Object.entries(row).map(([key, value]) => [key, key === 'messages' ? messages : value]));
}
