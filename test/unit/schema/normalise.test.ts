import { describe, expect, test } from 'vitest';
import { toolParameterSchema } from '../../../src/core/schema/normalise.ts';
import { namedType } from '../../../src/core/schema/typeNames.ts';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const schemaOf = (parameters: JsonObject | undefined, extras?: JsonObject): unknown =>
  plain(toolParameterSchema({ name: 't', ...(parameters === undefined ? {} : { parameters }), ...(extras === undefined ? {} : { extras }) } satisfies ToolDefinition).schema);
const problemsOf = (tool: ToolDefinition): string[] => toolParameterSchema(tool).problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
/** Without the null prototypes, which matter to nobody but toEqual. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('type names', () => {
  test.each([
    ['string', { type: 'string' }],
    ['dict', { type: 'object' }],
    ['float', { type: 'number' }],
    ['tuple', { type: 'array' }],
    ['any', {}],
    ['HashMap', { type: 'object' }],
    ['long', { type: 'integer' }],
    ['Boolean', { type: 'boolean' }],
    ['String Enum', { type: 'string' }],
    ['List[int]', { type: 'array', items: { type: 'integer' } }],
    ['Dict[str, List[float]]', { type: 'object', additionalProperties: { type: 'array', items: { type: 'number' } } }],
    ['Union[int, str]', { anyOf: [{ type: 'integer' }, { type: 'string' }] }],
    ['int | None', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    ['Tuple[float, float]', { type: 'array', items: { type: 'number' } }],
    ['Tuple[float, str]', { type: 'array' }],
    ['string[]', { type: 'array', items: { type: 'string' } }],
    ['Union[int, Any]', {}],
  ])('%s', (name, schema) => {
    expect(plain(namedType(name))).toEqual({ schema, optional: false });
  });

  test('say when they are optional and when they mean nothing', () => {
    expect(plain(namedType('str, optional'))).toEqual({ schema: { type: 'string' }, optional: true });
    expect(plain(namedType('List[int], optional'))).toMatchObject({ schema: { type: 'array' }, optional: true });
    expect(namedType('Optional[str]').optional).toBe(true);
    expect(namedType('Widget')).toMatchObject({ unknown: 'Widget' });
    expect(namedType(`${'List['.repeat(40)}int${']'.repeat(40)}`).unknown).toBeDefined();
  });
});

describe('parameter schemas', () => {
  test('of something that is no object accept anything, and say so', () => {
    const parameters = { $schema: 'http://json-schema.org/schema#', type: 'array', items: { type: 'string' } };
    expect(schemaOf(parameters)).toEqual({ type: 'object' });
    expect(problemsOf({ name: 't', parameters })).toEqual(['parameters: the parameters are a schema of array, not of an object']);
  });

  test('in flat maps do not require what the description has for some calls only', () => {
    expect(schemaOf({ code: { type: 'str', description: 'Only needed for second call.' }, name: { type: 'str' } })).toMatchObject({ required: ['name'] });
  });

  test('take the parameters of a path with those of a query', () => {
    const path = { id: { type: 'String', required: true } };
    expect(schemaOf(undefined, { path_parameters: path })).toMatchObject({ properties: { id: { type: 'string' } }, required: ['id'] });
    expect(schemaOf(undefined, { path_parameters: path, query_parameters: { page: { type: 'Integer', required: false } } })).toMatchObject({ properties: { id: {}, page: {} }, required: ['id'] });
  });

  test('take the context that all tools of a catalogue have', () => {
    const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
    expect(schemaOf(parameters, { context_schema: { fields: [{ name: 'sessionId', optional: false }, { name: 'note', optional: true }] } })).toMatchObject({
      properties: { path: {}, context: { type: 'object', required: ['sessionId'] } }, required: ['path'],
    });
  });

  test('keep JSON Schema as it is', () => {
    const schema = { type: 'object', properties: { a: { type: ['string', 'null'], enum: ['x', null], description: 'd' }, b: { anyOf: [{ type: 'integer' }, { const: 'auto' }] } }, required: ['a'], additionalProperties: true };
    expect(schemaOf(schema)).toEqual(schema);
  });

  test('read BFCL names at every level', () => {
    expect(schemaOf({ type: 'dict', properties: { a: { type: 'tuple', items: { type: 'float' } }, b: { type: 'dict', properties: { c: { type: 'any' } } } } })).toEqual({
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'number' } }, b: { type: 'object', properties: { c: {} } } },
    });
  });

  test('take required from beside the schema, from booleans on parameters, and from null', () => {
    expect(schemaOf({ type: 'object', properties: { a: {}, b: {} } }, { required: ['a'] })).toMatchObject({ required: ['a'] });
    expect(schemaOf({ type: 'object', properties: { a: { type: 'string', required: true }, b: { type: 'string', required: false } }, required: ['b'] })).toEqual({
      type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['a'],
    });
    expect(schemaOf({ type: 'object', properties: { a: {} }, required: null })).toEqual({ type: 'object', properties: { a: {} } });
  });

  test('read flat maps, in which what has no default and is not optional is required', () => {
    expect(schemaOf({ city: { type: 'str', description: 'x' }, days: { type: 'int, optional' }, unit: { type: 'str', default: 'C' }, type: { type: 'str', description: 'a parameter of that name' } })).toEqual({
      type: 'object',
      properties: { city: { type: 'string', description: 'x' }, days: { type: 'integer' }, unit: { type: 'string', default: 'C' }, type: { type: 'string', description: 'a parameter of that name' } },
      required: ['city', 'type'],
    });
  });

  test('are found under other names and as JSON text', () => {
    expect(schemaOf(undefined, { arguments: { type: 'object', properties: { a: { type: 'string' } } } })).toEqual({ type: 'object', properties: { a: { type: 'string' } } });
    expect(schemaOf(undefined, { parameters: '{"type":"dict","properties":{}}' })).toEqual({ type: 'object', properties: {} });
  });

  test('accept anything where there are none, and say so', () => {
    expect(schemaOf(undefined)).toEqual({ type: 'object' });
    expect(problemsOf({ name: 't' })).toEqual([': the tool has no parameters schema']);
    expect(schemaOf({})).toEqual({ type: 'object' });
  });

  test('say what made no sense', () => {
    const parameters = { type: 'object', properties: { a: { type: 'Widget' }, b: 5, c: { enum: 'x' } }, required: ['z'] };
    expect(problemsOf({ name: 't', parameters })).toEqual([
      'parameters.properties.a.type: "Widget" is not a known type',
      'parameters.properties.b: a schema has to be an object',
      'parameters.properties.c.enum: enum is not a list',
      'parameters.required: "z" is required and not declared',
    ]);
  });

  test('keep parameters named like built-ins', () => {
    const parameters = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"str"},"constructor":{"type":"int"}},"required":["constructor"]}') as JsonObject;
    const properties = toolParameterSchema({ name: 't', parameters }).schema['properties'] as JsonObject;
    expect(Object.keys(properties)).toEqual(['__proto__', 'constructor']);
  });

  test('survive schemas without end', () => {
    let schema: JsonObject = { type: 'string' };
    for (let i = 0; i < 200; i += 1) schema = { type: 'object', properties: { a: schema } };
    expect(problemsOf({ name: 't', parameters: schema }).join()).toMatch(/nested too deep/);
  });
});
