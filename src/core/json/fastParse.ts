import { closingQuote, startOfJson } from './scanner.ts';
import { JsonNumber, type JsonValue } from './value.ts';

type NativeObject = { [key: string]: NativeValue };
type NativeValue = null | boolean | string | number | Container;
type Container = NativeValue[] | NativeObject;

const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;

/**
 * The value of a text by the platform's own parser, where that loses nothing: exactly what the scanner would give, but for
 * the prototype of objects. Undefined where only the scanner can tell: texts that are not JSON, doubled keys, too many
 * levels, and literals that a JavaScript number does not hold in an object whose key order JavaScript changes.
 *
 * How it vets: the walk over the value counts the members that the parser kept; the text holds at least that many keys, and
 * more only where a key stands twice. A key is an unescaped quote before a colon, so colons are looked for; a string that
 * starts with a colon counts as one too many, which only costs time.
 */
export function parseNatively(text: string, maxDepth: number): JsonValue | undefined {
  const start = startOfJson(text);
  let value: NativeValue;
  try {
    // JSON.parse gives `any`; without a reviver it is made of these types.
    value = JSON.parse(start === 0 ? text : text.slice(start)) as NativeValue;
  } catch {
    return undefined;
  }
  if (typeof value === 'number') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  const walk = new Walk(maxDepth);
  walk.visit(value, 1);
  if (walk.tooDeep) return undefined;
  const keys = countKeys(text, walk.numbers);
  if (keys.count !== walk.members) return undefined;
  // Where no list holds numbers, the ones behind keys are all that there are.
  const literals = walk.numbersInArrays ? lossyLiterals(text) : keys.literals;
  if (literals.size > 0) {
    const patch = new Patch(literals);
    patch.visit(value);
    if (patch.indexKeys) return undefined;
  }
  return value;
}

class Walk {
  members = 0;
  tooDeep = false;
  /** Some member is a number. */
  numbers = false;
  numbersInArrays = false;

  constructor(private readonly maxDepth: number) {}

  visit(value: Container, depth: number): void {
    if (depth > this.maxDepth) {
      this.tooDeep = true;
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value) {
        if (typeof item === 'object') {
          if (item !== null) this.visit(item, depth + 1);
        } else if (typeof item === 'number') this.numbersInArrays = true;
      }
      return;
    }
    for (const key in value) {
      this.members++;
      const member = value[key];
      if (typeof member === 'object') {
        if (member !== null) this.visit(member, depth + 1);
      } else if (typeof member === 'number') this.numbers = true;
    }
  }
}

/** Counts unescaped quotes before colons in a JSON text; gathers the lossy literals behind them where it has numbers there. */
function countKeys(text: string, numbers: boolean): { readonly count: number; readonly literals: Literals } {
  const literals = new Map<number, JsonNumber>();
  let count = 0;
  let seen = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    let code = text.charCodeAt(before);
    while (code <= 0x20) code = text.charCodeAt(--before);
    if (code !== quote || (text.charCodeAt(before - 1) === backslash && isEscaped(text, before))) continue;
    count++;
    if (!numbers) continue;
    let after = at + 1;
    code = text.charCodeAt(after);
    while (code <= 0x20) code = text.charCodeAt(++after);
    if (!isDigit(code) && code !== minus) continue;
    const end = endOfNumber(text, after);
    if (!survives(text, after, end)) literals.set(seen, new JsonNumber(text.slice(after, end)));
    seen++;
  }
  return { count, literals };
}

/** Number literals that do not survive as JavaScript numbers, by their place among all numbers of a text. */
type Literals = ReadonlyMap<number, JsonNumber>;

function lossyLiterals(text: string): Literals {
  const literals = new Map<number, JsonNumber>();
  let numbers = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = closingQuote(text, at) + 1;
      if (at === 0) return literals;
    } else if (isDigit(code) || code === minus) {
      const end = endOfNumber(text, at);
      if (!survives(text, at, end)) literals.set(numbers, new JsonNumber(text.slice(at, end)));
      numbers++;
      at = end;
    } else at++;
  }
  return literals;
}

/** Puts literals in the place of the numbers that do not hold them, in the order of the text. */
class Patch {
  /** Some object has keys like `1`, which JavaScript moves to the front: the numbers are in another order then. */
  indexKeys = false;
  private numbers = 0;

  constructor(private readonly literals: Literals) {}

  visit(value: Container): void {
    // Entries of arrays have their indices for keys.
    for (const [key, member] of Object.entries<NativeValue>(value as NativeObject)) {
      if (isDigit(key.charCodeAt(0)) && !Array.isArray(value)) this.indexKeys = true;
      const literal = this.next(member);
      // Not assigned: `__proto__` is a key like any other.
      if (literal !== undefined) Object.defineProperty(value, key, { value: literal, writable: true, enumerable: true, configurable: true });
    }
  }

  private next(value: NativeValue): JsonNumber | undefined {
    if (typeof value === 'number') return this.literals.get(this.numbers++);
    if (typeof value === 'object' && value !== null) this.visit(value);
    return undefined;
  }
}

/** Whether the quote at `at` has an odd number of backslashes before it. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === backslash) before--;
  return (at - before) % 2 === 1;
}

function survives(text: string, start: number, end: number): boolean {
  // Integers of up to 15 digits do; -0 does not.
  if (end - start <= 15 && text.charCodeAt(start) !== minus) {
    let at = start;
    while (at < end && isDigit(text.charCodeAt(at))) at++;
    if (at === end) return true;
  }
  const raw = text.slice(start, end);
  return String(Number(raw)) === raw;
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && code !== 0x2e && code !== minus && code !== 0x2b && code !== 0x65 && code !== 0x45) return at;
    at++;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
