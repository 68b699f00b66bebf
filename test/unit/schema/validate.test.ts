import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { planOf } from '../../../src/core/schema/plan.ts';
import { validateArguments, violations } from '../../../src/core/schema/validate.ts';
import { checkCalls } from '../../../src/core/schema/checkCalls.ts';
import { toolParameterSchema } from '../../../src/core/schema/normalise.ts';
import { isValid } from '../../../src/core/schema/verdict.ts';
import { didYouMean } from '../../../src/core/schema/didYouMean.ts';
import { matchesSafely } from '../../../src/core/schema/safePattern.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json/value.ts';

const shared = process.env['LOOPTOOL_SHARED'] ?? join(import.meta.dirname, '../../../../../shared');

function json(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

/** Violations of `{"x": value}` against a schema of x, as `kind at.path`. */
function violationsOf(schema: JsonValue, value: string): string[] {
  const parameters = { type: 'object', properties: { x: schema } };
  return validateArguments(toolParameterSchema({ name: 't', parameters }).schema, json(`{"x":${value}}`)).map((v) => `${v.kind} ${v.path.join('.')}`);
}

describe('validation of a value', () => {
  const good: [JsonValue, string][] = [
    [{ type: 'integer' }, '5'], [{ type: 'integer' }, '5.0'], [{ type: 'integer' }, '1e3'], [{ type: 'integer' }, '9007199254740993'],
    [{ type: 'number' }, '5'], [{ type: 'float' }, '5'], [{ type: 'any' }, '[{}]'], [{ type: ['string', 'null'] }, 'null'], [{ type: 'string', nullable: true }, 'null'],
    [{ enum: [1, 'a'] }, '1.0'], [{ const: { a: [1] } }, '{"a":[1.0]}'], [{ type: 'tuple', items: { type: 'float' } }, '[1,2.5]'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, '5'], [{ oneOf: [{ type: 'string' }, { type: 'integer' }] }, '"5"'], [{ not: { type: 'null' } }, '0'],
    [{ type: 'object', properties: {} }, '{"free":1}'], [{ type: 'object' }, '{"free":1}'], [{ type: 'object', properties: { a: {} }, additionalProperties: true }, '{"free":1}'],
    [{ type: 'object', properties: { a: {} }, patternProperties: { '^f': {} } }, '{"free":1}'], [{ type: 'object', additionalProperties: { type: 'integer' } }, '{"n":1}'],
    [{ allOf: [{ type: 'object', properties: { a: {} } }, { properties: { b: {} } }] }, '{"a":1,"b":2}'], [{ minimum: 1, maximum: 2 }, '2'], [{ multipleOf: 0.1 }, '0.3'],
    [{ type: 'string', minLength: 1, maxLength: 1 }, '"𝄞"'], [{ type: 'string', pattern: '^\\d{4}$' }, '"2024"'], [{ format: 'date' }, '"2024-02-29"'], [{ format: 'date-time' }, '"2024-02-29T10:00:00"'], [{ format: 'unheard-of' }, '"x"'],
    [{ type: 'Widget' }, '1'], [true, '1'], [{ prefixItems: [{ type: 'string' }], items: { type: 'integer' } }, '["a",1,2]'],
  ];
  test.each(good)('%j allows %s', (schema, value) => expect(violationsOf(schema, value)).toEqual([]));

  const bad: [JsonValue, string, string[]][] = [
    [{ type: 'integer' }, '5.5', ['type x']], [{ type: 'integer' }, 'true', ['type x']], [{ type: 'number' }, 'true', ['type x']], [{ type: 'boolean' }, '1', ['type x']],
    [{ type: 'integer' }, '"5"', ['type x']], [{ type: 'string' }, '5', ['type x']], [{ type: 'string' }, 'null', ['type x']], [{ type: ['string', 'null'] }, '5', ['type x']],
    [{ type: 'dict' }, '[]', ['type x']], [{ type: 'tuple' }, '{}', ['type x']], [{ type: 'List[int]' }, '[1,"2"]', ['type x.1']],
    [{ enum: ['a', 'b'] }, '"c"', ['enum x']], [{ enum: [1] }, 'true', ['enum x']], [{ const: 1 }, '2', ['enum x']],
    [{ type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] } } }, '{"a":{"c":1}}', ['missing x.a.b', 'unknown x.a.c']],
    [{ type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } }, '[{"n":1},{"n":"1"}]', ['type x.1.n']],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'true', ['type x']], [{ anyOf: [{ type: 'object', properties: { a: { type: 'integer' } } }, { type: 'null' }] }, '{"a":"1"}', ['type x.a']],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, '5', ['combination x']], [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }, '5', ['range x']], [{ not: { type: 'null' } }, 'null', ['combination x']],
    [{ minimum: 1 }, '0', ['range x']], [{ exclusiveMinimum: 1 }, '1', ['range x']], [{ minimum: 1, exclusiveMinimum: true }, '1', ['range x']], [{ maximum: 1 }, '1.5', ['range x']], [{ exclusiveMaximum: 1 }, '1', ['range x']], [{ multipleOf: 5 }, '7', ['range x']],
    [{ minLength: 2 }, '"𝄞"', ['length x']], [{ maxLength: 2 }, '"abc"', ['length x']], [{ minItems: 1 }, '[]', ['length x']], [{ maxItems: 1 }, '[1,2]', ['length x']], [{ uniqueItems: true }, '[1,1.0]', ['range x']],
    [{ pattern: '^\\d+$' }, '"a"', ['pattern x']], [{ format: 'date' }, '"2023-02-29"', ['format x']], [{ format: 'email' }, '"nobody"', ['format x']], [{ format: 'uuid' }, '"1"', ['format x']],
    [{ type: 'object', additionalProperties: false }, '{"a":1}', ['unknown x.a']], [{ type: 'object', additionalProperties: { type: 'integer' } }, '{"n":"1"}', ['type x.n']], [{ prefixItems: [{ type: 'string' }] }, '[1]', ['type x.0']],
  ];
  test.each(bad)('%j refuses %s', (schema, value, expected) => expect(violationsOf(schema, value)).toEqual(expected));
});

describe('validation of arguments', () => {
  test('follows local references, also those that come round', () => {
    const schema: JsonObject = { type: 'object', properties: { tree: { $ref: '#/$defs/node' } }, $defs: { node: { type: 'object', properties: { value: { type: 'integer' }, next: { $ref: '#/$defs/node' } } } } };
    expect(validateArguments(schema, json('{"tree":{"value":1,"next":{"value":2}}}'))).toEqual([]);
    expect(validateArguments(schema, json('{"tree":{"value":1,"next":{"value":"2"}}}')).map((v) => v.path)).toEqual([['tree', 'next', 'value']]);
    expect(validateArguments({ $ref: '#' }, json('{}')).map((v) => v.kind)).toEqual(['depth']);
    expect(validateArguments({ allOf: [{ $ref: '#' }, { $ref: '#' }] }, json('{}')).map((v) => v.kind)).toEqual(['depth']);
    expect(validateArguments({ $ref: '#/$defs/nowhere' }, json('{}'))).toEqual([]);
    expect(validateArguments({ $ref: 'https://example.org/schema' }, json('{}'))).toEqual([]);
  });

  test('refuses undeclared arguments, also where none are declared, and suggests the one meant', () => {
    expect(validateArguments({ type: 'object', properties: { departure_city: {} } }, json('{"departureCity":1}'))).toMatchObject([{ kind: 'unknown', path: ['departureCity'], suggestion: 'departure_city' }]);
    expect(validateArguments({ type: 'object', properties: {} }, json('{"a":1}'))).toHaveLength(1);
    expect(validateArguments({ type: 'object' }, json('{"a":1}'))).toEqual([]);
  });

  test('speaks plainly', () => {
    const schema: JsonObject = { type: 'object', properties: { unit: { enum: ['celsius', 'kelvin'] }, n: { type: 'integer' } }, required: ['n'] };
    expect(validateArguments(schema, json('{"unit":"Celcius"}')).map((v) => v.message)).toEqual(['n is required and missing', 'unit is "Celcius", expected one of "celsius", "kelvin"']);
  });

  test('treats names like built-ins as names', () => {
    const schema = json('{"type":"object","properties":{"constructor":{"type":"integer"}},"required":["toString"]}') as JsonObject;
    expect(validateArguments(schema, json('{"constructor":1}')).map((v) => v.kind)).toEqual(['missing']);
    expect(validateArguments(schema, json('{"constructor":1,"toString":2,"__proto__":3}')).map((v) => v.path.join())).toEqual(['toString', '__proto__']);
  });

  test('never throws for any schema and any value', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (schema, value) => {
      const parameters = typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? (json(JSON.stringify(schema)) as JsonObject) : { properties: { x: json(JSON.stringify(schema)) } };
      validateArguments(toolParameterSchema({ name: 't', parameters }).schema, json(JSON.stringify(value)));
    }));
  });
});

describe('verdicts', () => {
  const nested = (levels: number): JsonValue => {
    let value: JsonValue = 1;
    for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? [value] : { a: value };
    return value;
  };

  test('survive values and schemas of any depth', () => {
    const deep = nested(50_000);
    const schemas: JsonObject[] = [
      { type: 'object', properties: { x: { type: 'string' } } }, { properties: { x: { enum: [[[1]], 'a'] } } }, { properties: { x: { uniqueItems: true } } }, { $ref: '#/$defs/any', $defs: { any: { additionalProperties: { $ref: '#/$defs/any' }, items: { $ref: '#/$defs/any' } } } },
      { properties: { x: { const: nested(50_000) } } }, { properties: { x: { not: {} } } },
    ];
    for (const schema of schemas) {
      const plan = planOf(schema);
      for (const args of [{ x: deep }, { x: [deep, deep] }, deep]) expect(violations(plan, args).length === 0).toBe(isValid(plan, args));
    }
    let schema: JsonObject = { type: 'integer' };
    for (let i = 0; i < 50_000; i += 1) schema = { items: schema };
    let lists: JsonValue = 1;
    for (let i = 0; i < 50_000; i += 1) lists = [lists];
    expect(violations(planOf(schema), lists).map((v) => v.kind)).toEqual(['depth']);
  });

  test('agree for objects with and without a prototype', () => {
    const plan = planOf(json('{"type":"object","properties":{"__proto__":{"type":"integer"},"length":{"type":"string"}},"required":["__proto__"],"additionalProperties":false}') as JsonObject);
    for (const [text, verdict] of [['{"__proto__":1,"length":"x"}', true], ['{"__proto__":"1"}', false], ['{}', false], ['{"__proto__":1,"constructor":2}', false]] as const) {
      expect(isValid(plan, json(text))).toBe(verdict);
      expect(isValid(plan, JSON.parse(text) as JsonValue)).toBe(verdict);
    }
  });

  test('say where a value that breaks the schema is the default of that same schema', () => {
    const plan = planOf({ type: 'object', properties: { unit: { type: 'string', enum: ['s', 'ms'], default: 'N/A' }, year: { type: 'integer', default: 'any' } } });
    expect(violations(plan, { unit: 'N/A', year: 'any' }).map((v) => v.ownDefault)).toEqual([true, true]);
    expect(violations(plan, { unit: 'h', year: 'all' }).map((v) => v.ownDefault)).toEqual([undefined, undefined]);
  });

  test('give one shared list where nothing is wrong', () => {
    const plan = planOf({ type: 'object' });
    expect(violations(plan, {})).toBe(violations(plan, { a: 1 }));
  });

  test.each<[string, JsonObject, string, string[]]>([
    ['if and then', { if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } }, '{"a":1}', ['missing b']],
    ['else', { if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } }, '{"b":1}', ['missing c']],
    ['dependentRequired', { dependentRequired: { card: ['billing'] } }, '{"card":1}', ['missing billing']],
    ['dependentSchemas', { properties: { card: {}, billing: {} }, dependentSchemas: { card: { properties: { billing: { type: 'string' } }, required: ['billing'] } } }, '{"card":1,"billing":2}', ['type billing']],
    ['contains', { properties: { x: { contains: { type: 'integer' }, maxContains: 1 } } }, '{"x":[1,2]}', ['combination x']],
    ['propertyNames', { propertyNames: { pattern: '^[a-z]+$' } }, '{"A":1}', ['unknown A']],
    ['patternProperties', { patternProperties: { '^n_': { type: 'integer' } }, additionalProperties: false }, '{"n_a":"1","b":1}', ['type n_a', 'unknown b']],
    ['minProperties', { minProperties: 1 }, '{}', ['length ']],
    ['anchors', { properties: { x: { $ref: '#text' } }, $defs: { a: { $anchor: 'text', type: 'string' } } }, '{"x":1}', ['type x']],
    ['pointers with escapes', { properties: { x: { $ref: '#/$defs/a~1b%20c' } }, $defs: { 'a/b c': { type: 'string' } } }, '{"x":1}', ['type x']],
    ['const beside a list', { properties: { x: { enum: ['a', 'b'], const: 'a' } } }, '{"x":"b"}', ['enum x']],
    ['false', { properties: { x: false } }, '{"x":1}', ['unknown x']],
  ])('know %s', (_what, schema, args, expected) => {
    expect(violations(planOf(schema), json(args)).map((v) => `${v.kind} ${v.path.join('.')}`)).toEqual(expected);
  });

  test('take any member where a pattern of names cannot be applied safely, and where unevaluated ones are spoken of', () => {
    expect(isValid(planOf({ patternProperties: { '^(a+)+$': { type: 'integer' } }, additionalProperties: false }), { x: 1 })).toBe(true);
    expect(isValid(planOf({ properties: { a: {} }, unevaluatedProperties: true }), { x: 1 })).toBe(true);
  });

  test('are not strict about undeclared members where that would turn a no into a yes', () => {
    const plan = planOf({ not: { properties: { a: { properties: { b: { type: 'integer' } } } }, required: ['a'] } });
    expect(isValid(plan, { a: { c: 1 }, d: 2 })).toBe(false);
  });
});

describe('patterns from datasets', () => {
  test.each([['^(a+)+$', 40], ['(a|a)*b', 40], ['(a|b|ab)*c', 40], ['(.*)\\1', 10], ['.*.*.*.*x', 1000], ['(', 1], ['a'.repeat(600), 1]])('%s is not applied', (pattern, length) => {
    expect(matchesSafely(pattern, 'a'.repeat(length))).toBeUndefined();
  });

  test('that are harmless are applied', () => {
    expect(matchesSafely('^[A-Z]{3}-\\d{2,4}(\\.\\d+)?$', 'ABC-12.5')).toBe(true);
    expect(matchesSafely('^[^@]+@[^@]+\\.[a-z]+$', 'nobody')).toBe(false);
    expect(matchesSafely('^[\\w\\-]+$', 'a-b')).toBe(true);
  });
});

describe('calls against tools', () => {
  const tools = [
    { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
    { name: 'twice', parameters: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
    { name: 'twice', parameters: { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] } },
    { name: 'Market Trends API', parameters: { type: 'object', properties: {} } },
  ];

  test('that are right give nothing', () => {
    expect(checkCalls([{ name: 'get_weather', arguments: { city: 'Paris' } }, { name: 'twice', arguments: { b: 'x' } }, { name: 'Market Trends API', arguments: {} }], tools)).toEqual([]);
  });

  test('of an unknown tool suggest the one meant', () => {
    expect(checkCalls([{ name: 'getWeather', arguments: {} }], tools)).toEqual([{ call: 0, tool: 'getWeather', kind: 'unknown-tool', path: [], message: '"getWeather" is not one of the tools; did you mean "get_weather"?', suggestion: 'get_weather' }]);
    expect(checkCalls([{ name: 'delete_everything', arguments: {} }], tools)[0]?.suggestion).toBeUndefined();
  });

  test('that are right always give the same list', () => {
    expect(checkCalls([{ name: 'twice', arguments: { b: 'x' } }], tools)).toBe(checkCalls([], []));
  });

  test('agree with a tool by name after trimming and NFC, the exact name first', () => {
    const named = [{ name: 'caf\u00e9 menu.list', parameters: { type: 'object', properties: {} } }, { name: ' a ', parameters: { type: 'object', properties: { x: {} }, required: ['x'] } }, { name: 'a', parameters: { type: 'object', properties: {} } }];
    expect(checkCalls([{ name: ' cafe\u0301 menu.list', arguments: {} }, { name: 'a', arguments: {} }], named)).toEqual([]);
    expect(checkCalls([{ name: ' a ', arguments: {} }], named)).toMatchObject([{ kind: 'missing' }]);
    expect(checkCalls([{ name: 'cafe menu_list', arguments: {} }, { name: 'constructor', arguments: {} }], named).map((v) => v.kind)).toEqual(['unknown-tool', 'unknown-tool']);
  });

  test('may hold references to results where the dataset has them', () => {
    const nested = [{ name: 'square', parameters: { type: 'object', properties: { n: { type: 'integer' }, all: { type: 'array', items: { type: 'integer' } } } } }];
    const calls = [{ name: 'square', arguments: { n: '$var1.sum$', all: [1, 'API_call_0', 'x'] } }];
    expect(checkCalls(calls, nested).map((v) => v.path)).toEqual([['n'], ['all', 1], ['all', 2]]);
    expect(checkCalls(calls, nested, { references: true }).map((v) => v.path)).toEqual([['all', 2]]);
  });

  test('carry the index of the call', () => {
    expect(checkCalls([{ name: 'get_weather', arguments: { city: 'Paris' } }, { name: 'get_weather', arguments: { city: 1 } }], tools)).toMatchObject([{ call: 1, tool: 'get_weather', kind: 'type', path: ['city'] }]);
  });

  test.skipIf(!existsSync(join(shared, 'data/loop_validate_vectors.jsonl')))('agree with the reference validator where it is right', () => {
    const rows = readFileSync(join(shared, 'data/loop_validate_vectors.jsonl'), 'utf8').trim().split('\n').map((line) => json(line) as JsonObject);
    const disagreements = new Map<string, number>();
    for (const row of rows) {
      const call = row['call'] as JsonObject;
      const tools = row['tools'];
      if (typeof call['name'] !== 'string' || call['arguments'] === undefined || !Array.isArray(tools)) continue;
      const found = checkCalls([{ name: call['name'], arguments: call['arguments'] as JsonObject }], tools as never);
      if ((found.length === 0) === row['valid']) continue;
      const key = `${row['valid'] === true ? 'we refuse' : 'we allow'} ${found[0]?.kind ?? (row['message'] as string).replace(/'[^']*'/g, '_')}`;
      disagreements.set(key, (disagreements.get(key) ?? 0) + 1);
    }
    // Where it is not: it takes 5.0 for no integer and true for one, refuses a null that is the schema's own default, and looks neither at enums nor below the first level.
    expect([...disagreements.keys()].sort()).toEqual(['we allow Parameter _ has invalid type for function _. Expected integer, got float', 'we allow Parameter _ has invalid type for function _. Expected string, got NoneType', 'we refuse enum', 'we refuse type', 'we refuse unknown']);
    expect(rows.length).toBeGreaterThan(1000);
  });
});

test('didYouMean finds slips, not other words', () => {
  expect(didYouMean('getWeahter', ['get_weather', 'get_time'])).toBe('get_weather');
  expect(didYouMean('get_time', ['set_alarm'])).toBeUndefined();
  expect(didYouMean('x', [])).toBeUndefined();
});
