import { parseJson } from '../../json/parse.ts';
import { JsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/** Stands for NaN while the text is read; nobody writes such a number. */
const nanLiteral = '0.0e-990099009900';
const infinityLiteral = '1e990099009900';
const named = /"(?:[^"\\]|\\[^])*"|(?<![\w.+-])(?:-?Infinity|NaN)(?![\w.+-])/g;

/**
 * `json.loads(text)`: as RFC 8259, and NaN and the infinities besides, which come as plain numbers. Undefined where it raises.
 * Nesting beyond 2,000 levels is refused; Python gives up at about 1,000 to 3,000, by version.
 */
export function parsePythonJson(text: string): JsonValue | undefined {
  // Python's reader refuses a byte order mark.
  if (text.startsWith('\ufeff')) return undefined;
  const strict = parseJson(text, { maxDepth: 2000 });
  if (strict.ok) return strict.value;
  if (!/NaN|Infinity/.test(text)) return undefined;
  const spelled = text.replace(named, (token) => (token === 'NaN' ? nanLiteral : token === 'Infinity' ? infinityLiteral : token === '-Infinity' ? `-${infinityLiteral}` : token));
  const lenient = parseJson(spelled, { maxDepth: 2000 });
  return lenient.ok ? withNames(lenient.value) : undefined;
}

function withNames(value: JsonValue): JsonValue {
  if (value instanceof JsonNumber) return value.raw === nanLiteral ? NaN : value.raw.endsWith(infinityLiteral) ? Number(value.raw) : value;
  if (isJsonObject(value)) {
    const copy = Object.create(null) as { -readonly [Key in keyof JsonObject]: JsonObject[Key] };
    for (const key of Object.keys(value)) copy[key] = withNames(value[key] ?? null);
    return copy;
  }
  return Array.isArray(value) ? value.map(withNames) : value;
}
