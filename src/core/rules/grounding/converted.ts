import { losslessNumber, parseJson } from '../../json/parse.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../../json/value.ts';

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A value as one of the types that a schema allows, where there is exactly one way to read it as such; undefined where not. */
export function converted(value: JsonValue, types: readonly string[]): JsonValue | undefined {
  if (typeof value === 'string') return fromText(value.trim(), types);
  if (types.length === 1 && types[0] === 'string' && (typeof value === 'number' || typeof value === 'boolean' || value instanceof JsonNumber)) return value instanceof JsonNumber ? value.raw : String(value);
  return undefined;
}

function fromText(text: string, types: readonly string[]): JsonValue | undefined {
  if (types.includes('string')) return undefined;
  if (types.includes('boolean') && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (types.includes('integer') && /^-?(?:0|[1-9]\d*)$/.test(text)) return losslessNumber(text);
  if (types.includes('number') && number.test(text)) return losslessNumber(text);
  if (!/^[[{]/.test(text)) return undefined;
  const parsed = parseJson(text, { maxDepth: 64 });
  if (!parsed.ok) return undefined;
  const fits = Array.isArray(parsed.value) ? types.includes('array') : isJsonObject(parsed.value) && types.includes('object');
  return fits ? parsed.value : undefined;
}
