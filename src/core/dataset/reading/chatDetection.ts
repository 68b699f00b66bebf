import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';

/** What tells the dialects of `{role, content, tool_calls}` messages apart, as far as the messages of a record show it. */
export type CallHints = {
  /** Some call's arguments are an object. */
  readonly objects: boolean;
  /** Some call's arguments are JSON text. */
  readonly texts: boolean;
  /** There are ids, and each is nine letters or digits. */
  readonly shortIds: boolean;
  /** Contents are lists of `{type, value}`. */
  readonly parts: boolean;
};

const nineAlphanumerics = /^[A-Za-z0-9]{9}$/;

export function callHints(messages: readonly JsonValue[]): CallHints {
  const ids: string[] = [];
  let objects = false;
  let texts = false;
  let parts = false;
  for (const message of messages) {
    const part = listMember(message, 'content')?.[0];
    if (part !== undefined && textMember(part, 'type') !== undefined && member(part, 'value') !== undefined) parts = true;
    const calls = member(message, 'tool_calls');
    if (!isJsonArray(calls)) continue;
    for (const call of calls) {
      const id = textMember(call, 'id');
      if (id !== undefined) ids.push(id);
      const args = member(member(call, 'function') ?? call, 'arguments');
      if (typeof args === 'string') texts = true;
      else if (args !== undefined && isJsonObject(args)) objects = true;
    }
  }
  return { objects, texts, parts, shortIds: ids.length > 0 && ids.every((id) => nineAlphanumerics.test(id)) };
}

/** Whether a value is a list of chat messages. */
export function isMessageList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return isJsonArray(value) && value.length > 0 && value.every((item) => typeof member(item, 'role') === 'string');
}
