import { objectOf } from '../json/parse.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { nameKey, numberKey, valueKey } from '../toolcall/canonicalCall.ts';
import { jsonType, show } from '../toolcall/differences.ts';
import { didYouMean } from './didYouMean.ts';
import { scalarViolations } from './scalars.ts';
import type { SchemaViolation } from './violation.ts';

type Path = readonly (string | number)[];

/** How far the validator follows schema and value; deeper is a violation, not a crash. */
const deepest = 128;
/** Work that one call may cost at most: schemas that refer to themselves can ask for any amount. */
const mostSteps = 100_000;

/**
 * Checks arguments against a JSON Schema as `toolParameterSchema` makes it. Stricter than the standard in one point: where
 * an object declares properties and does not speak of additional ones, an undeclared member is a violation. `1.0` is an
 * integer, as the standard has it; `true` is never a number (looptool-spec.md 9.4). Patterns that could hang are not applied.
 */
export function validateArguments(schema: JsonObject, args: JsonValue): readonly SchemaViolation[] {
  const run = new Validation(schema);
  run.check(schema, args, [], 0, false);
  return run.found;
}

class Validation {
  found: SchemaViolation[] = [];
  private steps = 0;

  constructor(private readonly root: JsonObject) {}

  /** `open`: another schema speaks of the same object, so members that this one does not declare are none of its business. */
  check(schema: JsonValue | undefined, value: JsonValue, path: Path, depth: number, open: boolean): void {
    this.steps += 1;
    if (schema === undefined || schema === true) return;
    if (depth > deepest || this.steps > mostSteps) {
      if (this.found.at(-1)?.kind !== 'depth') this.add(path, 'depth', 'is nested too deep to be checked');
      return;
    }
    if (schema === false) {
      this.add(path, 'unknown', 'is not allowed');
      return;
    }
    if (!isJsonObject(schema)) return;
    const before = this.found.length;
    this.checkType(schema, value, path);
    if (this.found.length > before) return;
    this.checkEnum(schema, value, path);
    this.found.push(...scalarViolations(schema, value).map((violation) => ({ ...violation, path, message: `${where(path)} ${violation.message}` })));
    if (isJsonObject(value)) this.checkObject(schema, value, path, depth, open);
    else if (Array.isArray(value)) this.checkArray(schema, value, path, depth);
    this.checkCombinations(schema, value, path, depth, open);
  }

  private add(path: Path, kind: SchemaViolation['kind'], message: string, more: Pick<SchemaViolation, 'expected' | 'suggestion'> = {}): void {
    this.found.push({ path, kind, message: `${where(path)} ${message}`, ...more });
  }

  private checkType(schema: JsonObject, value: JsonValue, path: Path): void {
    const given = schema['type'];
    if (given === undefined) return;
    const types = (Array.isArray(given) ? given : [given]).filter((type) => typeof type === 'string');
    if (types.length === 0 || types.some((type) => hasType(value, type))) return;
    const expected = types.length === 1 ? types[0] : types;
    this.add(path, 'type', `is ${jsonType(value)} ${show(value)}, expected ${types.join(' or ')}`, expected === undefined ? {} : { expected });
  }

  private checkEnum(schema: JsonObject, value: JsonValue, path: Path): void {
    const allowed = Array.isArray(schema['enum']) ? schema['enum'] : Object.hasOwn(schema, 'const') ? [schema['const'] ?? null] : undefined;
    if (allowed === undefined) return;
    const key = valueKey(value);
    if (allowed.some((member: JsonValue) => valueKey(member) === key)) return;
    const texts = allowed.filter((member) => typeof member === 'string');
    const suggestion = typeof value === 'string' ? didYouMean(value, texts) : undefined;
    const listed = allowed.slice(0, 8).map(show).join(', ') + (allowed.length > 8 ? ', …' : '');
    this.add(path, 'enum', `is ${show(value)}, expected ${allowed.length === 1 ? '' : 'one of '}${listed}`, { expected: allowed, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  private checkObject(schema: JsonObject, value: JsonObject, path: Path, depth: number, open: boolean): void {
    const properties = schema['properties'];
    const declared = properties !== undefined && isJsonObject(properties) ? properties : objectOf([]);
    for (const name of Array.isArray(schema['required']) ? schema['required'] : []) {
      if (typeof name === 'string' && !Object.hasOwn(value, name)) this.add([...path, name], 'missing', 'is required and missing');
    }
    const patterns = schema['patternProperties'];
    const additional = schema['additionalProperties'];
    const combined = open || ['allOf', 'anyOf', 'oneOf', '$ref', 'if'].some((key) => key in schema);
    // A nested object that declares an empty list of properties is a free one; arguments that do so are none.
    const closed = additional === false || (additional === undefined && !combined && patterns === undefined && (Object.keys(declared).length > 0 || (path.length === 0 && properties !== undefined)));
    for (const [name, member] of Object.entries(value)) {
      const at = [...path, name];
      if (Object.hasOwn(declared, name)) this.check(declared[name], member, at, depth + 1, false);
      else if (isJsonObject(additional)) this.check(additional, member, at, depth + 1, false);
      else if (closed && patterns === undefined) {
        const suggestion = didYouMean(name, Object.keys(declared));
        this.add(at, 'unknown', `is not a declared parameter${suggestion === undefined ? '' : `; did you mean ${show(suggestion)}?`}`, suggestion === undefined ? {} : { suggestion });
      }
    }
  }

  private checkArray(schema: JsonObject, value: readonly JsonValue[], path: Path, depth: number): void {
    const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
    value.forEach((member, i) => {
      const own: JsonValue | undefined = i < prefix.length ? (prefix as readonly JsonValue[])[i] : schema['items'];
      this.check(own, member, [...path, i], depth + 1, false);
    });
    if (schema['uniqueItems'] === true && new Set(value.map(valueKey)).size < value.length) this.add(path, 'range', 'holds a member twice');
  }

  private checkCombinations(schema: JsonObject, value: JsonValue, path: Path, depth: number, open: boolean): void {
    const branchOpen = open || isJsonObject(schema['properties']);
    if (typeof schema['$ref'] === 'string') this.check(this.resolve(schema['$ref']), value, path, depth + 1, branchOpen);
    const all: readonly JsonValue[] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
    for (const part of all) this.check(part, value, path, depth + 1, branchOpen || all.length > 1);
    for (const key of ['anyOf', 'oneOf'] as const) {
      const parts = schema[key];
      if (!Array.isArray(parts) || parts.length === 0) continue;
      const results = parts.map((part: JsonValue) => this.attempt(part, value, path, depth, branchOpen));
      const fitting = results.filter((result) => result.length === 0).length;
      if (fitting === 0) for (const violation of nearest(results, value, path)) this.found.push(violation);
      else if (key === 'oneOf' && fitting > 1) this.add(path, 'combination', `fits ${fitting} of the alternatives, exactly one is allowed`);
    }
    if (schema['not'] !== undefined && this.attempt(schema['not'], value, path, depth, true).length === 0) this.add(path, 'combination', `is ${show(value)}, which is excluded`);
  }

  private attempt(schema: JsonValue, value: JsonValue, path: Path, depth: number, open: boolean): SchemaViolation[] {
    const kept = this.found;
    this.found = [];
    this.check(schema, value, path, depth + 1, open);
    const result = this.found;
    this.found = kept;
    return result;
  }

  /** Local references only; others, and those that lead nowhere, allow anything. */
  private resolve(reference: string): JsonValue | undefined {
    if (reference !== '#' && !reference.startsWith('#/')) return undefined;
    let at: JsonValue | undefined = this.root;
    for (const step of reference.split('/').slice(1)) {
      const name = decode(step);
      if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(name)];
      else at = at !== undefined && isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }
    return at;
  }
}

function decode(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

/** What to say when no alternative fits: the one that came furthest, or all their types. */
function nearest(results: readonly (readonly SchemaViolation[])[], value: JsonValue, path: Path): readonly SchemaViolation[] {
  const ofType = results.filter((result) => !result.some((v) => v.kind === 'type' && v.path.length === path.length));
  const [best] = [...ofType].sort((a, b) => a.length - b.length);
  if (best !== undefined) return best;
  const types = [...new Set(results.flat().flatMap((v) => (v.path.length > path.length ? [] : (Array.isArray(v.expected) ? v.expected : [v.expected]).filter((t) => typeof t === 'string'))))];
  return [{ path, kind: 'type', message: `${where(path)} is ${jsonType(value)} ${show(value)}, expected ${types.join(' or ')}`, expected: types }];
}

function hasType(value: JsonValue, type: string): boolean {
  if (type === 'integer') return (typeof value === 'number' || value instanceof JsonNumber) && /^-?\d/.test(numberKey(value));
  return jsonType(value) === type;
}

/** `address.city`, `items[2]`; the arguments themselves have no name. */
function where(path: Path): string {
  if (path.length === 0) return 'the value';
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? nameKey(part) : `${text}.${part}`), '');
}
