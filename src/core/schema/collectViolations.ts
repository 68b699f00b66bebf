import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { nameKey } from '../toolcall/canonicalCall.ts';
import { jsonType, show } from '../toolcall/differences.ts';
import { didYouMean } from './didYouMean.ts';
import { hasDoubles, isMember, isSame, isShallow } from './enumSet.ts';
import type { PlanNode } from './plan.ts';
import { numberFindings, stringFindings, type ScalarFinding } from './scalars.ts';
import { bitsOf, branchFlags, deepest, fits, isClosed, lax, mostSteps, open, root, startCounting } from './verdict.ts';
import type { SchemaViolation } from './violation.ts';

type Path = readonly (string | number)[];

const mostViolations = 200;
/** A step under alternatives counts so many times: what it finds is thrown away for all but one, and they may refer to each other. */
const stepOfAttempt = 20;

/** Everything that is wrong with arguments that `isValid` refuses; never empty. At most 200 are listed. */
export function collectViolations(plan: PlanNode, args: JsonValue): readonly SchemaViolation[] {
  startCounting();
  const run = new Collection();
  run.check(plan, args, [], 0, root);
  // Only where the work ran out at another place than it did for the verdict.
  if (run.found.length === 0) run.add([], 'depth', 'is too much to be checked');
  return run.found;
}

/** The same for a value below the arguments, at `path`; empty where nothing is wrong. */
export function collectBelow(plan: PlanNode, value: JsonValue, path: Path): readonly SchemaViolation[] {
  startCounting();
  const run = new Collection();
  run.check(plan, value, path, path.length, 0);
  return run.found;
}

class Collection {
  found: SchemaViolation[] = [];
  private steps = 0;
  private attempts = 0;

  check(node: PlanNode, value: JsonValue, path: Path, depth: number, flags: number): void {
    if (node.refuses) {
      this.add(path, 'unknown', 'is not allowed');
      return;
    }
    if (node.types !== 0 && (node.types & bitsOf(value)) === 0) {
      this.addType(node.schema, value, path);
      return;
    }
    if (node.isBare || this.found.length >= mostViolations) return;
    this.steps += this.attempts > 0 ? stepOfAttempt : 1;
    if (depth > deepest || this.steps > mostSteps) {
      if (this.found.at(-1)?.kind !== 'depth') this.add(path, 'depth', 'is nested too deep to be checked');
      return;
    }
    this.checkEnum(node, value, path);
    if (typeof value === 'string' && node.boundsStrings) this.addScalars(stringFindings(node, value), path);
    else if ((typeof value === 'number' || value instanceof JsonNumber) && node.boundsNumbers) this.addScalars(numberFindings(node, value), path);
    else if (Array.isArray(value)) this.checkArray(node, value as readonly JsonValue[], path, depth, flags);
    else if (isJsonObject(value)) this.checkObject(node, value, path, depth, flags);
    if (node.hasCombinations) this.checkCombinations(node, value, path, depth, flags);
  }

  add(path: Path, kind: SchemaViolation['kind'], message: string, more: Pick<SchemaViolation, 'expected' | 'suggestion' | 'ownDefault'> = {}): void {
    this.found.push({ path, kind, message: `${where(path)} ${message}`, ...more });
  }

  private addScalars(findings: readonly ScalarFinding[], path: Path): void {
    for (const { kind, message, expected } of findings) this.add(path, kind, message, { expected });
  }

  private addType(schema: JsonObject, value: JsonValue, path: Path): void {
    const given = schema['type'];
    const types = (Array.isArray(given) ? (given as readonly JsonValue[]) : [given]).filter((type) => typeof type === 'string');
    const [first] = types;
    this.add(path, 'type', `is ${value === null ? 'null' : `${jsonType(value)} ${brief(value)}`}, expected ${types.join(' or ')}`, { ...(first === undefined ? {} : { expected: types.length === 1 ? first : types }), ...defaultMark(schema, value) });
  }

  private checkEnum(node: PlanNode, value: JsonValue, path: Path): void {
    if (node.allowed === undefined || isMember(node.allowed, value)) return;
    const { list } = node.allowed;
    const texts = list.filter((member) => typeof member === 'string');
    const suggestion = typeof value === 'string' ? didYouMean(value, texts) : undefined;
    const listed = list.slice(0, 8).map(brief).join(', ') + (list.length > 8 ? ', …' : '');
    this.add(path, 'enum', `is ${brief(value)}, expected ${list.length === 1 ? '' : 'one of '}${listed}`, { expected: list, ...(suggestion === undefined ? {} : { suggestion }), ...defaultMark(node.schema, value) });
  }

  private checkObject(node: PlanNode, value: JsonObject, path: Path, depth: number, flags: number): void {
    for (const name of node.required) if (!Object.hasOwn(value, name)) this.add([...path, name], 'missing', 'is required and missing');
    const closed = isClosed(node, flags);
    const inner = flags & lax;
    const names = Object.keys(value);
    for (const name of names) {
      const member = value[name];
      if (member === undefined) continue;
      const at = [...path, name];
      const declared = node.properties?.get(name);
      if (declared !== undefined) this.check(declared, member, at, depth + 1, inner);
      const isKnown = this.checkPatterns(node, name, member, at, depth, inner) || declared !== undefined;
      if (!isKnown && node.additional !== undefined) this.check(node.additional, member, at, depth + 1, inner);
      else if (!isKnown && closed) this.addUnknown(name, at, node);
      if (node.propertyNames !== undefined && !fits(node.propertyNames, name, depth + 1, inner)) this.add(at, 'unknown', 'is not a name that is allowed here');
    }
    if (names.length < node.leastMembers) this.add(path, 'length', `has ${names.length} members, at least ${node.leastMembers} are needed`, { expected: node.leastMembers });
    if (names.length > node.mostMembers) this.add(path, 'length', `has ${names.length} members, at most ${node.mostMembers} are allowed`, { expected: node.mostMembers });
    for (const [name, needed] of node.dependentRequired ?? []) {
      if (!Object.hasOwn(value, name)) continue;
      for (const other of needed) if (!Object.hasOwn(value, other)) this.add([...path, other], 'missing', `is required beside ${nameKey(name)} and missing`);
    }
    for (const [name, part] of node.dependentSchemas ?? []) if (Object.hasOwn(value, name)) this.check(part, value, path, depth + 1, flags | open);
  }

  private checkPatterns(node: PlanNode, name: string, member: JsonValue, at: Path, depth: number, inner: number): boolean {
    let isKnown = false;
    for (const { pattern, node: part } of node.patterns ?? []) {
      const isUnsafe = pattern === undefined || name.length > pattern.longestText;
      if (!isUnsafe && !pattern.expression.test(name)) continue;
      isKnown = true;
      if (!isUnsafe) this.check(part, member, at, depth + 1, inner);
    }
    return isKnown;
  }

  private addUnknown(name: string, at: Path, node: PlanNode): void {
    const suggestion = didYouMean(name, node.properties?.keys() ?? []);
    this.add(at, 'unknown', `is not a declared parameter${suggestion === undefined ? '' : `; did you mean ${show(suggestion)}?`}`, suggestion === undefined ? {} : { suggestion });
  }

  private checkArray(node: PlanNode, value: readonly JsonValue[], path: Path, depth: number, flags: number): void {
    if (value.length < node.leastItems) this.add(path, 'length', `has ${value.length} members, at least ${node.leastItems} are needed`, { expected: node.leastItems });
    if (value.length > node.mostItems) this.add(path, 'length', `has ${value.length} members, at most ${node.mostItems} are allowed`, { expected: node.mostItems });
    value.forEach((member, i) => {
      const own = i < node.prefix.length ? node.prefix[i] : node.items;
      if (own !== undefined) this.check(own, member, [...path, i], depth + 1, flags & lax);
    });
    const { contains } = node;
    if (contains !== undefined) {
      const count = value.filter((member) => fits(contains, member, depth + 1, lax)).length;
      if (count < node.leastContains) this.add(path, 'combination', `has ${count} members of the kind that is asked for, at least ${node.leastContains} are needed`);
      if (count > node.mostContains) this.add(path, 'combination', `has ${count} members of a kind of which at most ${node.mostContains} are allowed`);
    }
    if (node.unique && hasDoubles(value)) this.add(path, 'range', 'holds a member twice');
  }

  private checkCombinations(node: PlanNode, value: JsonValue, path: Path, depth: number, flags: number): void {
    const branch = branchFlags(node, flags);
    if (node.reference !== undefined) this.check(node.reference, value, path, depth + 1, branch);
    const all = node.all ?? [];
    for (const part of all) this.check(part, value, path, depth + 1, all.length > 1 ? branch | open : branch);
    for (const [parts, isExclusive] of [[node.any, false], [node.one, true]] as const) {
      if (parts === undefined) continue;
      const fitting = parts.filter((part) => fits(part, value, depth + 1, branch)).length;
      if (fitting === 0) this.addNearest(parts, value, path, depth, branch);
      else if (isExclusive && fitting > 1) this.add(path, 'combination', `fits ${fitting} of the alternatives, exactly one is allowed`);
    }
    if (node.not !== undefined && fits(node.not, value, depth + 1, flags | lax)) this.add(path, 'combination', `is ${brief(value)}, which is excluded`);
    if (node.condition === undefined) return;
    const consequence = fits(node.condition, value, depth + 1, flags | lax) ? node.consequence : node.alternative;
    if (consequence !== undefined) this.check(consequence, value, path, depth + 1, branch | open);
  }

  /** What to say when no alternative fits: the one that came furthest, or all their types. */
  private addNearest(parts: readonly PlanNode[], value: JsonValue, path: Path, depth: number, flags: number): void {
    const results = parts.map((part) => this.attempt(part, value, path, depth, flags));
    const ofType = results.filter((result) => result.length > 0 && !result.some((v) => v.kind === 'type' && v.path.length === path.length));
    const best = ofType.reduce<readonly SchemaViolation[] | undefined>((least, result) => (least === undefined || result.length < least.length ? result : least), undefined);
    if (best !== undefined) {
      for (const violation of best) this.found.push(violation);
      return;
    }
    const types = [...new Set(results.flat().flatMap((v) => (v.path.length > path.length ? [] : (Array.isArray(v.expected) ? (v.expected as readonly JsonValue[]) : [v.expected]).filter((t) => typeof t === 'string'))))];
    if (types.length > 0) this.add(path, 'type', `is ${value === null ? 'null' : `${jsonType(value)} ${brief(value)}`}, expected ${types.join(' or ')}`, { expected: types });
    else this.add(path, 'combination', 'fits none of the alternatives');
  }

  private attempt(node: PlanNode, value: JsonValue, path: Path, depth: number, flags: number): SchemaViolation[] {
    const kept = this.found;
    this.found = [];
    this.attempts += 1;
    this.check(node, value, path, depth + 1, flags);
    this.attempts -= 1;
    const result = this.found;
    this.found = kept;
    return result;
  }
}

function defaultMark(schema: JsonObject, value: JsonValue): { readonly ownDefault?: true } {
  const given = Object.hasOwn(schema, 'default') ? schema['default'] : undefined;
  return given !== undefined && isShallow(value, 0) && isSame(given, value, 0) ? { ownDefault: true } : {};
}

/** A value for a message; one that nests too deep to be written is only named. */
function brief(value: JsonValue): string {
  return isShallow(value, 0) ? show(value) : Array.isArray(value) ? '[…]' : '{…}';
}

/** `address.city`, `items[2]`; the arguments themselves have no name. */
function where(path: Path): string {
  if (path.length === 0) return 'the value';
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? nameKey(part) : `${text}.${part}`), '');
}
