import type { JsonValue } from '../../json/value.ts';
import { JsonNumber } from '../../json/value.ts';
import { losslessNumber, objectOf } from '../../json/parse.ts';
import { constantRepr, floatRepr } from './pythonRepr.ts';
import { unparsePython } from './pythonUnparse.ts';
import type { PythonConstant, PythonExpression } from './pythonTree.ts';

/** What the reference raises an exception for. Caught where the decoding starts. */
export class PythonValueError extends Error {}

type Dict = { readonly type: 'dict'; readonly entries: readonly (readonly [string, PythonValue])[] };
export type PythonValue = PythonConstant | { readonly type: 'list' | 'tuple'; readonly items: readonly PythonValue[] } | Dict;

/** More digits than this Python does not print. */
const mostDigits = 4300;

/** A value in JSON: tuples as arrays, what JSON does not have as the text that Python prints for it. Infinity is a number too big. */
export function pythonToJson(value: PythonValue): JsonValue {
  switch (value.type) {
    case 'str':
    case 'bool':
      return value.value;
    case 'none':
      return null;
    case 'ellipsis':
      return '...';
    case 'int': {
      const digits = value.value.toString();
      if (digits.length > mostDigits) throw new PythonValueError('a number has too many digits');
      return losslessNumber(digits);
    }
    case 'float':
      if (!Number.isFinite(value.value)) return Number.isNaN(value.value) ? 'nan' : new JsonNumber(value.value > 0 ? '1e999' : '-1e999');
      return losslessNumber(floatRepr(value.value));
    case 'bytes':
    case 'complex':
      return constantRepr(value);
    case 'list':
    case 'tuple':
      return value.items.map(pythonToJson);
    case 'dict':
      return objectOf(value.entries.map(([key, item]) => [key, pythonToJson(item)] as const));
  }
}

/** The name of a call (its dotted parts) and its keyword arguments. Arguments without a name are dropped, `**` goes under `None`. */
export function resolveCall(call: PythonExpression & { readonly kind: 'call' }): { readonly name: string; readonly arguments: Dict } {
  const parts: string[] = [];
  let callee = call.callee;
  for (; callee.kind === 'attribute'; callee = callee.value) parts.push(callee.name);
  if (callee.kind === 'name') parts.push(callee.name);
  const entries = call.keywords.map(({ name, value }) => [name ?? 'None', resolveValue(value)] as const);
  return { name: parts.reverse().join('.'), arguments: { type: 'dict', entries } };
}

/** What BFCL's `resolve_ast_by_type` makes of an argument's value. */
export function resolveValue(node: PythonExpression): PythonValue {
  switch (node.kind) {
    case 'constant':
      return node.constant.type === 'ellipsis' ? { type: 'str', value: '...' } : node.constant;
    case 'unary':
      return negated(node.operand);
    case 'list':
    case 'tuple':
      return { type: node.kind, items: node.items.map(resolveValue) };
    case 'dict':
      return resolveDict(node);
    case 'binary':
      return evaluate(node);
    case 'name':
      return { type: 'str', value: node.name };
    case 'call': {
      if (node.keywords.length === 0) return { type: 'str', value: unparsePython(node) };
      const call = resolveCall(node);
      return { type: 'dict', entries: [[call.name, call.arguments]] };
    }
    case 'subscript':
      return { type: 'str', value: `${unparsePython(node.value)}[${unparsePython(node.index)}]` };
    default:
      throw new PythonValueError(`a value is a ${node.kind}, which is not supported`);
  }
}

/** Every unary operator negates, `+5` and `~5` too, and only constants. */
function negated(operand: PythonExpression): PythonValue {
  if (operand.kind !== 'constant') throw new PythonValueError('only a constant can be negated');
  const { constant } = operand;
  if (constant.type === 'int') return { type: 'int', value: -constant.value };
  if (constant.type === 'bool') return { type: 'int', value: constant.value ? -1n : 0n };
  if (constant.type === 'float' || constant.type === 'complex') return { type: constant.type, value: -constant.value };
  throw new PythonValueError('only a number can be negated');
}

/** `True`, `1` and `1.0` are one key, under the name that stands first. */
function resolveDict(node: PythonExpression & { readonly kind: 'dict' }): Dict {
  const numbers = new Map<number, string>();
  const entries = node.entries.map(({ key, value }) => {
    if (key === undefined) throw new PythonValueError('a dict is unpacked into another');
    const resolved = resolveValue(key);
    const number = asNumber(resolved);
    const text = (number === undefined ? undefined : numbers.get(Number(number))) ?? keyText(resolved);
    if (number !== undefined) numbers.set(Number(number), text);
    return [text, resolveValue(value)] as const;
  });
  return { type: 'dict', entries };
}

/** A key as Python prints it; JSON has no others. */
function keyText(key: PythonValue): string {
  if (key.type === 'str') return key.value;
  if (key.type === 'list' || key.type === 'dict') throw new PythonValueError(`a ${key.type} cannot be a key`);
  if (!('items' in key)) return constantRepr(key);
  const items = key.items.map((item) => (item.type === 'str' ? constantRepr(item) : keyText(item)));
  return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
}

/** What Python's `eval` gives for an expression of constants. Names stand for nothing there. */
function evaluate(node: PythonExpression): PythonValue {
  switch (node.kind) {
    case 'constant':
      return node.constant;
    case 'list':
    case 'tuple':
      return { type: node.kind, items: node.items.map(evaluate) };
    case 'dict':
      return { type: 'dict', entries: node.entries.map(({ key, value }) => [keyText(evaluate(key ?? { kind: 'constant', constant: { type: 'none' } })), evaluate(value)] as const) };
    case 'unary':
      return unary(node.operator, evaluate(node.operand));
    case 'named':
      return evaluate(node.value);
    case 'binary':
      return binary(node.operator, evaluate(node.left), evaluate(node.right));
    default:
      throw new PythonValueError(`a ${node.kind} cannot be calculated`);
  }
}

function unary(operator: string, operand: PythonValue): PythonValue {
  const value = asNumber(operand);
  if (operator === 'not' || value === undefined) throw new PythonValueError(`the operator ${operator} has no number`);
  if (typeof value === 'number') {
    if (operator === '~') throw new PythonValueError('~ has no integer');
    return { type: 'float', value: operator === '-' ? -value : value };
  }
  return { type: 'int', value: operator === '-' ? -value : operator === '~' ? ~value : value };
}

function asNumber(value: PythonValue): bigint | number | undefined {
  if (value.type === 'bool') return value.value ? 1n : 0n;
  return value.type === 'int' || value.type === 'float' ? value.value : undefined;
}

function binary(operator: string, left: PythonValue, right: PythonValue): PythonValue {
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== undefined && b !== undefined) {
    if (typeof a === 'bigint' && typeof b === 'bigint') return integers(operator, a, b);
    return { type: 'float', value: floats(operator, Number(a), Number(b)) };
  }
  if (operator === '*' && (typeof a === 'bigint' || typeof b === 'bigint')) return repeated(typeof a === 'bigint' ? right : left, typeof a === 'bigint' ? a : (b ?? 0n));
  if (operator === '+') {
    if (left.type === 'str' && right.type === 'str') return { type: 'str', value: left.value + right.value };
    if (left.type === 'bytes' && right.type === 'bytes') return { type: 'bytes', value: left.value + right.value };
    if ((left.type === 'list' || left.type === 'tuple') && left.type === right.type) return { type: left.type, items: [...left.items, ...right.items] };
  }
  if (operator === '|' && left.type === 'dict' && right.type === 'dict') return { type: 'dict', entries: [...left.entries, ...right.entries] };
  throw new PythonValueError(`the operator ${operator} does not fit its values`);
}

function repeated(value: PythonValue, times: bigint | number): PythonValue {
  const count = Math.max(0, Number(times));
  const length = value.type === 'str' || value.type === 'bytes' ? value.value.length : value.type === 'list' || value.type === 'tuple' ? value.items.length : undefined;
  if (length === undefined || length * count > 1_000_000) throw new PythonValueError('a value cannot be repeated so often');
  if (value.type === 'str' || value.type === 'bytes') return { type: value.type, value: value.value.repeat(count) };
  if (value.type !== 'list' && value.type !== 'tuple') throw new PythonValueError('a value cannot be repeated');
  return { type: value.type, items: Array.from({ length: count }, () => value.items).flat() };
}

function integers(operator: string, a: bigint, b: bigint): PythonValue {
  const int = (value: bigint): PythonValue => ({ type: 'int', value });
  if ((operator === '/' || operator === '//' || operator === '%') && b === 0n) throw new PythonValueError('division by zero');
  switch (operator) {
    case '+':
      return int(a + b);
    case '-':
      return int(a - b);
    case '*':
      return int(a * b);
    case '/':
      return { type: 'float', value: finite(Number(a) / Number(b)) };
    case '//':
      return int((a - floorRemainder(a, b)) / b);
    case '%':
      return int(floorRemainder(a, b));
    case '**':
      if (b < 0n) return { type: 'float', value: floats('**', Number(a), Number(b)) };
      return int(a ** bounded(b, a));
    case '<<':
      return int(a << bounded(b, 2n));
    case '>>':
      return int(a >> bounded(b, 1n));
    case '|':
      return int(a | b);
    case '&':
      return int(a & b);
    case '^':
      return int(a ^ b);
    default:
      throw new PythonValueError(`the operator ${operator} does not fit integers`);
  }
}

/** An exponent whose result Python could still print. */
function bounded(exponent: bigint, base: bigint): bigint {
  const small = base >= -1n && base <= 1n;
  if (exponent < 0n || (!small && exponent > 15_000n)) throw new PythonValueError('a number has too many digits');
  return exponent;
}

function floorRemainder(a: bigint, b: bigint): bigint {
  const remainder = a % b;
  return remainder !== 0n && remainder < 0n !== b < 0n ? remainder + b : remainder;
}

function floats(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '//' || operator === '%') && b === 0) throw new PythonValueError('division by zero');
  const remainder = a % b;
  const modulo = remainder === 0 ? (b < 0 ? -0 : 0) : remainder < 0 !== b < 0 ? remainder + b : remainder;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.round((a - modulo) / b);
    case '%':
      return modulo;
    case '**':
      if ((a === 0 && b < 0) || (a < 0 && !Number.isInteger(b))) throw new PythonValueError('a power is no number');
      return finite(a ** b);
    default:
      throw new PythonValueError(`the operator ${operator} does not fit fractions`);
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new PythonValueError('a number is too big');
  return value;
}
