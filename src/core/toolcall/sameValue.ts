import { JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { numberKey, valueKey } from './canonicalCall.ts';

 
const ascii = /^[\x00-\x7f]*$/;

/** NFC; most texts are in it as they are. */
export function nfc(text: string): string {
  return ascii.test(text) ? text : text.normalize('NFC');
}

/** Whether two texts are equal after NFC. */
export function sameText(a: string, b: string): boolean {
  if (a === b) return true;
  // ASCII texts are their own normal form.
  if (ascii.test(a) && ascii.test(b)) return false;
  return a.normalize('NFC') === b.normalize('NFC');
}

/** Names differ by case and are trimmed only. */
export function sameName(a: string, b: string): boolean {
  return a === b || sameText(a.trim(), b.trim());
}

/** Whether `valueKey` gives both values one key, found without making keys. Containers may come from any parser. */
export function sameValue(a: JsonValue, b: JsonValue): boolean {
  if (typeof a === 'string') return typeof b === 'string' && sameText(a, b);
  if (typeof a === 'number') return typeof b === 'number' ? a === b : b instanceof JsonNumber && sameNumber(b, a);
  if (typeof a !== 'object' || a === null) return a === b;
  if (typeof b !== 'object' || b === null) return typeof b === 'number' && a instanceof JsonNumber && sameNumber(a, b);
  if (isArray(a)) return isArray(b) && sameMembers(a, b);
  if (isArray(b)) return false;
  if (a instanceof JsonNumber || b instanceof JsonNumber) return a instanceof JsonNumber && b instanceof JsonNumber && sameNumber(a, b);
  return sameObject(a, b);
}

/** Array.isArray does not narrow readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function sameMembers(a: readonly JsonValue[], b: readonly JsonValue[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (!sameValue(a[i] ?? null, b[i] ?? null)) return false;
  return true;
}

function sameNumber(a: JsonNumber, b: JsonNumber | number): boolean {
  if (b instanceof JsonNumber && a.raw === b.raw) return true;
  // The common case, `5.0` against 5; everything else goes the long way.
  const whole = wholeOf(a.raw);
  const other = typeof b === 'number' ? b : wholeOf(b.raw);
  if (whole !== undefined && other !== undefined && Number.isSafeInteger(other)) return whole === other;
  return numberKey(a) === numberKey(b);
}

const wholeLiteral = /^-?\d{1,15}\.0$/;

function wholeOf(raw: string): number | undefined {
  return wholeLiteral.test(raw) ? Number(raw) : undefined;
}

/**
 * Members are looked up plainly, which is several times as fast as `Object.hasOwn`: what an ordinary object inherits is a
 * function, which no value is equal to, or `__proto__`, which is asked for apart.
 */
export function sameObject(a: JsonObject, b: JsonObject): boolean {
  let members = 0;
  for (const key in a) {
    const value = a[key];
    const other = b[key];
    if (value === undefined || other === undefined || (key === '__proto__' && !Object.hasOwn(b, key)) || !sameValue(value, other)) {
      return foldsKeys(a, b) && valueKey(a) === valueKey(b);
    }
    members += 1;
  }
  for (const _ in b) members -= 1;
  return members === 0;
}

/** Whether a key is not its own normal form, so that keys that look different may be one. */
function foldsKeys(a: JsonObject, b: JsonObject): boolean {
  return hasFoldedKey(a) || hasFoldedKey(b);
}

function hasFoldedKey(object: JsonObject): boolean {
  for (const key in object) if (!ascii.test(key) && key.normalize('NFC') !== key) return true;
  return false;
}
