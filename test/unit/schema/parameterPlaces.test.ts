import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { locate } from '../../../src/core/dataset/locate.ts';
import { readTool } from '../../../src/core/dataset/reading/toolValue.ts';
import { toolParameterSchema } from '../../../src/core/schema/normalise.ts';
import { otherParameterNames, parameterPlaces } from '../../../src/core/schema/parameterPlaces.ts';

function valueOf(definition: unknown): { readonly text: string; readonly value: JsonValue } {
  const text = JSON.stringify(definition);
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { text, value: parsed.value };
}

/** The parameters that have a place, each as `path: text there`. */
function placesOf(definition: unknown): string[] {
  const { text, value } = valueOf(definition);
  const read = readTool(value);
  if (!read.ok) throw new Error(read.message);
  return [...parameterPlaces(value, read.tool)].map(([name, { path, named }]) => `${name} ${shown(path)}${named ? ' named' : ''} = ${textAt(text, path)}`);
}

const shown = (path: SourcePath): string => path.map((step) => (typeof step === 'object' ? JSON.stringify(step) : String(step))).join('.');

function textAt(text: string, path: SourcePath): string {
  const place = locate(text, 0, path);
  return place === undefined ? 'nothing' : text.slice(place.span.start, place.span.end);
}

describe('places of parameters', () => {
  test.each([
    ['OpenAI envelope', { type: 'function', function: { name: 't', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }, ['city function.parameters.properties.city = {"type":"string"}']],
    ['flat map', { name: 't', parameters: { city: { type: 'str' } } }, ['city parameters.city = {"type":"str"}']],
    ['flat map with a parameter called properties', { name: 't', parameters: { properties: { type: 'object', description: 'x' }, type: { type: 'str' } } }, ['properties parameters.properties = {"type":"object","description":"x"}', 'type parameters.type = {"type":"str"}']],
    ['list', { name: 't', parameters: [{ name: 'city', type: 'str' }] }, ['city parameters.0 named = {"name":"city","type":"str"}']],
    ['list of properties', { name: 't', parameters: { type: 'object', properties: [{ name: 'city', type: 'str' }] } }, ['city parameters.properties.0 named = {"name":"city","type":"str"}']],
    ['schema under arguments', { name: 't', arguments: { type: 'object', properties: { city: { type: 'string' } } } }, ['city arguments.properties.city = {"type":"string"}']],
    ['inputSchema as JSON text', { name: 't', inputSchema: ' {"type": "object", "properties": {"city": {"type": "string"}}}' }, ['city inputSchema.{"json":1}.properties.city = {\\"type\\": \\"string\\"}']],
    ['query and path', { name: 't', query_parameters: { q: { type: 'string' } }, path_parameters: { id: { type: 'string' } } }, ['id path_parameters.id = {"type":"string"}', 'q query_parameters.q = {"type":"string"}']],
    ['two lists', { name: 't', required_parameters: [{ name: 'a', type: 'STRING' }], optional_parameters: [{ name: 'b', type: 'STRING' }] }, ['a required_parameters.0 named = {"name":"a","type":"STRING"}', 'b optional_parameters.0 named = {"name":"b","type":"STRING"}']],
    ['sentences', { name: 't', parameters: { city: 'Required. string. A city.' } }, ['city parameters.city = "Required. string. A city."']],
    ['only required', { name: 't', parameters: { type: 'object', properties: {}, required: ['city'] } }, []],
  ])('%s', (_what, definition, expected) => {
    expect(placesOf(definition)).toEqual(expected);
  });

  test('of other mentions: required lists, alternatives, dependents, texts', () => {
    const definition = { name: 't', required_params: 'city, days', parameters: { type: 'object', properties: { city: {}, days: {} }, required: ['days', 'city'], anyOf: [{ required: ['city'] }, { properties: { city: { const: 'x' } } }], dependentRequired: { city: ['days'], days: ['city'] } } };
    const { text, value } = valueOf(definition);
    expect(otherParameterNames(value, 'city').map((path) => `${shown(path)} = ${textAt(text, path)}`)).toEqual([
      'required_params.{"from":0,"to":4} = city',
      'parameters.required.1 = "city"',
      'parameters.dependentRequired.{"key":"city"} = "city"',
      'parameters.dependentRequired.days.0 = "city"',
      'parameters.anyOf.0.required.0 = "city"',
      'parameters.anyOf.1.properties.{"key":"city"} = "city"',
    ]);
  });
});

const names = fc.constantFrom('city', 'properties', 'type', 'required', 'name', 'toString', '__proto__', 'description', 'anyOf', 'context', 'a.b');
const described = fc.oneof(fc.constantFrom<unknown>({ type: 'string' }, { type: 'dict' }, { type: 'str, optional', description: 'x' }, 'str. A text.', { description: 'x' }, { $ref: '#/x' }, {}, true, null, 7), fc.record({ type: fc.constant('object'), properties: fc.constant({ city: { type: 'string' } }) }));
const entries = fc.uniqueArray(fc.tuple(names, described), { selector: ([name]) => name, maxLength: 4 });
const flat = entries.map((list) => Object.fromEntries(list) as unknown);
const list = entries.map((found) => found.map(([name, value]) => ({ name, ...(typeof value === 'object' ? value : { type: value }) })) as unknown);
const required = fc.oneof(fc.array(names, { maxLength: 3 }), fc.constantFrom<unknown>('city', 'city, type', true));
const schema = fc.record({ type: fc.constantFrom('object', 'dict', 'array'), properties: fc.oneof(flat, list), required, anyOf: fc.constant([{ required: ['city'] }]) }, { requiredKeys: ['properties'] });
const parameters = fc.oneof(flat, list, schema, schema.map((value) => JSON.stringify(value) as unknown));
const body = fc.record(
  { name: fc.constant('t'), parameters, arguments: parameters, inputSchema: parameters, query_parameters: flat, path_parameters: flat, required_parameters: list, optional_parameters: list, required, context_schema: fc.constant({ fields: [{ name: 'user', type: 'string' }] }) },
  { requiredKeys: ['name'] },
);
const definitions = fc.oneof(body, body.map((inner) => ({ type: 'function', function: inner })));

test('every parameter that the schema knows has its place, or is known not to have one', () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      const { text, value } = valueOf(definition);
      const read = readTool(value);
      if (!read.ok) return;
      const known = toolParameterSchema(read.tool);
      const places = parameterPlaces(value, read.tool);
      const properties = known.schema['properties'];
      const declared = Object.keys((properties ?? {}) as object);
      for (const name of declared) {
        const place = places.get(name);
        if (place === undefined) {
          const isRequiredOnly = known.problems.some(({ message }) => message === `${JSON.stringify(name)} is required and not declared`);
          expect(isRequiredOnly || name === 'context', `${name} of ${text}`).toBe(true);
          continue;
        }
        const at = locate(text, 0, place.named ? [...place.path, 'name'] : [...place.path.slice(0, -1), { key: name }]);
        expect(at?.node?.kind === 'string' ? at.node.value : undefined, `${name} of ${text}`).toBe(name);
      }
      expect([...places.keys()].every((name) => declared.includes(name))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
