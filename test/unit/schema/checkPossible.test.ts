import { describe, expect, test } from 'vitest';
import type { ToolDefinition } from '../../../src/core/dataset/sample.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { checkPossible, noPossibleViolations, type PossibleLanguage } from '../../../src/core/schema/checkPossible.ts';

const tools: readonly ToolDefinition[] = [
  {
    name: 'geo.route',
    parameters: {
      type: 'dict',
      properties: {
        from: { type: 'string' },
        mode: { type: 'string', enum: ['car', 'bike'] },
        distance: { type: 'float' },
        stops: { type: 'array', items: { type: 'string' } },
        avoid: { type: 'dict', properties: { tolls: { type: 'boolean' }, roads: { type: 'array', items: { type: 'string' } } }, required: ['tolls'] },
        legs: { type: 'array', items: { type: 'dict', properties: { to: { type: 'string' }, days: { type: 'integer' } } } },
        note: { type: 'string', default: '' },
        when: { type: 'string', default: null },
      },
      required: ['from', 'mode'],
    },
  },
  { name: 'twice', parameters: { type: 'dict', properties: { a: { type: 'integer' } }, required: ['a'] } },
  { name: 'twice', parameters: { type: 'dict', properties: { b: { type: 'integer' } }, required: ['b'] } },
];

/** `kind path extent accepted` of each violation of one call. */
function found(args: JsonObject, name = 'geo.route'): string[] {
  return checkPossible([{ name, arguments: args }], tools).map((v) => `${v.kind} ${v.path.join('.')} ${v.extent}${v.accepted === undefined ? '' : ` ${v.accepted}`}`);
}

const right: JsonObject = { from: ['Paris', 'Paris, France'], mode: ['car'] };

describe('possible answers', () => {
  test.each<[string, JsonObject]>([
    ['plain lists', right],
    ['an argument that may be left out', { ...right, distance: [5, 5.0, ''] }],
    ['only to be left out', { ...right, distance: [''] }],
    ['a list as a value', { ...right, stops: [['Lyon', 'Dijon'], ['Dijon', 'Lyon']] }],
    ['members that are lists again', { ...right, avoid: [{ tolls: [true], roads: [['A6'], ['A6', 'A7'], ''] }] }],
    ['a plain object', { ...right, avoid: [{ tolls: true, roads: ['A6'] }] }],
    ['objects in a list', { ...right, legs: [[{ to: ['Lyon', 'LYS'], days: [1, ''] }, { to: ['Nice'] }]] }],
    ['null where that is the default', { ...right, when: [null, ''] }],
    ['undeclared, but only to be left out', { ...right, extra: [''] }],
    ['early files, without lists', { from: 'Paris', mode: 'car' }],
  ])('%s are right', (_what, args) => {
    expect(checkPossible([{ name: 'geo.route', arguments: args }], tools)).toBe(noPossibleViolations);
  });

  test.each<[string, JsonObject, string[]]>([
    ['a required argument that is absent', { from: ['Paris'] }, ['missing mode all']],
    ['a required argument of which nothing is accepted', { from: [''], mode: [] }, ['missing from all', 'missing mode all']],
    ['a required argument that may be left out', { from: ['Paris'], mode: ['car', ''] }, ['missing mode some 1']],
    ['values that are all refused', { ...right, distance: ['5', '5 km'] }, ['type distance all 0']],
    ['values of which some are refused', { ...right, mode: ['car', 'Car'] }, ['enum mode some 1']],
    ['an argument that is not declared', { ...right, speed: [5] }, ['unknown speed all']],
    ['a list in the place of one value', { ...right, distance: [[1, 2]] }, ['type distance all 0']],
    ['one value in the place of a list', { ...right, stops: ['Lyon'] }, ['type stops all 0']],
    ['a member of an object that is refused', { ...right, avoid: [{ tolls: ['yes'] }] }, ['type avoid.tolls all 0']],
    ['a member of an object that is missing', { ...right, avoid: [{ roads: [['A6']] }] }, ['missing avoid.tolls all 0']],
    ['an undeclared member of an object in a list', { ...right, legs: [[{ towards: ['Lyon'] }]] }, ['unknown legs.0.towards all 0']],
  ])('%s is found', (_what, args, expected) => {
    expect(found(args)).toEqual(expected);
  });

  test('of an optional text with an empty default may be empty', () => {
    expect(found({ ...right, note: [''] })).toEqual([]);
  });

  test('of a tool that does not exist are refused, with the one that was meant', () => {
    expect(checkPossible([{ name: 'geo_route', arguments: {} }], tools)).toMatchObject([{ kind: 'unknown-tool', call: 0, extent: 'all', suggestion: 'geo.route' }]);
  });

  test('count for the definition that fits best where a tool is defined twice', () => {
    expect(found({ b: [1] }, 'twice')).toEqual([]);
    expect(found({ b: ['1'] }, 'twice')).toEqual(['type b all 0']);
  });

  test('carry the number of the call', () => {
    expect(checkPossible([{ name: 'geo.route', arguments: right }, { name: 'geo.route', arguments: { ...right, distance: ['x'] } }], tools)).toMatchObject([{ call: 1, path: ['distance'] }]);
  });
});

describe('possible answers in programming languages', () => {
  const java: readonly ToolDefinition[] = [
    { name: 'f', parameters: { type: 'dict', properties: { map: { type: 'HashMap' }, list: { type: 'ArrayList' }, type: { type: 'int' }, text: { type: 'String' } }, required: ['map'] } },
  ];
  const check = (args: JsonObject, language: PossibleLanguage): string[] => checkPossible([{ name: 'f', arguments: { map: [{}], ...args } }], java, language).map((v) => `${v.kind} ${v.path.join('.')}`);

  test.each<[string, JsonObject]>([
    ['a map as source', { map: ['new HashMap<>()'] }], ['the name of a variable', { map: ['userMap'], list: ['userList'] }], ['a constant', { type: ['ResultSet.TYPE_FORWARD_ONLY'] }], ['a literal with a suffix', { type: ['5L'] }],
    ['values of JSON', { map: [{ a: ['1'] }], list: [[1, 2]], type: [3], text: ['x'] }],
  ])('%s is right in Java, and JSON alone in Python', (_what, args) => {
    expect(check(args, 'java')).toEqual([]);
    expect(check(args, 'javascript')).toEqual([]);
    const strings = Object.values(args).flat().some((value) => typeof value === 'string' && value !== 'x');
    expect(check(args, 'python').length > 0).toBe(strings);
  });

  test('other kinds of values are no source', () => {
    expect(check({ text: [5], type: ['10'] }, 'java')).toEqual(['type text', 'type type']);
  });
});
