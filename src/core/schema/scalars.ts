import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { show } from '../toolcall/differences.ts';
import { matchesSafely } from './safePattern.ts';
import type { SchemaViolation } from './violation.ts';

type Finding = Pick<SchemaViolation, 'kind' | 'message' | 'expected'>;

/** Bounds, lengths, patterns and formats of one value. Bounds compare as doubles. */
export function scalarViolations(schema: JsonObject, value: JsonValue): Finding[] {
  if (typeof value === 'number' || value instanceof JsonNumber) return numberViolations(schema, value);
  if (typeof value === 'string') return stringViolations(schema, value);
  if (Array.isArray(value)) return countViolations(schema, value.length, 'minItems', 'maxItems', 'members');
  if (isJsonObject(value)) return countViolations(schema, Object.keys(value).length, 'minProperties', 'maxProperties', 'members');
  return [];
}

function numberViolations(schema: JsonObject, value: number | JsonNumber): Finding[] {
  const found: Finding[] = [];
  const n = Number(value);
  const minimum = bound(schema['minimum']);
  const maximum = bound(schema['maximum']);
  // Before draft 6 the exclusive bounds were flags on the others.
  const above = schema['exclusiveMinimum'] === true ? minimum : bound(schema['exclusiveMinimum']);
  const below = schema['exclusiveMaximum'] === true ? maximum : bound(schema['exclusiveMaximum']);
  if (minimum !== undefined && n < minimum) found.push({ kind: 'range', message: `is ${show(value)}, the least allowed is ${minimum}`, expected: minimum });
  else if (above !== undefined && n <= above) found.push({ kind: 'range', message: `is ${show(value)}, it has to be more than ${above}`, expected: above });
  if (maximum !== undefined && n > maximum) found.push({ kind: 'range', message: `is ${show(value)}, the most allowed is ${maximum}`, expected: maximum });
  else if (below !== undefined && n >= below) found.push({ kind: 'range', message: `is ${show(value)}, it has to be less than ${below}`, expected: below });
  const step = bound(schema['multipleOf']);
  if (step !== undefined && step > 0) {
    const times = n / step;
    // 0.3 is a multiple of 0.1, though not in doubles.
    if (Math.abs(times - Math.round(times)) > 1e-9 * Math.max(1, Math.abs(times))) found.push({ kind: 'range', message: `is ${show(value)}, expected a multiple of ${step}`, expected: step });
  }
  return found;
}

function stringViolations(schema: JsonObject, value: string): Finding[] {
  const found = countViolations(schema, [...value].length, 'minLength', 'maxLength', 'characters');
  const pattern = schema['pattern'];
  if (typeof pattern === 'string' && matchesSafely(pattern, value) === false) found.push({ kind: 'pattern', message: `is ${show(value)}, which does not match ${pattern}`, expected: pattern });
  const format = schema['format'];
  const form = typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (typeof format === 'string' && form !== undefined && value.length <= 1000 && !form(value)) found.push({ kind: 'format', message: `is ${show(value)}, which is no ${format}`, expected: format });
  return found;
}

function countViolations(schema: JsonObject, count: number, least: string, most: string, unit: string): Finding[] {
  const minimum = bound(schema[least]);
  const maximum = bound(schema[most]);
  if (minimum !== undefined && count < minimum) return [{ kind: 'length', message: `has ${count} ${unit}, at least ${minimum} are needed`, expected: minimum }];
  if (maximum !== undefined && count > maximum) return [{ kind: 'length', message: `has ${count} ${unit}, at most ${maximum} are allowed`, expected: maximum }];
  return [];
}

function bound(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' || value instanceof JsonNumber ? Number(value) : undefined;
}

const timePattern = /^([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?([zZ]|[+-]\d\d:?\d\d)?$/;

/** Formats that mean one thing everywhere. Times may leave out their seconds and their zone, as most datasets do. */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: (text) => timePattern.test(text),
  'date-time': (text) => isDate(text.slice(0, 10)) && /^[tT ]$/.test(text.charAt(10)) && timePattern.test(text.slice(11)),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  uri: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  ipv4: (text) => /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/.test(text),
};

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCFullYear(year);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
