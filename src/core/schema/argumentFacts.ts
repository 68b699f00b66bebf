import type { ToolDefinition } from '../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { toolParameterSchema } from './normalise.ts';
import type { PlanNode } from './plan.ts';

/** What a tool's schema says of one argument, or of a part of one. */
export type ArgumentFacts = {
  readonly name: string;
  /** JSON Schema of the argument itself. */
  readonly schema: JsonObject;
  readonly required: boolean;
  /** JSON type names; empty where any type is allowed. */
  readonly types: readonly string[];
  readonly description: string | undefined;
  /** Whether the schema gives a default, and which; null is one. */
  readonly hasDefault: boolean;
  readonly default: JsonValue | undefined;
  /** The values that are allowed; undefined where they are not listed. */
  readonly values: readonly JsonValue[] | undefined;
  readonly format: string | undefined;
  /** An array in which order and doubles carry no meaning: `uniqueItems`, or `set` by its type's name. */
  readonly isSet: boolean;
};

const known = new WeakMap<JsonObject, ReadonlyMap<string, ArgumentFacts>>();

/** Facts of all declared arguments of a tool, in their order; made once for each tool. */
export function toolArguments(tool: ToolDefinition): ReadonlyMap<string, ArgumentFacts> {
  return factsOf(toolParameterSchema(tool).schema);
}

/** Facts of the argument or part of one at `path` (`address`, `lines`, 0), through references and alternatives; undefined where the schema declares none. */
export function argumentAt(tool: ToolDefinition, path: readonly (string | number)[]): ArgumentFacts | undefined {
  let node: PlanNode | undefined = toolParameterSchema(tool).plan;
  let parent: PlanNode | undefined;
  for (const step of path) {
    parent = node;
    node = node === undefined ? undefined : below(node, step, 0);
  }
  const last = path.at(-1);
  return node === undefined || last === undefined ? undefined : factsOfNode(String(last), node.schema, typeof last === 'string' && parent?.required.includes(last) === true);
}

/** Facts of the members that the arguments, or an object among them at `path`, may have; none where the schema declares none. */
export function membersAt(tool: ToolDefinition, path: readonly (string | number)[]): readonly ArgumentFacts[] {
  let node: PlanNode | undefined = toolParameterSchema(tool).plan;
  for (const step of path) node = node === undefined ? undefined : below(node, step, 0);
  const found = new Map<string, ArgumentFacts>();
  if (node !== undefined) collectMembers(node, found, 0);
  return [...found.values()];
}

function collectMembers(node: PlanNode, found: Map<string, ArgumentFacts>, depth: number): void {
  for (const [name, { schema }] of node.properties ?? []) if (!found.has(name)) found.set(name, factsOfNode(name, schema, node.required.includes(name)));
  if (depth > deepest) return;
  for (const part of partsOf(node)) collectMembers(part, found, depth + 1);
}

function partsOf(node: PlanNode): readonly PlanNode[] {
  return [...(node.reference === undefined ? [] : [node.reference]), ...(node.all ?? []), ...(node.any ?? []), ...(node.one ?? [])];
}

const deepest = 16;

function below(node: PlanNode, step: string | number, depth: number): PlanNode | undefined {
  const own = typeof step === 'number' ? (node.prefix[step] ?? node.items) : (node.properties?.get(step) ?? node.additional);
  if (own !== undefined || depth > deepest) return own;
  for (const part of partsOf(node)) {
    const found = below(part, step, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function factsOf(schema: JsonObject): ReadonlyMap<string, ArgumentFacts> {
  const cached = known.get(schema);
  if (cached !== undefined) return cached;
  const properties = schema['properties'];
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as readonly JsonValue[]) : []);
  const made = new Map<string, ArgumentFacts>();
  if (properties !== undefined && isJsonObject(properties)) {
    for (const name of Object.keys(properties)) {
      const own = properties[name];
      made.set(name, factsOfNode(name, own !== undefined && isJsonObject(own) ? own : {}, required.has(name)));
    }
  }
  known.set(schema, made);
  return made;
}

function factsOfNode(name: string, schema: JsonObject, required: boolean): ArgumentFacts {
  const parts = withAlternatives(schema);
  const text = (key: string): string | undefined => parts.map((part) => part[key]).find((value) => typeof value === 'string');
  const listed = parts.map((part) => (Object.hasOwn(part, 'const') ? [part['const'] ?? null] : part['enum'])).find((value) => Array.isArray(value));
  return {
    name,
    schema,
    required,
    types: [...new Set(parts.flatMap((part) => part['type'] ?? []).filter((type) => typeof type === 'string'))],
    description: text('description'),
    hasDefault: Object.hasOwn(schema, 'default'),
    default: Object.hasOwn(schema, 'default') ? schema['default'] : undefined,
    // Array.isArray leaves the members of a readonly array untyped.
    values: listed as readonly JsonValue[] | undefined,
    format: text('format'),
    isSet: parts.some((part) => part['uniqueItems'] === true),
  };
}

const deepestAlternative = 4;

/** The schema, then its alternatives: `Optional[…]` and nullable ones keep their words in there. */
function withAlternatives(schema: JsonObject, depth = 0): readonly JsonObject[] {
  const alternatives = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const list = schema[key];
    return Array.isArray(list) && depth < deepestAlternative ? (list as readonly JsonValue[]).filter((part) => isJsonObject(part)) : [];
  });
  return [schema, ...alternatives.flatMap((part) => withAlternatives(part, depth + 1))];
}
