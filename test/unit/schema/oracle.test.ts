import { registerSchema, unregisterSchema, validate } from '@hyperjump/json-schema/draft-2020-12';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json/value.ts';
import { toolParameterSchema } from '../../../src/core/schema/normalise.ts';
import { planOf } from '../../../src/core/schema/plan.ts';
import { violations } from '../../../src/core/schema/validate.ts';
import { isValid } from '../../../src/core/schema/verdict.ts';

type Loose = { [key: string]: unknown };

const names = fc.constantFrom('a', 'b', 'ab', 'toString', 'constructor', '__proto__');
const scalar = fc.oneof(fc.constantFrom<JsonValue>(null, true, false, 0, 1, 2, 3, 4, 1.5, -1), fc.constantFrom<JsonValue>('', 'a', 'b', 'ab', 'abc', '𝄞', '1'));
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 4 }), fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map(objectFrom)),
})).value;

/** As JSON.parse makes it: `__proto__` is an own key. */
function objectFrom(members: readonly (readonly [string, unknown])[]): JsonObject {
  return JSON.parse(`{${members.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join(',')}}`) as JsonObject;
}

const small = fc.integer({ min: 0, max: 3 });
const typeName = fc.constantFrom('null', 'boolean', 'string', 'number', 'integer', 'array', 'object');

/** Schemas of the plain standard. Where properties are declared, `additionalProperties` says what of the others: without it we are stricter by intent. */
function schemaArbitrary(withReferences: boolean): fc.Arbitrary<JsonValue> {
  return fc.letrec<{ schema: JsonValue; keywords: Loose }>((tie) => {
    const sub = tie('schema');
    const list = fc.array(sub, { minLength: 1, maxLength: 3 });
    const part = (record: { [key: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<Loose> => fc.record(record, { requiredKeys: [] });
    const members = fc.array(fc.tuple(names, sub), { minLength: 1, maxLength: 3 }).map(objectFrom);
    const keywords = fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      part({ type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })), enum: fc.array(value, { minLength: 1, maxLength: 4 }) }),
      part({ type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })) }),
      part({ const: value }),
      part({ minimum: small, maximum: small, exclusiveMinimum: small, exclusiveMaximum: small, multipleOf: fc.constantFrom(1, 2) }),
      part({ minLength: small, maxLength: small, pattern: fc.constantFrom('^a', 'b$', '^[ab]+$', '1') }),
      fc.record({ properties: members, additionalProperties: fc.oneof(fc.boolean(), sub) }),
      part({ patternProperties: fc.tuple(fc.constantFrom('^a', 'b'), sub).map((entry) => objectFrom([entry])), additionalProperties: fc.oneof(fc.boolean(), sub), required: fc.uniqueArray(names, { maxLength: 2 }) }),
      part({ propertyNames: sub, minProperties: small, maxProperties: small, dependentRequired: fc.tuple(names, fc.uniqueArray(names, { maxLength: 2 })).map((entry) => objectFrom([entry])), dependentSchemas: fc.tuple(names, sub).map((entry) => objectFrom([entry])) }),
      part({ prefixItems: list, items: sub, minItems: small, maxItems: small, uniqueItems: fc.boolean() }),
      fc.record({ contains: sub, minContains: small, maxContains: small }, { requiredKeys: ['contains'] }),
      part({ allOf: list, anyOf: list, oneOf: list, not: sub }),
      part({ if: sub, then: sub, else: sub }),
      ...(withReferences ? [fc.constantFrom<Loose>({ $ref: '#/$defs/one' }, { $ref: '#two' }, { $ref: '#/$defs/with~1slash' })] : []),
    );
    return { keywords, schema: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.boolean(), keywords, fc.tuple(keywords, keywords).map(([a, b]) => closedOff({ ...a, ...b }))) as fc.Arbitrary<JsonValue> };
  }).schema;
}

/** Joining keywords may part properties from what is said of the others. */
function closedOff(schema: Loose): Loose {
  return 'properties' in schema && !('additionalProperties' in schema) ? { ...schema, additionalProperties: true } : schema;
}

const rooted = fc.record({ schema: schemaArbitrary(true), one: schemaArbitrary(false), two: schemaArbitrary(false) }).map(({ schema, one, two }) => ({
  ...(typeof schema === 'object' ? (schema as JsonObject) : { allOf: [schema] }),
  $defs: { one, 'with/slash': one, two: { ...(typeof two === 'object' ? (two as JsonObject) : { allOf: [two] }), $anchor: 'two' } },
}));

let serial = 0;

async function oracle(schema: JsonObject, instances: readonly JsonValue[]): Promise<boolean[]> {
  const uri = `https://example.org/schema/${(serial += 1)}`;
  registerSchema(schema as never, uri, 'https://json-schema.org/draft/2020-12/schema');
  try {
    const check = await validate(uri);
    return instances.map((instance) => check(instance as never).valid);
  } finally {
    unregisterSchema(uri);
  }
}

test('verdicts on plain 2020-12 schemas are those of an independent validator', async () => {
  let refused = 0;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(rooted, fc.array(value, { minLength: 4, maxLength: 8 }), async (schema, instances) => {
      const expected = await oracle(schema, instances);
      const plan = planOf(JSON.parse(JSON.stringify(schema)) as JsonObject);
      const got = instances.map((instance) => isValid(plan, instance));
      refused += expected.filter((verdict) => !verdict).length;
      accepted += expected.filter(Boolean).length;
      expect(got).toEqual(expected);
    }),
    { seed: 20250101, numRuns: 600 },
  );
  expect(Math.min(refused, accepted)).toBeGreaterThan(400);
});

test('the normaliser keeps the verdicts of plain schemas of objects', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(names, schemaArbitrary(false)), { minLength: 1, maxLength: 3 }), fc.array(fc.array(fc.tuple(names, value), { maxLength: 3 }).map(objectFrom), { minLength: 4, maxLength: 6 }), async (members, instances) => {
      const parameters = objectFrom([['type', 'object'], ['properties', objectFrom(members)], ['additionalProperties', true]]);
      // Lists of values that are none of the type are read as values of it.
      fc.pre(!JSON.stringify(parameters).includes('"enum"'));
      const expected = await oracle(parameters, instances);
      const plan = planOf(toolParameterSchema({ name: 't', parameters }).schema);
      expect(instances.map((instance) => isValid(plan, instance))).toEqual(expected);
    }),
    { seed: 20250102, numRuns: 300 },
  );
});

test('there are violations exactly where the verdict is no', () => {
  fc.assert(
    fc.property(rooted, value, fc.boolean(), (schema, instance, isStrict) => {
      const text = JSON.stringify(schema);
      const plan = planOf(JSON.parse(isStrict ? text.replaceAll('"additionalProperties":true', '"title":"t"') : text) as JsonObject);
      expect(violations(plan, instance).length === 0).toBe(isValid(plan, instance));
    }),
    { seed: 20250103, numRuns: 3000 },
  );
});
