import { isJsonObject, type JsonValue } from '../../json/value.ts';
import { numeric, pythonType } from './pythonValue.ts';

/** `str(value)`: texts as they are, everything else as `repr` writes it. */
export function pythonStr(value: JsonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `repr(value)` of what `json.loads` can give; non-printable characters other than the common controls are left as they are. */
export function pythonRepr(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return stringRepr(value);
  const number = numeric(value);
  if (number !== undefined) return pythonType(value) === 'float' ? floatRepr(Number(number)) : String(typeof number === 'number' && number === 0 ? 0 : number);
  if (isJsonObject(value)) return `{${Object.keys(value).map((key) => `${stringRepr(key)}: ${pythonRepr(value[key] ?? null)}`).join(', ')}}`;
  return `[${(value as readonly JsonValue[]).map(pythonRepr).join(', ')}]`; // Nothing but a list is left.
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
   
  const body = text.replace(/[\\\x00-\x1f\x7f]/g, (character) => escapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

/** Python turns to exponents at 1e16 and below 1e-4, and writes at least two digits of them. */
function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size < 1e16 && size >= 1e-4) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  return `${digits}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`;
}
