import type { ToolDefinition } from '../../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/** The list as the tool has it, where none of its members is of the type that stands beside it. */
export function clashingList(tool: ToolDefinition, name: string): readonly JsonValue[] | undefined {
  const property = member(member(tool.parameters, 'properties'), name);
  const list = property?.['enum'];
  const type = property?.['type'];
  if (!Array.isArray(list) || typeof type !== 'string') return undefined;
  const members = list as readonly JsonValue[];
  if (!/^(?:str|char|int|long|short|number|float|double|bool)/i.test(type)) return undefined;
  const isText = /^(?:str|char)/i.test(type);
  return members.length > 0 && members.every((one) => (isText ? typeof one !== 'string' : typeof one === 'string')) ? members : undefined;
}

function member(value: JsonObject | undefined, name: string): JsonObject | undefined {
  const found = value !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
  return found !== undefined && isJsonObject(found) ? found : undefined;
}
