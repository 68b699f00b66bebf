import { parseJson } from '../core/json/parse.ts';
import { stringifyJson } from '../core/json/stringify.ts';
import { JsonNumber, type JsonValue } from '../core/json/value.ts';

/**
 * A message as it goes between a page and its host. The channel itself knows plain JSON only and would make `5.0` of a label
 * to `5`: a message that holds such a number goes as text, every other one as it is.
 */
export function encodeMessage(message: object): unknown {
  // Messages are JSON by their schemas.
  return holdsExactNumber(message) ? stringifyJson(message as JsonValue) : message;
}

/** What came over the channel, before its schema looks at it; a text that is no JSON stays one, and no schema takes it. */
export function decodeMessage(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  const parsed = parseJson(data);
  return parsed.ok ? parsed.value : data;
}

function holdsExactNumber(value: unknown): boolean {
  if (value instanceof JsonNumber) return true;
  if (typeof value !== 'object' || value === null) return false;
  for (const member of Object.values(value)) if (holdsExactNumber(member)) return true;
  return false;
}
