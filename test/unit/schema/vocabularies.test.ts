import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json/value.ts';
import { toolParameterSchema } from '../../../src/core/schema/normalise.ts';
import { toolDefinitionOf } from '../../../src/core/schema/toolDefinition.ts';
import { namedType } from '../../../src/core/schema/typeNames.ts';
import { isValid } from '../../../src/core/schema/verdict.ts';

/** Without the null prototypes, which matter to nobody but toEqual. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const schemaOf = (tool: ToolDefinition): unknown => plain(toolParameterSchema(tool).schema);
const propertyOf = (property: JsonValue): unknown => (schemaOf({ name: 't', parameters: { type: 'object', properties: { x: property } } }) as { properties: { x: unknown } }).properties.x;
const problemsOf = (tool: ToolDefinition): string[] => toolParameterSchema(tool).problems.map(({ path, message }) => `${path.join('.')}: ${message}`);

const array = (items: JsonValue): JsonObject => ({ type: 'array', items });
const string = { type: 'string' };
const integer = { type: 'integer' };
const number = { type: 'number' };
const object = { type: 'object' };
const list = { type: 'array' };
const set = { type: 'array', uniqueItems: true };
const anything = {};

describe('type names of every language', () => {
  test.each<[string, JsonObject]>([
    // JSON Schema, in any case
    ['STRING', string], ['Integer', integer], ['NUMBER', number], ['BOOLEAN', { type: 'boolean' }], ['ARRAY', list], ['OBJECT', object], ['null', { type: 'null' }],
    // BFCL
    ['dict', object], ['float', number], ['tuple', list], ['any', anything],
    // Java
    ['String', string], ['long', integer], ['double', number], ['char', string], ['byte', integer], ['short', integer], ['Array', list], ['ArrayList', list], ['List<String>', array(string)],
    ['ArrayList<Integer>', array(integer)], ['HashMap', object], ['HashMap<String, Integer>', { type: 'object', additionalProperties: integer }], ['Hashtable', object], ['Queue', list], ['Stack', list],
    ['Set', set], ['HashSet<String>', { ...array(string), uniqueItems: true }], ['int[]', array(integer)], ['String[][]', array(array(string))], ['byte[]', { type: ['array', 'string'] }],
    ['java.util.List<java.lang.String>', array(string)], ['Map<String, List<Integer>>', { type: 'object', additionalProperties: array(integer) }],
    // JavaScript and TypeScript
    ['Bigint', integer], ['Number', number], ['Object', object], ['undefined', { type: 'null' }], ['function', anything], ['Promise<string>', string], ['Date', string],
    ['Record<string, number>', { type: 'object', additionalProperties: number }], ['Array<{ id: number; tag?: string }>', array({ type: 'object', properties: { id: number, tag: string }, required: ['id'] })],
    ['"asc" | "desc"', { enum: ['asc', 'desc'] }], ["'a' | 'b' | null", { enum: ['a', 'b', null] }], ['string | "auto"', { anyOf: [string, { enum: ['auto'] }] }],
    // Python
    ['str', string], ['int', integer], ['bool', { type: 'boolean' }], ['list', list], ['set', set], ['frozenset', set], ['bytes', string], ['None', { type: 'null' }], ['datetime', string], ['datetime.date', string],
    ['List[int]', array(integer)], ['typing.List[typing.Dict[str, typing.Any]]', array({ type: 'object', additionalProperties: {} })], ['Set[int]', { ...array(integer), uniqueItems: true }], ['list[dict]', array(object)],
    ['Literal["a", "b"]', { enum: ['a', 'b'] }], ["Literal['x', 1, None, True]", { enum: ['x', 1, null, true] }], ['int | None', { anyOf: [integer, { type: 'null' }] }], ['Tuple[int, ...]', array(integer)],
    ['Union[List[dict], dict]', { anyOf: [array(object), object] }], ['Annotated[int, "positive"]', integer], ['list(str)', array(string)],
    // NESTFUL, ToolBench and prose
    ['String Enum', string], ['Enum', string], ['ENUM', string], ['DATE', string], ['Date (yyyy-mm-dd)', string], ['file', string], ['json', anything],
    ['list of strings', array(string)], ['Array of Integers', array(integer)], ['array of objects', array(object)], ['set of numbers', { ...array(number), uniqueItems: true }], ['a positive integer', integer], ['string value', string], ['string or number', { anyOf: [string, number] }], ['integers', integer],
    ['Object{results, total}', object], ['Array[Object{id: string. The key.}. ]', array(object)],
  ])('%s', (name, schema) => {
    expect(plain(namedType(name))).toMatchObject({ schema });
    expect(plain(namedType(name).schema)).toEqual(schema);
    expect(namedType(name).unknown).toBeUndefined();
  });

  test.each<[string, { optional: boolean; default?: JsonValue; schema: JsonObject }]>([
    ['str, optional', { optional: true, schema: string }],
    ['List[int], optional', { optional: true, schema: array(integer) }],
    ['int, default 5', { optional: true, default: 5, schema: integer }],
    ['str, default="x"', { optional: true, default: 'x', schema: string }],
    ['str = "C"', { optional: true, default: 'C', schema: string }],
    ['int (optional)', { optional: true, schema: integer }],
    ['string (required)', { optional: false, schema: string }],
    ['Optional[str]', { optional: true, schema: { anyOf: [string, { type: 'null' }] } }],
    ['string?', { optional: true, schema: { anyOf: [string, { type: 'null' }] } }],
    ['NotRequired[int]', { optional: true, schema: integer }],
  ])('%s says more than a type', (name, expected) => {
    expect(plain(namedType(name))).toEqual(expected);
  });

  test.each(['Widget', 'AspectRatio', 'constructor', '__proto__', 'toString', 'List[Widget]', '[[[', 'x'.repeat(5000), ','])('%s is not understood, and allows anything', (name) => {
    expect(namedType(name).unknown).toBeDefined();
  });

  test('never throw, whatever the name', () => {
    const piece = fc.constantFrom('str', 'int', 'List[', 'Dict[', ']', '<', '>', '|', ',', ' or ', '(', ')', '"', "'", '?', '=', 'optional', 'default 1', 'Literal[', '{', '}', ':', '.', ' ');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(''))), (name) => {
      expect(namedType(name).schema).toBeDefined();
    }));
  });
});

describe('parameters of one property', () => {
  test.each<[string, JsonValue, JsonObject]>([
    ['nullable', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    ['nullable with a list', { type: 'string', enum: ['a'], nullable: true }, { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] }],
    ['a default of null', { type: 'integer', default: null }, { type: ['integer', 'null'], default: null }],
    ['names in a union', { type: ['str', 'None'] }, { type: ['string', 'null'] }],
    ['draft 4 tuples', { type: 'array', items: [{ type: 'int' }], additionalItems: false }, { type: 'array', prefixItems: [integer], items: false }],
    ['draft 4 dependencies', { type: 'object', dependencies: { a: ['b'], c: { required: ['d'] } } }, { type: 'object', dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } }],
    ['values under another key', { type: 'string', allowed_values: ['a', 'b'] }, { type: 'string', allowed_values: ['a', 'b'], enum: ['a', 'b'] }],
    ['no values at all', { type: 'string', enum: [], allowed_values: [] }, { type: 'string', allowed_values: [] }],
    ['values as text', { type: 'string', enum: "['a', 'b']" }, { type: 'string', enum: ['a', 'b'] }],
    ['values as words', { type: 'string', enum: 'a, b' }, { type: 'string', enum: ['a', 'b'] }],
    ['values of the members beside an array', { type: 'array', items: { type: 'string' }, enum: ['a', 'b'] }, { type: 'array', items: { type: 'string', enum: ['a', 'b'] } }],
    ['numbers listed as text', { type: 'integer', enum: ['1', '2', 'dontcare'] }, { type: 'integer', enum: [1, 2] }],
    ['booleans listed as text', { type: 'boolean', enum: ['True', 'False'] }, { type: 'boolean', enum: [true, false] }],
    ['texts listed as numbers', { type: 'string', enum: [1, 2] }, { type: 'string', enum: ['1', '2'] }],
    ['values that cannot be of the type', { type: 'integer', enum: ['low', 'high'] }, { enum: ['low', 'high'] }],
    ['a type name in the place of a schema', 'List[str]', { type: 'array', items: { type: 'string' } }],
    ['a literal type', { type: 'Literal["a", "b"]' }, { enum: ['a', 'b'] }],
    ['members without properties', { type: 'dict', street: { type: 'str' }, zip: { type: 'str', required: true } }, { type: 'object', properties: { street: string, zip: string }, required: ['zip'] }],
    ['properties as a list', { type: 'object', properties: [{ name: 'a', type: 'int', required: true }] }, { type: 'object', properties: { a: integer }, required: ['a'] }],
    ['a schema as JSON text', '{"type":"dict","properties":{"a":{"type":"int"}}}', { type: 'object', properties: { a: integer } }],
    ['a sentence', 'Required. integer. One of: [1, 2]. How many.', { type: 'integer', enum: [1, 2], description: 'One of: [1, 2]. How many.' }],
    ['an optional type', { type: 'Optional[str]' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['an optional type with a default of null', { type: 'Optional[int]', default: null }, { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null }],
    ['a sentence about an array', 'Array[string]. The tags.', { type: 'array', items: { type: 'string' }, description: 'The tags.' }],
    ['prose without a type', 'The name of the city to look up.', { description: 'The name of the city to look up.' }],
    ['BFCL at each level', { type: 'dict', properties: { a: { type: 'tuple', items: { type: 'float' } } } }, { type: 'object', properties: { a: { type: 'array', items: { type: 'number' } } } }],
  ])('%s', (_what, given, schema) => {
    expect(propertyOf(given)).toEqual(schema);
  });

  test('are reported with their path where they are not understood', () => {
    const parameters: JsonObject = { type: 'object', properties: { a: { type: 'object', properties: { b: { type: ['str', 'Widget'] } } }, c: { type: 5 }, d: { type: 'integer', enum: ['low'] } } };
    expect(problemsOf({ name: 't', parameters })).toEqual([
      'parameters.properties.a.properties.b.type.1: "Widget" is not a known type',
      'parameters.properties.c.type: a type has to be a name',
      'parameters.properties.d.enum: none of the listed values is of type integer',
    ]);
  });
});

describe('parameters of whole tools', () => {
  const required = (tool: JsonValue): unknown => {
    const definition = toolDefinitionOf(tool);
    return definition === undefined ? undefined : (toolParameterSchema(definition).schema['required'] ?? []);
  };

  test.each<[string, JsonValue, string[]]>([
    ['OpenAI, in its envelope', { type: 'function', function: { name: 't', parameters: { type: 'object', properties: { a: {}, b: {} }, required: ['a'] } } }, ['a']],
    ['MCP', { name: 't', inputSchema: { type: 'object', properties: { a: {} }, required: ['a'] } }, ['a']],
    ['Anthropic', { name: 't', input_schema: { type: 'object', properties: { a: {} }, required: ['a'] } }, ['a']],
    ['ACEBench, under arguments', { name: 't', arguments: { type: 'object', properties: { a: {} }, required: ['a'] } }, ['a']],
    ['Hammer, a flag on each and a list beside', { name: 't', parameters: { a: { type: 'int', required: true }, b: { type: 'int', required: false } }, required: ['a'] }, ['a']],
    ['Seal-Tools, a list beside a flat map', { api_name: 't', parameters: { a: { type: 'str' }, b: { type: 'str' } }, required: ['b'] }, ['b']],
    ['Seal-Tools, an empty list beside', { api_name: 't', parameters: { a: { type: 'str' } }, required: [] }, []],
    ['xLAM, implied', { name: 't', parameters: { a: { type: 'str' }, b: { type: 'str, optional' }, c: { type: 'int', default: 1 } } }, ['a']],
    ['NESTFUL', { name: 't', query_parameters: { a: { type: 'String', required: true }, b: { type: 'Enum', required: false } } }, ['a']],
    ['NESTFUL, without types', { name: 't', arguments: { a: { description: 'x', required: true, allowed_values: [] }, b: { description: 'y', required: false, allowed_values: ['p', 'q'] } } }, ['a']],
    ['ToolBench', { api_name: 't', required_parameters: [{ name: 'a', type: 'STRING', default: '' }], optional_parameters: [{ name: 'b', type: 'NUMBER' }] }, ['a']],
    ['ToolBench answers', { name: 't', parameters: { type: 'object', properties: { a: { type: 'string', example_value: 'x' }, b: { type: 'integer' } }, required: ['a'], optional: ['b'] } }, ['a']],
    ['Toolset-Training', { tool_name: 't', parameters: [{ name: 'a', optional: false, type: 'array' }, { name: 'b', optional: true, type: 'string' }], required_params: ['a'] }, ['a']],
    ['API-Bank', { name: 't', input_parameters: { token: { type: 'str', description: 'x' } }, output_parameters: {} }, ['token']],
    ['OpenAPI, a list', { operationId: 't', parameters: [{ name: 'a', in: 'query', required: true, schema: { type: 'integer' } }, { name: 'b', in: 'query', schema: { type: 'string' }, required: false }] }, ['a']],
    ['ToolAlpaca, where the required ones are marked', { name: 't', parameters: { a: 'Required. string. The name.', b: 'integer. The page.' } }, ['a']],
    ['ToolAlpaca, where the optional ones are marked', { name: 't', parameters: { a: 'String. The name.', b: 'Optional. Integer. The page.' } }, ['a']],
    ['bare type names', { name: 't', parameters: { a: 'string', b: 'int, optional' } }, ['a']],
    ['null', { name: 't', parameters: { type: 'object', properties: { a: {} }, required: null } }, []],
    ['names in a text', { name: 't', parameters: { type: 'object', properties: { a: {}, b: {} }, required: 'a, b' } }, ['a', 'b']],
    ['parameters as JSON text', { name: 't', parameters: '{"type":"object","properties":{"a":{}},"required":["a"]}' }, ['a']],
    ['a parameter named type', { name: 't', parameters: { type: { type: 'str', description: 'which' }, properties: { type: 'str', description: 'what' } } }, ['type', 'properties']],
  ])('%s', (_what, tool, names) => {
    expect(required(tool)).toEqual(names);
    expect(problemsOf(toolDefinitionOf(tool) ?? { name: '' })).toEqual([]);
  });

  test('say where it was taken from defaults and types which are required', () => {
    expect(toolParameterSchema({ name: 't', parameters: { a: { type: 'str' } } }).requiredImplied).toBe(true);
    expect(toolParameterSchema({ name: 't', parameters: { a: { type: 'str' } }, extras: { required: [] } }).requiredImplied).toBe(false);
    expect(toolParameterSchema({ name: 't', parameters: { type: 'object', properties: { a: {} } } }).requiredImplied).toBe(false);
  });

  test('follow references into the components of an OpenAPI document', () => {
    const tool: ToolDefinition = { name: 't', parameters: { type: 'object', properties: { pet: { $ref: '#/components/schemas/Pet' } } }, extras: { components: { schemas: { Pet: { type: 'dict', properties: { age: { type: 'int' } } } } } } };
    const { plan } = toolParameterSchema(tool);
    expect(isValid(plan, { pet: { age: 1 } })).toBe(true);
    expect(isValid(plan, { pet: { age: '1' } })).toBe(false);
  });

  test('are made once, also for tools made anew around the same parameters', () => {
    const parameters: JsonObject = { type: 'object', properties: { a: { type: 'str' } } };
    expect(toolParameterSchema({ name: 'x', parameters })).toBe(toolParameterSchema({ name: 'y', parameters }));
    expect(toolParameterSchema({ name: 'x', parameters, extras: { required: ['a'] } })).not.toBe(toolParameterSchema({ name: 'y', parameters }));
  });

  test('that are plain JSON Schema already are used as they stand', () => {
    const parameters: JsonObject = { type: 'object', properties: { a: { type: 'string', enum: ['x'], description: 'd' }, b: { type: 'array', items: { type: 'integer' } } }, required: ['a'] };
    expect(toolParameterSchema({ name: 't', parameters }).schema).toBe(parameters);
  });

  test('never make the reader throw', () => {
    const word = fc.constantFrom('type', 'properties', 'required', 'items', 'enum', 'default', 'nullable', 'anyOf', '$ref', 'parameters', 'optional', 'description', 'a', 'dict', 'str', 'int, optional', 'components', '__proto__', 'object');
    const value = fc.letrec<{ value: unknown }>((tie) => ({ value: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, word, fc.constantFrom(null, true, false, 1), fc.array(tie('value'), { maxLength: 3 }), fc.array(fc.tuple(word, tie('value')), { maxLength: 5 }).map((members) => JSON.parse(`{${members.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join(',')}}`) as unknown)) })).value;
    fc.assert(fc.property(value, value, (parameters, args) => {
      const definition = toolDefinitionOf({ name: 't', parameters: parameters as JsonValue, required: args as JsonValue });
      if (definition !== undefined) isValid(toolParameterSchema(definition).plan, args as JsonValue);
    }), { seed: 20250104, numRuns: 3000 });
  });
});
