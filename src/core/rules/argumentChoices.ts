import type { Label, Sample, ToolDefinition } from '../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { toolParameterSchema } from '../schema/normalise.ts';
import { fold } from './grounding/requestText.ts';

/** One argument of the label, or one member of an object among its arguments, with every value that counts as right. */
export type ArgumentChoices = {
  readonly call: number;
  readonly path: readonly (string | number)[];
  readonly name: string;
  readonly tool: ToolDefinition;
  /** Schema of the argument as `core/schema` normalises it; absent where the tool does not declare it. */
  readonly schema: JsonObject | undefined;
  readonly required: boolean;
  /** The label says that the argument may be left out. */
  readonly omissible: boolean;
  /** One value in ordinary labels, several in possible answers; the mark of omission is not among them. */
  readonly choices: readonly JsonValue[];
  /** The label lists possible answers. */
  readonly listed: boolean;
};

const deepest = 8;

/** Arguments of all calls of a label, in order, outer before inner. Calls of unknown tools are left out. */
export function argumentChoices(sample: Sample): readonly ArgumentChoices[] {
  const { label, tools } = sample;
  if (label.kind !== 'calls') return [];
  const found: ArgumentChoices[] = [];
  label.calls.forEach((call, index) => {
    const tool = tools.find(({ name }) => name === call.name);
    if (tool === undefined) return;
    const possible = possibleArguments(label, index);
    const walk = new Walk(found, index, tool, possible !== undefined);
    walk.members(possible ?? call.arguments, toolParameterSchema(tool).schema, []);
  });
  return found;
}

function possibleArguments(label: Extract<Label, { readonly kind: 'calls' }>, call: number): JsonObject | undefined {
  return label.possible?.[call]?.arguments;
}

class Walk {
  constructor(
    private readonly found: ArgumentChoices[],
    private readonly call: number,
    private readonly tool: ToolDefinition,
    private readonly listed: boolean,
  ) {}

  members(object: JsonObject, schema: JsonObject | undefined, path: readonly (string | number)[]): void {
    const properties = schema?.['properties'];
    const declared = objectIn(properties);
    const required = Array.isArray(schema?.['required']) ? (schema['required'] as readonly JsonValue[]) : [];
    for (const name of Object.keys(object)) {
      const value = object[name] ?? null;
      const own = declared !== undefined && Object.hasOwn(declared, name) ? declared[name] : undefined;
      const ownSchema = objectIn(own);
      // Some possible answers forget the list around a nested value.
      const all: readonly JsonValue[] = this.listed && Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
      const choices = this.listed && all.includes('') ? all.filter((choice) => choice !== '') : all;
      const at = [...path, name];
      this.found.push({ call: this.call, path: at, name, tool: this.tool, schema: ownSchema, required: required.includes(name), omissible: choices.length < all.length, choices, listed: this.listed });
      this.inside(choices[0], ownSchema, at);
    }
  }

  private inside(value: JsonValue | undefined, schema: JsonObject | undefined, path: readonly (string | number)[]): void {
    if (path.length > deepest || typeof value !== 'object' || value === null) return;
    if (isJsonObject(value)) this.members(value, schema, path);
    else if (Array.isArray(value)) {
      const items = schema?.['items'];
      (value as readonly JsonValue[]).forEach((item, i) => {
        if (isJsonObject(item)) this.members(item, objectIn(items), [...path, i]);
      });
    }
  }
}

/** Texts and numbers in a value, those inside lists included; members of objects are arguments of their own. */
export function scalarsOf(value: JsonValue, depth = 0): readonly JsonValue[] {
  if (typeof value !== 'object' || value === null) return [value];
  if (depth > deepest) return [];
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((item) => scalarsOf(item, depth + 1));
  return isJsonObject(value) ? [] : [value];
}

/** What the rules ask of a schema again and again; worked out once for each. */
type SchemaWords = { readonly description: string; readonly folded: string; readonly types: readonly string[]; readonly listed: readonly JsonValue[] };

const noWords: SchemaWords = { description: '', folded: '', types: [], listed: [] };
const known = new WeakMap<JsonObject, SchemaWords>();

function wordsOfSchema(schema: JsonObject | undefined): SchemaWords {
  if (schema === undefined) return noWords;
  const cached = known.get(schema);
  if (cached !== undefined) return cached;
  const parts = partsOf(schema);
  const description = parts.map((part) => part['description']).find((text) => typeof text === 'string') ?? '';
  const listed = [...parts, ...parts.flatMap((part) => partsOf(objectIn(part['items'])))].flatMap((part) => (Array.isArray(part['enum']) ? (part['enum'] as readonly JsonValue[]) : []));
  const made = { description, folded: fold(description), types: parts.flatMap((part) => part['type'] ?? []).filter((type) => typeof type === 'string'), listed };
  known.set(schema, made);
  return made;
}

export function descriptionOf({ schema }: Pick<ArgumentChoices, 'schema'>): string {
  return wordsOfSchema(schema).description;
}

/** The description in lower case, without accents. */
export function foldedDescriptionOf({ schema }: Pick<ArgumentChoices, 'schema'>): string {
  return wordsOfSchema(schema).folded;
}

/** JSON types that the schema allows; empty where it says nothing. */
export function typesOf(schema: JsonObject | undefined): readonly string[] {
  return wordsOfSchema(schema).types;
}

/** The values that the schema lists for the argument, or for each member of it. */
export function enumOf(schema: JsonObject | undefined): readonly JsonValue[] {
  return wordsOfSchema(schema).listed;
}

/** The schema and its alternatives: `Optional[…]` and nullable ones keep their words in there. */
function partsOf(schema: JsonObject | undefined): readonly JsonObject[] {
  if (schema === undefined) return [];
  const alternatives = ['anyOf', 'oneOf'].flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as readonly JsonValue[]).filter((part) => isJsonObject(part)) : []));
  return alternatives.length === 0 ? [schema] : [schema, ...alternatives];
}

function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  return value !== undefined && isJsonObject(value) ? value : undefined;
}
