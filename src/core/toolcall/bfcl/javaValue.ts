import { objectOf } from '../../json/parse.ts';
import type { JsonValue } from '../../json/value.ts';
import { end, inner, isQuoted, skipSpace, space, strip, stripEnd, word } from '../pythonModel/pythonText.ts';
import { parsePythonFloat, parsePythonInt } from '../pythonModel/pythonValue.ts';
import { ReferenceFault } from './referenceFault.ts';

const whole = new RegExp(`^-?\\p{Nd}+${end}`, 'u');
const long = new RegExp(`^-?\\p{Nd}+[lL]${end}`, 'u');
const decimal = `^-?\\p{Nd}+(?:\\.\\p{Nd}+)?(?:[eE][+-]?\\p{Nd}+)?`;
const float = new RegExp(`${decimal}[fF]${end}`, 'u');
const double = new RegExp(`${decimal}${end}`, 'u');
const listOf = new RegExp(`new${space}+ArrayList<${word}*>\\(Arrays\\.asList\\(([^\\n]+?)\\)\\)`, 'u');
const listWithBody = new RegExp(`new${space}+ArrayList<${word}*>\\(\\)${space}*\\{\\{`, 'u');
const emptyList = new RegExp(`new${space}+ArrayList<${word}*>\\(\\)`, 'u');
const arrayLiteral = new RegExp(`new${space}+${word}+\\[\\]${space}*\\{([^\\n]*?)\\}`, 'u');
const mapWithBody = new RegExp(`new${space}+HashMap<[^]*?>${space}*\\(\\)${space}*\\{`, 'u');
const emptyMap = new RegExp(`new${space}+HashMap<[^\\n]*?>${space}*\\(\\)`, 'u');
const put = new RegExp(`put\\("([^\\n]*?)",${space}*([^\\n]*?)\\)`, 'gu');

/**
 * The value of a Java expression given as text, by its declared type; the text itself where it is no literal of that type
 * (BFCL `java_type_converter`). Collections are read by search, as the reference does: what stands around is not looked at.
 */
export function javaValue(text: string, type: string, memberType?: string): JsonValue {
  switch (type) {
    case 'byte':
    case 'short':
    case 'integer':
      return whole.test(text) ? orRaise(parsePythonInt(text)) : text;
    case 'long':
      return long.test(text) ? orRaise(parsePythonInt(withoutSuffix(text))) : text;
    case 'float':
      return float.test(text) ? orRaise(parsePythonFloat(withoutSuffix(text))) : text;
    case 'double':
      return double.test(text) ? orRaise(parsePythonFloat(text)) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'Array':
      return javaArray(text, memberType);
    case 'ArrayList':
      return javaArrayList(text, memberType);
    case 'HashMap':
      return javaHashMap(text);
    case 'char': // Its pattern in the reference can never match, so a char stays as it is written.
    case 'String':
    case 'any':
      return text;
    default:
      throw new ReferenceFault(`no conversion of ${type}`);
  }
}

function orRaise(value: JsonValue | undefined): JsonValue {
  if (value === undefined) throw new ReferenceFault('the number is longer than Python reads');
  return value;
}

/** Without the `L` or `F` at the end; a line feed may follow it. */
function withoutSuffix(text: string): string {
  return stripEnd(text).slice(0, -1);
}

function javaArrayList(text: string, memberType: string | undefined): JsonValue {
  const members = listOf.exec(text)?.[1]?.split(',');
  if (members !== undefined) return members.map((member) => listMember(strip(member), memberType));
  const adds = listBody(text);
  if (adds !== undefined) return [...adds.matchAll(/add\(([^\n]+?)\)/gu)].map((match) => listMember(strip(match[1] ?? ''), memberType));
  return emptyList.test(text) ? [] : text;
}

/** What stands between double braces, by hand because a pattern tries every run of blanks; nothing where they are not closed. */
function listBody(text: string): string | undefined {
  const head = listWithBody.exec(text);
  if (head === null) return undefined;
  const from = skipSpace(text, head.index + head[0].length);
  const to = text.indexOf('}}', from + 1);
  return to === -1 ? '' : text.slice(from, to);
}

function listMember(text: string, memberType: string | undefined): JsonValue {
  if (memberType === 'char' || memberType === 'String') return inner(text);
  return memberType === undefined ? untypedJavaValue(text) : javaValue(text, memberType);
}

function javaArray(text: string, memberType: string | undefined): JsonValue {
  const members = arrayLiteral.exec(text)?.[1];
  if (members === undefined) return text;
  const texts = members.split(',').map(strip).filter((member) => member !== '');
  return texts.map((member) => (memberType === undefined ? untypedJavaValue(member) : javaValue(member, memberType)));
}

function javaHashMap(text: string): JsonValue {
  const body = mapBody(text);
  if (body === undefined) return emptyMap.test(text) ? objectOf([]) : text;
  return objectOf([...body.matchAll(put)].map((match) => [match[1] ?? '', untypedJavaValue(strip(match[2] ?? ''))]));
}

/** What stands between the opening braces (one or two) and the first closing one, by hand because the reference's pattern takes cubic time. */
function mapBody(text: string): string | undefined {
  const head = mapWithBody.exec(text);
  if (head === null) return undefined;
  let from = skipSpace(text, head.index + head[0].length);
  if (text[from] === '{') from = skipSpace(text, from + 1);
  const to = text.indexOf('}', from);
  return to === -1 ? undefined : stripEnd(text.slice(from, to));
}

function untypedJavaValue(text: string): JsonValue {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (isQuoted(text, '"')) return inner(text);
  if (long.test(text)) return orRaise(parsePythonInt(withoutSuffix(text)));
  if (float.test(text)) return orRaise(parsePythonFloat(withoutSuffix(text)));
  return parsePythonInt(text) ?? parsePythonFloat(text) ?? text;
}
