import { LoopToolError } from '../errors.ts';
import { JsonNumber, type JsonValue } from './value.ts';

type Layout = { readonly comma: string; readonly colon: string; readonly indent: string };

const compact: Layout = { comma: ',', colon: ':', indent: '' };
const spaced: Layout = { comma: ', ', colon: ': ', indent: '' };

/** Writes JSON as `JSON.stringify` lays it out, number literals as they were read. Members that are undefined are left out. */
export function stringifyJson(value: JsonValue, indent = 0): string {
  return write(value, indent > 0 ? { comma: ',', colon: ': ', indent: ' '.repeat(indent) } : compact, '\n');
}

/** One line with a blank after `,` and `:`, as Python's `json.dumps` and with it most datasets have it. */
export function stringifySpaced(value: JsonValue): string {
  return write(value, spaced, '\n');
}

/**
 * One text per JSON value, for hashing: keys sorted by UTF-16 code units, no white space, integer literals as their
 * digits, every other number as `<digits>e<exponent>` without trailing zeros. `5` and `5.0` differ, `5.0` and `5e0` do not.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || value instanceof JsonNumber) return canonicalNumber(numberText(value));
  if (typeof value !== 'object' || value === null) return String(value);
  let text = '';
  if (isArray(value)) {
    for (const item of value) text += (text === '' ? '' : ',') + canonicalJson(item);
    return `[${text}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const member: JsonValue | undefined = value[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Array.isArray does not narrow readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Objects built in code may hold optional members that are undefined, whatever the type says. */
function definedMembers(object: { readonly [key: string]: JsonValue | undefined }): [string, JsonValue][] {
  const members: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(object)) if (value !== undefined) members.push([key, value]);
  return members;
}

function write(value: JsonValue, layout: Layout, lineBreak: string): string {
  if (typeof value === 'number' || value instanceof JsonNumber) return numberText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = lineBreak + layout.indent;
  const [open, close] = layout.indent === '' ? ['', ''] : [inner, lineBreak];
  const separator = layout.comma + open;
  if (isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${open}${value.map((item) => write(item, layout, inner)).join(separator)}${close}]`;
  }
  const members = definedMembers(value);
  if (members.length === 0) return '{}';
  return `{${open}${members.map(([key, member]) => JSON.stringify(key) + layout.colon + write(member, layout, inner)).join(separator)}${close}}`;
}

function numberText(value: number | JsonNumber): string {
  if (value instanceof JsonNumber) return value.raw;
  if (Number.isFinite(value)) return Object.is(value, -0) ? '0' : String(value);
  throw new LoopToolError('write-failed', `${value} cannot be written as JSON: only finite numbers can.`);
}

function canonicalNumber(raw: string): string {
  if (/^-?[1-9][0-9]*$/.test(raw)) return raw;
  const [, sign = '', integer = '', fraction, exponent] = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(raw) ?? [];
  if (fraction === undefined && exponent === undefined) return integer === '0' ? '0' : sign + integer;
  const digits = (integer + (fraction ?? '')).replace(/^0+/, '');
  const significant = digits.replace(/(?<!0)0+$/, '');
  if (significant === '') return '0e0';
  // BigInt: an exponent is a literal of any length.
  const power = BigInt(exponent ?? 0) - BigInt(fraction?.length ?? 0) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
