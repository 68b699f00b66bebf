import { JsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

const spoken = /\bdefault(?:s|ed)?(?:\s+value)?(?:\s+(?:is|are|will be|to|set to|is set to|being|of))*\s*[:=]?\s*(?:["'`“‘]([^"'`”’]*)["'`”’]|(-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?)(?![\d.]*\s?(?:[x×*^/]|e[-\d]))|(true|false|null|none|empty (?:array|list|string|dict(?:ionary)?|object))\b)/i;

const known = new WeakMap<JsonObject, { readonly value: JsonValue | undefined }>();

/** What a tool takes where an argument is left out, by the schema or by the words of its description; undefined where neither says. */
export function declaredDefault(schema: JsonObject | undefined): JsonValue | undefined {
  if (schema === undefined) return undefined;
  if (Object.hasOwn(schema, 'default')) return schema['default'];
  const cached = known.get(schema);
  if (cached !== undefined) return cached.value;
  const value = spokenDefault(schema);
  known.set(schema, { value });
  return value;
}

function spokenDefault(schema: JsonObject): JsonValue | undefined {
  const description = schema['description'];
  if (typeof description !== 'string' || !/default/i.test(description)) return undefined;
  const match = spoken.exec(description);
  if (match === null) return undefined;
  const [, quoted, number, word] = match;
  if (quoted !== undefined) return quoted;
  if (number !== undefined) return Number(number.replaceAll(',', ''));
  switch (word?.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
    case 'none':
      return null;
    case 'empty string':
      return '';
    default:
      return word?.toLowerCase().endsWith('y') === true || word?.toLowerCase().endsWith('t') === true ? (/array|list/i.test(word) ? [] : {}) : undefined;
  }
}

/** Whether two values say the same to a reader: `"False"` and `false`, `1` and `"1.0"`, `None`, `null` and nothing. */
export function saysTheSame(a: JsonValue, b: JsonValue): boolean {
  return plain(a) === plain(b) || (Array.isArray(a) !== Array.isArray(b) && plain(onlyOf(a)) === plain(onlyOf(b)));
}

/** A list of one says what its element says. */
function onlyOf(value: JsonValue): JsonValue {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return list.length === 1 ? (list[0] ?? null) : value;
}

function plain(value: JsonValue): string {
  if (value === null) return '';
  if (typeof value === 'number' || value instanceof JsonNumber) return String(Number(value));
  if (Array.isArray(value)) return (value as readonly JsonValue[]).length === 0 ? '' : `[${(value as readonly JsonValue[]).map(plain).join(',')}]`;
  if (isJsonObject(value)) return Object.keys(value).length === 0 ? '' : JSON.stringify(value);
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).trim().toLowerCase();
  if (/^(none|null|nil|undefined|n\/a)$/.test(text)) return '';
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}
