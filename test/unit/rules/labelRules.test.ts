import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json/value.ts';
import { declaredDefault } from '../../../src/core/rules/grounding/declaredDefault.ts';
import { recommendedSettings } from '../../../src/core/rules/settings.ts';
import { hitsOf, type RuleCase } from '../../builders/ruleHits.ts';

type Row = readonly [what: string, rule: RuleCase, found: boolean];

const integer = { type: 'integer' };
const text = { type: 'string' };
const request = 'the weather in Oslo';

const possible = (schema: JsonObject, accepted: JsonValue, said = request): RuleCase => ({ request: said, properties: { x: schema }, optional: ['x'], possible: [{ x: accepted }] });
const plain = (schema: JsonObject, value: JsonValue, said = request): RuleCase => ({ request: said, properties: { x: schema }, optional: ['x'], calls: [{ x: value }] });

function check(rule: string, rows: readonly Row[]): void {
  describe(rule, () => {
    test.each(rows)('%s', (_what, sample, found) => {
      expect(hitsOf(sample).map((hit) => hit.rule).includes(rule)).toBe(found);
    });
  });
}

const severityOf = (rule: string, sample: RuleCase): string | undefined => hitsOf(sample, recommendedSettings).find((hit) => hit.rule === rule)?.severity;

check('default-conflict', [
  ['finds another value than the default', possible({ ...integer, default: 7 }, ['', 3]), true],
  ['finds it by the description', possible({ ...integer, description: 'Digits. Default is 2.' }, ['', 5]), true],
  ['knows the default', possible({ ...integer, default: 7 }, ['', 7]), false],
  ['knows the default in other words', possible({ type: 'boolean', description: "Defaults to 'False'" }, ['', false]), false],
  ['leaves arguments alone that have to be given', possible({ ...integer, default: 7 }, [3]), false],
  ['knows the default as a list of one', possible({ type: 'array', items: text, description: "Default is 'mid'" }, ['', ['mid']]), false],
  ['leaves powers of ten in words alone', possible({ type: 'number', description: 'Default is 8.85 x 10^-12' }, ['', 8.85e-12]), false],
]);

test('default-conflict is an error, a warning where the request names the value, information where the default is accepted too', () => {
  const schema = { ...integer, default: 7 };
  expect(severityOf('default-conflict', possible(schema, ['', 30]))).toBe('error');
  expect(severityOf('default-conflict', possible(schema, ['', 30], 'for 30 days'))).toBe('warning');
  expect(severityOf('default-conflict', possible(schema, ['', 30, 7]))).toBe('information');
});

check('merged-calls', [
  ['finds numbers of a list', possible(integer, [10, 20, 30], 'for 10, 20 and 30 years'), true],
  ['finds texts of a list', possible(text, ['Louvre', 'British Museum'], 'in the Louvre and in the British Museum'), true],
  ['knows one thing in two words', possible(text, ['New York', 'New York City'], 'in New York City and so on'), false],
  ['knows singular and plural', possible(text, ['meter', 'meters'], 'one meter, then meters'), false],
  ['knows a percentage and its fraction', possible({ type: 'number' }, [5, 0.05], 'at 5% or 0.05'), false],
  ['knows forms that are not said', possible(text, ['LA', 'Los Angeles'], 'in Los Angeles'), false],
  ['leaves one value alone', possible(integer, [10], 'for 10 and 20 years'), false],
]);

check('contradictory-answers', [
  ['finds true and false', possible({ type: 'boolean' }, [true, false]), true],
  ['finds a percentage and its fraction', possible({ type: 'number' }, [0.05, 5]), true],
  ['leaves other numbers alone', possible(integer, [3, 4]), false],
]);

check('several-numbers', [
  ['finds cents beside dollars', possible(integer, [20000, 200]), true],
  ['finds two periods', possible(integer, [5, 10]), true],
  ['knows roundings', possible({ type: 'number' }, [9.8, 9.81]), false],
  ['knows one number in two forms', possible({ type: 'number' }, [4, 4]), false],
  ['knows ranges', possible(integer, [1861, 1862, 1863]), false],
  ['knows the default', possible({ ...integer, default: 0 }, [0, 200000]), false],
  ['leaves ordinary lists alone', plain({ type: 'array', items: integer }, [5, 10]), false],
]);

check('quoted-value', [
  ['finds marks around a text', plain(text, "'Oslo'"), true],
  ['finds them in a list', plain({ type: 'array', items: text }, ['"Oslo"']), true],
  ['leaves apostrophes alone', plain(text, "the 'old' and 'new'"), false],
  ['leaves quotations of the request alone', plain(text, "'Oslo'", `search for "'Oslo'"`), false],
]);

check('placeholder-value', [
  ['leaves goals alone that begin with such a word', plain(text, 'Replace alpha with beta'), false],
  ['knows an address of the world of the conversation', plain(text, 'Ada <ada@example.com>', 'her address is ada@example.com'), false],
  ['finds an address that nobody named', plain(text, 'ada@example.com'), true],
  ['finds an order to fill something in', plain(text, 'Enter your city'), true],
  ...(['<city>', 'your_api_key', 'YOUR_TOKEN_HERE', 'string', 'n/a', 'dontcare', '{{name}}', 'me@example.com', 'https://api.example.com/v1', '...', 'insert name here'] as const).map((value): Row => [`finds ${value}`, plain(text, value), true]),
  ...(['Oslo', 'unknown soldier', 'yourself', 'stringent'] as const).map((value): Row => [`leaves ${value} alone`, plain(text, value), false]),
  ['knows what the request says', plain(text, 'me@example.com', 'write to me@example.com'), false],
  ['knows the enum', plain({ ...text, enum: ['dontcare'] }, 'dontcare'), false],
  ['knows the default', plain({ ...text, default: 'unknown' }, 'unknown'), false],
]);

check('string-typed-value', [
  ['finds a boolean', plain({}, 'true'), true],
  ['finds an object', plain({}, '{"a": 1}'), true],
  ['finds a list', plain({}, '[1, 2]'), true],
  ['leaves texts alone where the schema asks for one', plain(text, '[1, 2]'), false],
  ['leaves digits alone, which may be an id', plain({}, '12'), false],
]);

check('duplicate-call', [
  ['finds a call twice', { request, properties: { x: text }, calls: [{ x: 'Oslo' }, { x: 'Oslo' }] }, true],
  ['knows other arguments', { request, properties: { x: text }, calls: [{ x: 'Oslo' }, { x: 'Rome' }] }, false],
]);

const tones = (names: readonly string[], said: string): RuleCase => ({
  request: said, properties: {}, tools: [{ name: 'generate_tone' }, { name: 'play_tone' }],
  label: { kind: 'calls', calls: names.map((name, i) => ({ name, arguments: { i } })) },
});

check('uncalled-tool', [
  ['finds the part that was forgotten', tones(['generate_tone', 'generate_tone'], 'generate two tones and play the tones'), true],
  ['knows a called tool', tones(['generate_tone', 'play_tone'], 'generate two tones and play the tones'), false],
  ['knows what is not asked for', tones(['generate_tone', 'generate_tone'], 'generate two tones'), false],
]);

describe('uncalled-tool, of requests in steps', () => {
  const walks = (request: string): RuleCase => ({
    request, properties: { to: { type: 'string' } }, name: 'maps.path', calls: [{ to: 'the park' }, { to: 'the lake' }],
    tools: [{ name: 'maps.route_times', description: 'Estimates how long a route takes', parameters: { type: 'object', properties: { to: { type: 'string' } } } }],
  });
  test.each([
    ['finds the step that was forgotten', 'First the path to the park, then estimate how long that route takes, and finally the path to the lake', true],
    ['knows requests without steps', 'Paths to the park and to the lake. I can estimate the route myself', false],
    ['knows steps that do not speak of it', 'First the path to the park, then the one to the lake, finally rest', false],
  ])('%s', (_what, request, found) => {
    expect(hitsOf(walks(request)).map(({ rule }) => rule).includes('uncalled-tool')).toBe(found);
  });
});

check('default-conflict', [
  ['knows a list of the default alone', possible({ type: 'array', items: text, default: 'mid' }, ['', ['mid']]), false],
]);

check('typographic-answer', [
  ['finds a text with other marks', { request: 'Ann’s birthday', properties: { q: { type: 'string' } }, possible: [{ q: ['Ann’s birthday'] }] }, true],
  ['finds a dash', { request: 'x', properties: { q: { type: 'string' } }, possible: [{ q: ['News – today'] }] }, true],
  ['knows both forms', { request: 'Ann’s birthday', properties: { q: { type: 'string' } }, possible: [{ q: ['Ann’s birthday', "Ann's birthday"] }] }, false],
  ['leaves other languages alone', { request: 'x', properties: { q: { type: 'string' } }, possible: [{ q: ['“北京”'] }] }, false],
  ['leaves ordinary labels alone', { request: 'Ann’s birthday', properties: { q: { type: 'string' } }, calls: [{ q: 'Ann’s birthday' }] }, false],
]);

const weather = (request: string, pairs: readonly (readonly [string, string])[]): RuleCase => ({ request, properties: { city: { type: 'string' }, day: { type: 'string' } }, calls: pairs.map(([city, day]) => ({ city, day })) });

check('paired-lists', [
  ['finds pairs of two lists', weather('in Oslo and Bergen on Monday and Tuesday', [['Oslo', 'Monday'], ['Bergen', 'Tuesday']]), true],
  ['knows what was asked for', weather('in Oslo and Bergen on Monday and Tuesday respectively', [['Oslo', 'Monday'], ['Bergen', 'Tuesday']]), false],
  ['knows pairs that are said', weather('in Oslo on Monday and in Bergen on Tuesday', [['Oslo', 'Monday'], ['Bergen', 'Tuesday']]), false],
  ['knows one list', weather('in Oslo and Bergen on Monday', [['Oslo', 'Monday'], ['Bergen', 'Monday']]), false],
]);

check('argument-equals-default', [
  ['finds a default written out', plain({ ...integer, default: 7 }, 7), true],
  ['knows what the request says', plain({ ...integer, default: 7 }, 7, 'for 7 days'), false],
  ['knows other values', plain({ ...integer, default: 7 }, 8, 'for 8 days'), false],
]);

check('null-argument', [
  ['finds null for what may be left out', plain({ type: ['string', 'null'] }, null), true],
  ['knows null as the default', plain({ type: ['string', 'null'], default: null }, null), false],
  ['leaves required arguments alone', { request, properties: { x: {} }, calls: [{ x: null }] }, false],
]);

check('no-call-though-tool-fits', [
  ['finds a tool that is named', { request: 'convert the currency', properties: {}, name: 'currency_converter', label: { kind: 'noCall' } }, true],
  ['knows that no tool is named', { request: 'tell me a joke', properties: {}, name: 'currency_converter', label: { kind: 'noCall' } }, false],
  ['leaves questions back alone', { request: 'convert the currency', properties: {}, name: 'currency_converter', label: { kind: 'text', text: 'Which?', textKind: { kind: 'ask' } } }, false],
]);

check('enum-of-another-type', [
  ['finds texts under integer', plain({ ...integer, enum: ['1', '2'] }, 2, 'two rooms'), true],
  ['knows a list of the type', plain({ ...integer, enum: [1, 2] }, 2, 'two rooms'), false],
  ['knows a value of the list', plain({ ...integer, enum: ['1', '2'] }, '2', 'two rooms'), false],
]);

describe('rules on schemas', () => {
  test('forgive a null that is the default, and a wrong default that cannot be written rightly', () => {
    expect(severityOf('argument-type', plain({ ...text, default: null }, null))).toBeUndefined();
    expect(severityOf('argument-type', possible({ type: 'number', description: 'The modulus. Default is None.' }, ['', null]))).toBe('information');
    expect(severityOf('argument-type', plain({ ...integer, default: '1' }, '1'))).toBe('error');
    expect(severityOf('argument-enum', plain({ ...text, enum: ['a', 'b'], default: 'all' }, 'all'))).toBe('information');
    expect(severityOf('argument-enum', possible({ ...text, enum: ['Bronze', 'Marble'] }, ['Bronze', 'bronze']))).toBe('information');
    expect(severityOf('argument-enum', possible({ ...text, enum: ['Bronze', 'Marble'] }, ['Bronze', 'Gold']))).toBe('warning');
    expect(severityOf('argument-enum', possible({ ...text, enum: ['Bronze', 'Marble'] }, ['bronze']))).toBe('error');
  });

  test('warn where only some of the acceptable values are off', () => {
    expect(severityOf('argument-type', possible({ type: 'boolean' }, [true, 'true']))).toBe('warning');
    expect(severityOf('argument-type', possible({ type: 'boolean' }, ['true', 'True']))).toBe('error');
    expect(severityOf('argument-type', possible({ type: 'boolean' }, [true, '']))).toBeUndefined();
  });

  test('forgive names of variables for collections', () => {
    expect(severityOf('argument-type', plain({ type: 'array' }, 'fileQueue', 'watch `fileQueue`'))).toBe('information');
    expect(severityOf('argument-type', plain({ type: 'HashMap' }, 'fields', 'watch fields'))).toBe('information');
    expect(severityOf('argument-type', plain({ type: 'array' }, 'overview', 'an overview'))).toBe('error');
  });

  test('find a required argument without an acceptable value', () => {
    expect(severityOf('missing-argument', { request, properties: { x: integer }, possible: [{ x: [''] }] })).toBe('error');
    expect(severityOf('missing-argument', { request, properties: { x: integer }, possible: [{ x: ['', 1] }] })).toBe('information');
  });
});

describe('fixes', () => {
  const fixOf = (rule: string, sample: RuleCase): unknown => hitsOf(sample).find((hit) => hit.rule === rule)?.fixes?.();
  const at = ['label', 0, 'arguments', 'x'];

  test.each([
    ['argument-type', plain(integer, '3'), [{ kind: 'set', path: at, value: 3 }], true],
    ['argument-type', plain({ type: 'boolean' }, 'True'), [{ kind: 'set', path: at, value: true }], true],
    ['argument-type', plain(text, 5), [{ kind: 'set', path: at, value: '5' }], true],
    ['argument-enum', plain({ ...text, enum: ['celsius', 'kelvin'] }, 'Kelvin'), [{ kind: 'set', path: at, value: 'kelvin' }], false],
    ['unknown-argument', { request, properties: { town: text }, calls: [{ twon: 'Oslo' }] }, [{ kind: 'rename', path: ['label', 0, 'arguments', 'twon'], key: 'town' }], false],
    ['quoted-value', plain(text, "'Oslo'"), [{ kind: 'set', path: at, value: 'Oslo' }], false],
    ['miscopied-value', plain(text, 'A-10423', 'order A-10432'), [{ kind: 'set', path: at, value: 'A-10432' }], false],
    ['null-argument', plain({ type: ['string', 'null'] }, null), [{ kind: 'remove', path: at }], false],
    ['argument-equals-default', plain({ ...integer, default: 7 }, 7), [{ kind: 'remove', path: at }], false],
    ['enum-against-request', plain({ ...text, enum: ['celsius', 'kelvin'] }, 'celsius', 'in kelvin'), [{ kind: 'set', path: at, value: 'kelvin' }], false],
    ['string-typed-value', plain({}, '[1, 2]'), [{ kind: 'set', path: at, value: [1, 2] }], false],
  ] as const)('of %s', (rule, sample, edits, safe) => {
    expect(fixOf(rule, sample)).toEqual([expect.objectContaining({ safe, edits })]);
  });

  test('swap both arguments', () => {
    const sample: RuleCase = { request: 'from Oslo to Rome', properties: { origin: text, destination: text }, calls: [{ origin: 'Rome', destination: 'Oslo' }] };
    expect(fixOf('swapped-arguments', sample)).toMatchObject([{ edits: [{ value: 'Oslo' }, { value: 'Rome' }] }]);
  });

  test('are none where there is no one way', () => {
    expect(fixOf('argument-type', plain(integer, 'three'))).toBeUndefined();
    expect(fixOf('argument-type', possible(integer, ['3']))).toEqual([]);
  });
});

test.each([
  [{ default: null }, null],
  [{ default: 5, description: 'Default is 6' }, 5],
  [{ description: 'Optional, default is 1.' }, 1],
  [{ description: 'Defaults to true' }, true],
  [{ description: "The unit (default: 'kg')." }, 'kg'],
  [{ description: 'Default value is 1,000' }, 1000],
  [{ description: 'Default empty array' }, []],
  [{ description: 'Default is None' }, null],
  [{ description: 'Default depends on the weather' }, undefined],
  [{ description: 'The number of days' }, undefined],
])('the default that %j declares is %j', (schema, value) => {
  expect(declaredDefault(schema)).toEqual(value);
});

test('duplicate-call knows calls that the request counts, and is information where it speaks of repeating', () => {
  const five: RuleCase = { request: 'five random facts', properties: {}, calls: [{}, {}, {}, {}, {}] };
  expect(severityOf('duplicate-call', five)).toBeUndefined();
  expect(severityOf('duplicate-call', { ...five, request: 'random facts again and again' })).toBe('information');
  expect(severityOf('duplicate-call', { ...five, request: 'random facts' })).toBe('warning');
});
