/** A number literal of Python source without its sign. `json` is the same number as a JSON literal: digits kept, `0x10` as `16`, `1.` as `1.0`. */
export type PythonNumber = { readonly end: number; readonly kind: 'int' | 'float' | 'complex'; readonly json: string };

/** Conversions between bases take quadratic time, and no number of any use is longer. */
const longestOtherBase = 2000;

const integerPattern = /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+/y;
const decimalPattern = /(?:[0-9](?:_?[0-9])*)?(?:\.(?:[0-9](?:_?[0-9])*)?)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?[jJ]?/y;

/** Reads the number literal that starts at `at`; undefined where none starts or Python refuses it (`007`, `1_`). */
export function readPythonNumber(text: string, at: number): PythonNumber | undefined {
  const first = text.charCodeAt(at);
  if (first === 0x2e ? !isDigit(text.charCodeAt(at + 1)) : !isDigit(first)) return undefined;
  const other = first === 0x30 ? matchAt(integerPattern, text, at) : undefined;
  if (other !== undefined) {
    if (other.length > longestOtherBase || isWord(text, at + other.length)) return undefined;
    return { end: at + other.length, kind: 'int', json: BigInt(other.replaceAll('_', '')).toString() };
  }
  const literal = matchAt(decimalPattern, text, at);
  if (literal === undefined || isWord(text, at + literal.length)) return undefined;
  return decimal(literal.replaceAll('_', ''), at + literal.length);
}

function decimal(literal: string, end: number, zerosFirst = false): PythonNumber | undefined {
  const last = literal.at(-1);
  if (last === 'j' || last === 'J') return { ...(decimal(literal.slice(0, -1), end, true) ?? { json: '0' }), end, kind: 'complex' };
  const exponentAt = literal.search(/[eE]/);
  const mantissa = exponentAt < 0 ? literal : literal.slice(0, exponentAt);
  const point = mantissa.indexOf('.');
  if (exponentAt < 0 && point < 0) {
    const zeros = leadingZeros(literal);
    if (zeros > 0 && zeros < literal.length && !zerosFirst) return undefined;
    return { end, kind: 'int', json: zeros === literal.length ? '0' : literal.slice(zeros) };
  }
  const digits = point < 0 ? mantissa : mantissa.slice(0, point);
  const whole = digits.slice(Math.min(leadingZeros(digits), Math.max(digits.length - 1, 0)));
  const fraction = point < 0 ? '' : `.${mantissa.slice(point + 1) || '0'}`;
  return { end, kind: 'float', json: `${whole || '0'}${fraction}${exponentAt < 0 ? '' : literal.slice(exponentAt)}` };
}

function leadingZeros(digits: string): number {
  let zeros = 0;
  while (digits.charCodeAt(zeros) === 0x30) zeros += 1;
  return zeros;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isDigit(code) || code === 0x5f || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code >= 0x80;
}
