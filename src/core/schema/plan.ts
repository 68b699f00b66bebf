import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { enumSet, isSame, type EnumSet } from './enumSet.ts';
import { formatOf } from './formats.ts';
import { resolveReference, type References } from './references.ts';
import { safePattern, type SafePattern } from './safePattern.ts';

/** JSON types as bits; an integer has two, so that `number` admits it. */
export const typeBits = { null: 1, boolean: 2, string: 4, number: 8, integer: 16, array: 32, object: 64 } as const;

/** What happens to members that an object schema does not declare: refused, refused unless another schema speaks of the same object, refused in the arguments themselves, or taken. */
export type Closing = 'always' | 'alone' | 'root' | 'never';

export type PatternNode = { readonly pattern: SafePattern | undefined; readonly node: PlanNode };

/** One schema, made ready: every keyword looked up and every sub-schema bound once. Fields are undefined where the schema does not speak. */
export class PlanNode {
  /** Of the `typeBits`; 0 allows any type. */
  types = 0;
  refuses = false;
  /** No keyword beyond `types`: nothing else has to be looked at. */
  isBare = true;
  allowed: EnumSet | undefined;
  minimum = -Infinity;
  maximum = Infinity;
  above = -Infinity;
  below = Infinity;
  step = 0;
  boundsNumbers = false;
  leastLength = 0;
  mostLength = Infinity;
  pattern: SafePattern | undefined;
  format: ((text: string) => boolean) | undefined;
  boundsStrings = false;
  properties: Map<string, PlanNode> | undefined;
  required: readonly string[] = [];
  patterns: readonly PatternNode[] | undefined;
  additional: PlanNode | undefined;
  closing: Closing = 'never';
  leastMembers = 0;
  mostMembers = Infinity;
  propertyNames: PlanNode | undefined;
  dependentRequired: readonly (readonly [string, readonly string[]])[] | undefined;
  dependentSchemas: readonly (readonly [string, PlanNode])[] | undefined;
  prefix: readonly PlanNode[] = [];
  items: PlanNode | undefined;
  unique = false;
  leastItems = 0;
  mostItems = Infinity;
  contains: PlanNode | undefined;
  leastContains = 1;
  mostContains = Infinity;
  hasCombinations = false;
  reference: PlanNode | undefined;
  all: readonly PlanNode[] | undefined;
  any: readonly PlanNode[] | undefined;
  one: readonly PlanNode[] | undefined;
  not: PlanNode | undefined;
  condition: PlanNode | undefined;
  consequence: PlanNode | undefined;
  alternative: PlanNode | undefined;

  constructor(readonly schema: JsonObject) {}
}

const plans = new WeakMap<JsonObject, PlanNode>();

/** The plan of a schema, made once for each schema object. Never throws; keywords that make no sense are left out. */
export function planOf(schema: JsonObject): PlanNode {
  const known = plans.get(schema);
  if (known !== undefined) return known;
  const made = makePlan(schema);
  plans.set(schema, made);
  return made;
}

/** The same without a memory. */
export function makePlan(schema: JsonObject): PlanNode {
  return new Planner(schema).node(schema);
}

/** Schemas nest at most this deep when they come from `toolParameterSchema`; others are cut off. */
const deepestPlan = 256;

class Planner {
  private readonly made = new Map<JsonObject, PlanNode>();
  private readonly references: References;
  private depth = 0;

  constructor(root: JsonObject) {
    this.references = { root };
  }

  node(schema: JsonValue | undefined): PlanNode {
    if (schema === undefined || !isJsonObject(schema) || this.depth > deepestPlan) {
      const node = new PlanNode({});
      node.refuses = schema === false;
      return node;
    }
    const known = this.made.get(schema);
    if (known !== undefined) return known;
    const node = new PlanNode(schema);
    // Before its parts, because they may refer to it.
    this.made.set(schema, node);
    node.types = typesOf(schema['type']);
    if (saysNoMore(schema)) return node;
    this.depth += 1;
    node.allowed = allowedOf(schema);
    this.scalars(schema, node);
    this.object(schema, node);
    this.array(schema, node);
    this.combinations(schema, node);
    node.isBare = !node.hasCombinations && !node.boundsNumbers && !node.boundsStrings && node.allowed === undefined && !hasObjectParts(node) && !hasArrayParts(node);
    this.depth -= 1;
    return node;
  }

  private scalars(schema: JsonObject, node: PlanNode): void {
    const minimum = bound(schema['minimum']);
    const maximum = bound(schema['maximum']);
    node.minimum = minimum ?? -Infinity;
    node.maximum = maximum ?? Infinity;
    // Before draft 6 the exclusive bounds were flags on the others.
    node.above = (schema['exclusiveMinimum'] === true ? minimum : bound(schema['exclusiveMinimum'])) ?? -Infinity;
    node.below = (schema['exclusiveMaximum'] === true ? maximum : bound(schema['exclusiveMaximum'])) ?? Infinity;
    node.step = Math.max(0, bound(schema['multipleOf']) ?? 0);
    node.boundsNumbers = node.minimum !== -Infinity || node.maximum !== Infinity || node.above !== -Infinity || node.below !== Infinity || node.step > 0;
    node.leastLength = bound(schema['minLength']) ?? 0;
    node.mostLength = bound(schema['maxLength']) ?? Infinity;
    node.pattern = typeof schema['pattern'] === 'string' ? safePattern(schema['pattern']) : undefined;
    node.format = typeof schema['format'] === 'string' ? formatOf(schema['format']) : undefined;
    node.boundsStrings = node.leastLength > 0 || node.mostLength !== Infinity || node.pattern !== undefined || node.format !== undefined;
  }

  private object(schema: JsonObject, node: PlanNode): void {
    const properties = schema['properties'];
    if (properties !== undefined && isJsonObject(properties)) node.properties = new Map(Object.keys(properties).map((name) => [name, this.node(properties[name])]));
    node.required = names(schema['required']);
    const patterns = schema['patternProperties'];
    if (patterns !== undefined && isJsonObject(patterns)) node.patterns = Object.keys(patterns).map((pattern) => ({ pattern: safePattern(pattern), node: this.node(patterns[pattern]) }));
    const additional = schema['additionalProperties'];
    if (isJsonObject(additional)) node.additional = this.node(additional);
    node.closing = closingOf(schema, node);
    node.leastMembers = bound(schema['minProperties']) ?? 0;
    node.mostMembers = bound(schema['maxProperties']) ?? Infinity;
    node.propertyNames = this.optional(schema['propertyNames']);
    const dependentRequired = schema['dependentRequired'];
    if (dependentRequired !== undefined && isJsonObject(dependentRequired)) node.dependentRequired = Object.entries(dependentRequired).map(([name, list]) => [name, names(list)]);
    const dependentSchemas = schema['dependentSchemas'];
    if (dependentSchemas !== undefined && isJsonObject(dependentSchemas)) node.dependentSchemas = Object.entries(dependentSchemas).map(([name, part]) => [name, this.node(part)]);
  }

  private array(schema: JsonObject, node: PlanNode): void {
    if (Array.isArray(schema['prefixItems'])) node.prefix = (schema['prefixItems'] as readonly JsonValue[]).map((part) => this.node(part));
    node.items = this.optional(schema['items']);
    node.unique = schema['uniqueItems'] === true;
    node.leastItems = bound(schema['minItems']) ?? 0;
    node.mostItems = bound(schema['maxItems']) ?? Infinity;
    node.contains = this.present(schema['contains']);
    node.leastContains = bound(schema['minContains']) ?? 1;
    node.mostContains = bound(schema['maxContains']) ?? Infinity;
  }

  private combinations(schema: JsonObject, node: PlanNode): void {
    if (typeof schema['$ref'] === 'string') {
      const target = resolveReference(schema['$ref'], this.references);
      if (target !== undefined) node.reference = this.node(target);
    }
    node.all = this.list(schema['allOf']);
    node.any = this.list(schema['anyOf']);
    node.one = this.list(schema['oneOf']);
    node.not = this.present(schema['not']);
    node.condition = this.present(schema['if']);
    node.consequence = this.optional(schema['then']);
    node.alternative = this.optional(schema['else']);
    node.hasCombinations = [node.reference, node.all, node.any, node.one, node.not, node.condition].some((part) => part !== undefined);
  }

  private optional(schema: JsonValue | undefined): PlanNode | undefined {
    return schema === undefined || schema === true ? undefined : schema === false || isJsonObject(schema) ? this.node(schema) : undefined;
  }

  /** For keywords that also say something with `true`. */
  private present(schema: JsonValue | undefined): PlanNode | undefined {
    return typeof schema === 'boolean' || (schema !== undefined && isJsonObject(schema)) ? this.node(schema) : undefined;
  }

  private list(schemas: JsonValue | undefined): readonly PlanNode[] | undefined {
    return Array.isArray(schemas) && schemas.length > 0 ? (schemas as readonly JsonValue[]).map((part) => this.node(part)) : undefined;
  }
}

/** Keywords that bind nothing. Most parameters have no others, beside their type. */
const idle: ReadonlySet<string> = new Set(['type', 'description', 'title', 'default', 'example', 'examples', 'example_value', '$schema', '$comment', 'deprecated']);

function saysNoMore(schema: JsonObject): boolean {
  for (const key in schema) if (!idle.has(key)) return false;
  return true;
}

function hasObjectParts(node: PlanNode): boolean {
  const isFree = node.closing === 'never' && node.properties === undefined && node.required.length === 0 && node.patterns === undefined && node.additional === undefined;
  return !isFree || node.leastMembers > 0 || node.mostMembers !== Infinity || node.propertyNames !== undefined || node.dependentRequired !== undefined || node.dependentSchemas !== undefined;
}

function hasArrayParts(node: PlanNode): boolean {
  return node.prefix.length > 0 || node.items !== undefined || node.unique || node.leastItems > 0 || node.mostItems !== Infinity || node.contains !== undefined;
}

/** A nested object that declares an empty list of properties is a free one; arguments that do so are none. */
function closingOf(schema: JsonObject, node: PlanNode): Closing {
  const additional = schema['additionalProperties'];
  if (additional === false) return 'always';
  if (additional !== undefined || node.patterns !== undefined || schema['unevaluatedProperties'] !== undefined || node.properties === undefined) return 'never';
  if (['allOf', 'anyOf', 'oneOf', '$ref', 'if', 'dependentSchemas'].some((key) => Object.hasOwn(schema, key))) return 'never';
  return node.properties.size > 0 ? 'alone' : 'root';
}

/** Names that are no JSON type allow anything: refusing would call every value wrong. */
function typesOf(given: JsonValue | undefined): number {
  let bits = 0;
  for (const name of Array.isArray(given) ? (given as readonly JsonValue[]) : [given]) {
    if (typeof name !== 'string' || !Object.hasOwn(typeBits, name)) {
      if (name !== undefined) return 0;
      continue;
    }
    // Own keys alone, and checked above.
    bits |= typeBits[name as keyof typeof typeBits];
  }
  return bits;
}

/** Beside a list, `const` leaves of it what is the same value. */
function allowedOf(schema: JsonObject): EnumSet | undefined {
  const list = Array.isArray(schema['enum']) ? (schema['enum'] as readonly JsonValue[]) : undefined;
  if (!Object.hasOwn(schema, 'const')) return list === undefined ? undefined : enumSet(list);
  const constant = schema['const'] ?? null;
  return enumSet(list === undefined || list.some((member) => isSame(constant, member, 0)) ? [constant] : []);
}

function names(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function bound(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' || value instanceof JsonNumber ? Number(value) : undefined;
}
