import type { SchemaElement, SchemaTree } from 'hyparquet';
import { objectOf } from '../core/json/parse.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../core/json/value.ts';

/**
 * Leads between physical Parquet values (as they are stored) and JSON values, and back without loss: 64-bit integers and
 * decimals by their digits, dates and timestamps as ISO 8601 text, a float that is a whole number as `5.0`, bytes as text
 * where they are UTF-8 and else as `{"$bytes": "<base64>"}`, NaN and the infinities as text, JSON columns as their text.
 */

/** The schema with only those types that shape lists, maps and text: a reader then gives physical values. */
export function physicalSchema(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map(({ converted_type, logical_type, ...element }) => {
    if (converted_type === 'LIST' || converted_type === 'MAP' || converted_type === 'MAP_KEY_VALUE' || converted_type === 'UTF8') return { ...element, converted_type };
    return logical_type?.type === 'STRING' ? { ...element, converted_type: 'UTF8' as const } : element;
  });
}

/** The node whose values are the items of a list, as hyparquet assembles lists; undefined where the node is no list. */
function itemOf(node: SchemaTree): SchemaTree | undefined {
  const [repeated, second] = node.children;
  if (node.element.converted_type !== 'LIST' || repeated === undefined || second !== undefined || repeated.element.repetition_type !== 'REPEATED') return undefined;
  const [item, other] = repeated.children;
  return item !== undefined && other === undefined ? item : repeated;
}

function mapValueOf(node: SchemaTree): SchemaTree | undefined {
  const entry = node.children[0];
  if (node.element.converted_type !== 'MAP' || entry === undefined) return undefined;
  return entry.children.find((child) => child.element.name === 'value');
}

/** A value as hyparquet assembles it, whose types nothing but the schema knows. */
export function toJsonValue(value: unknown, node: SchemaTree, inRepeated = false): JsonValue {
  if (value === null || value === undefined) return null;
  const item = itemOf(node);
  if (item !== undefined) return Array.isArray(value) ? value.map((one: unknown) => toJsonValue(one, item, true)) : null;
  if (node.element.repetition_type === 'REPEATED' && !inRepeated && Array.isArray(value)) return value.map((one: unknown) => toJsonValue(one, node, true));
  const mapValue = mapValueOf(node);
  if (mapValue !== undefined) return objectOf(Object.entries(value).map(([key, one]) => [key, toJsonValue(one, mapValue)] as const));
  if (node.children.length > 0) {
    // A group that is no list is assembled as an object.
    const members = value as { readonly [key: string]: unknown };
    return objectOf(node.children.map((child) => [child.element.name, toJsonValue(memberOf(members, child.element.name), child)] as const));
  }
  return leafToJson(value, node.element);
}

function memberOf(object: { readonly [key: string]: unknown }, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function leafToJson(value: unknown, element: SchemaElement): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return bytesToJson(value, element);
  if (typeof value === 'bigint') return integerToJson(value, element);
  if (typeof value !== 'number') return null;
  if (element.type === 'FLOAT' || element.type === 'DOUBLE') return floatToJson(value);
  return integerToJson(BigInt(value), element);
}

function integerToJson(value: bigint, element: SchemaElement): JsonValue {
  if (element.type === 'INT96') return timestampText(value, 'NANOS', true);
  if (element.converted_type === 'DECIMAL') return decimal(value, element.scale ?? 0);
  if (element.converted_type === 'DATE') return timestampText(value * 86_400_000n, 'MILLIS', true).slice(0, -'T00:00:00Z'.length);
  const unit = timestampUnit(element);
  if (unit !== undefined) return timestampText(value, unit, isUtc(element));
  const bits = element.type === 'INT32' ? 32 : 64;
  const digits = (isUnsigned(element) ? BigInt.asUintN(bits, value) : value).toString();
  return numberOf(digits);
}

function floatToJson(value: number): JsonValue {
  if (!Number.isFinite(value)) return String(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?[0-9]+$/.test(text) ? new JsonNumber(`${text}.0`) : value;
}

function bytesToJson(bytes: Uint8Array, element: SchemaElement): JsonValue {
  if (element.converted_type === 'DECIMAL') return decimal(bigIntOf(bytes), element.scale ?? 0);
  const logical = element.logical_type?.type;
  if (logical === 'UUID') return Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const text = utf8Text(bytes);
  return text ?? objectOf([['$bytes', Buffer.from(bytes).toString('base64')]]);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined where the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A number with the digits that are written, whatever a JavaScript number can hold. */
function numberOf(digits: string): number | JsonNumber {
  return String(Number(digits)) === digits ? Number(digits) : new JsonNumber(digits);
}

function decimal(unscaled: bigint, scale: number): JsonValue {
  if (scale <= 0) return numberOf((unscaled * 10n ** BigInt(-scale)).toString());
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return numberOf(`${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}

function bigIntOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

type TimeUnit = 'MILLIS' | 'MICROS' | 'NANOS';
const perSecond: Readonly<Record<TimeUnit, bigint>> = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n };

function timestampUnit(element: SchemaElement): TimeUnit | undefined {
  if (element.logical_type?.type === 'TIMESTAMP') return element.logical_type.unit;
  if (element.converted_type === 'TIMESTAMP_MILLIS') return 'MILLIS';
  return element.converted_type === 'TIMESTAMP_MICROS' ? 'MICROS' : undefined;
}

function isUtc(element: SchemaElement): boolean {
  return element.logical_type?.type !== 'TIMESTAMP' || element.logical_type.isAdjustedToUTC;
}

function isUnsigned(element: SchemaElement): boolean {
  if (element.logical_type?.type === 'INTEGER') return !element.logical_type.isSigned;
  return element.converted_type?.startsWith('UINT_') ?? false;
}

/** Years beyond what a Date can hold are given as the bare number of units. */
function timestampText(value: bigint, unit: TimeUnit, utc: boolean): string {
  const units = perSecond[unit];
  const fraction = ((value % units) + units) % units;
  const seconds = Number((value - fraction) / units);
  if (Math.abs(seconds) > 8.64e12) return value.toString();
  const digits = fraction.toString().padStart(units.toString().length - 1, '0').replace(/0+$/, '');
  return `${new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length)}${digits === '' ? '' : `.${digits}`}${utc ? 'Z' : ''}`;
}

/** Why a value does not fit its column. */
export class ParquetValueError extends Error {}

/** The physical value of a JSON value. Throws `ParquetValueError` where the column cannot hold it. */
export function toPhysical(value: JsonValue | undefined, node: SchemaTree, inRepeated = false): unknown {
  if (value === null || value === undefined) return null;
  const item = itemOf(node);
  if (item !== undefined) return arrayOf(value, node).map((one) => toPhysical(one, item, true));
  if (node.element.repetition_type === 'REPEATED' && !inRepeated) return arrayOf(value, node).map((one) => toPhysical(one, node, true));
  const mapValue = mapValueOf(node);
  if (mapValue !== undefined || node.children.length > 0) {
    if (!isJsonObject(value)) throw misfit(node, 'an object');
    if (mapValue !== undefined) return Object.entries(value).map(([key, one]) => ({ key, value: toPhysical(one, mapValue) }));
    const known = new Set(node.children.map((child) => child.element.name));
    for (const key of Object.keys(value)) if (!known.has(key)) throw new ParquetValueError(`${nameOf(node)} has no member ${JSON.stringify(key)} in the schema`);
    return objectOfUnknown(node.children.map((child) => [child.element.name, toPhysical(Object.hasOwn(value, child.element.name) ? value[child.element.name] : null, child)]));
  }
  return leafToPhysical(value, node);
}

function objectOfUnknown(members: readonly (readonly [string, unknown])[]): { [key: string]: unknown } {
  return Object.fromEntries(members);
}

function arrayOf(value: JsonValue, node: SchemaTree): readonly JsonValue[] {
  if (!Array.isArray(value)) throw misfit(node, 'a list');
  return value as readonly JsonValue[]; // Array.isArray does not narrow readonly arrays.
}

function misfit(node: SchemaTree, expected: string): ParquetValueError {
  return new ParquetValueError(`${nameOf(node)} needs ${expected}`);
}

function nameOf(node: SchemaTree): string {
  return `column ${JSON.stringify(node.path.join('.'))}`;
}

function leafToPhysical(value: JsonValue, node: SchemaTree): unknown {
  const { element } = node;
  switch (element.type) {
    case 'BOOLEAN':
      if (typeof value !== 'boolean') throw misfit(node, 'true or false');
      return value;
    case 'INT32':
      return Number(BigInt.asIntN(32, integerOf(value, node, 32)));
    case 'INT64':
      return BigInt.asIntN(64, integerOf(value, node, 64));
    case 'FLOAT':
    case 'DOUBLE': {
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      if (typeof value !== 'number' && !(value instanceof JsonNumber)) throw misfit(node, 'a number');
      return Number(value);
    }
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return bytesOf(value, node);
    default:
      throw new ParquetValueError(`${nameOf(node)} is of the old type ${element.type ?? 'none'}, which is not written`);
  }
}

function bytesOf(value: JsonValue, node: SchemaTree): unknown {
  const { element } = node;
  if (element.converted_type === 'DECIMAL') return bytesOfBigInt(unscaledOf(value, node), element.type === 'FIXED_LEN_BYTE_ARRAY' ? element.type_length : undefined);
  if (isJsonObject(value) && Object.hasOwn(value, '$bytes') && typeof value['$bytes'] === 'string') return new Uint8Array(Buffer.from(value['$bytes'], 'base64'));
  if (typeof value !== 'string') throw misfit(node, 'text');
  if (element.logical_type?.type === 'UUID') return new Uint8Array(Buffer.from(value.replaceAll('-', ''), 'hex'));
  const isText = element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING';
  return isText ? value : new TextEncoder().encode(value);
}

function integerOf(value: JsonValue, node: SchemaTree, bits: number): bigint {
  const { element } = node;
  const number = element.converted_type === 'DECIMAL' ? unscaledOf(value, node) : typeof value === 'string' ? timeOf(value, node) : wholeNumber(value, node);
  const unsigned = isUnsigned(element);
  if ((unsigned ? BigInt.asUintN(bits, number) : BigInt.asIntN(bits, number)) !== number) throw misfit(node, `a whole number of ${bits} bits`);
  return number;
}

function wholeNumber(value: JsonValue, node: SchemaTree): bigint {
  const text = typeof value === 'number' || value instanceof JsonNumber ? String(value) : '';
  if (!/^-?[0-9]+$/.test(text)) throw misfit(node, 'a whole number');
  return BigInt(text);
}

function unscaledOf(value: JsonValue, node: SchemaTree): bigint {
  const scale = Math.max(0, node.element.scale ?? 0);
  const text = typeof value === 'number' || value instanceof JsonNumber ? String(value) : '';
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  const [, sign = '', whole = '', part = ''] = match ?? [];
  if (match === null || part.length > scale) throw misfit(node, `a number with at most ${scale} decimals`);
  return BigInt(`${sign}${whole}${part.padEnd(scale, '0')}`);
}

function bytesOfBigInt(value: bigint, length: number | undefined): Uint8Array {
  let size = length ?? 1;
  if (length === undefined) while (BigInt.asIntN(8 * size, value) !== value) size++;
  const hex = BigInt.asUintN(8 * size, value).toString(16).padStart(2 * size, '0');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Units since 1970 of the texts that `timestampText` writes. */
function timeOf(text: string, node: SchemaTree): bigint {
  const { element } = node;
  const unit = timestampUnit(element);
  const match = /^(?<seconds>[-+0-9]+-[0-9]{2}-[0-9]{2}(?:T[0-9:]{8})?)(?:\.(?<fraction>[0-9]{1,9}))?Z?$/.exec(text);
  const millis = match?.groups ? Date.parse(`${match.groups['seconds']}${text.includes('T') ? 'Z' : ''}`) : NaN;
  if (element.converted_type === 'DATE' && !Number.isNaN(millis)) return BigInt(millis / 86_400_000);
  if (unit === undefined) throw misfit(node, 'a whole number');
  if (/^-?[0-9]+$/.test(text)) return BigInt(text);
  const places = perSecond[unit].toString().length - 1;
  const fraction = match?.groups?.['fraction'] ?? '';
  if (Number.isNaN(millis) || fraction.length > places) throw misfit(node, `a time with at most ${places} decimals of a second`);
  return BigInt(millis / 1000) * perSecond[unit] + BigInt(fraction.padEnd(places, '0'));
}
