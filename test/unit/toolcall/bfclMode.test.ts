import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { checkBfcl, type BfclVerdict } from '../../../src/core/toolcall/bfcl/astChecker.ts';
import { compileTools, type BfclLanguage } from '../../../src/core/toolcall/bfcl/compileTools.ts';
import { explainBfcl } from '../../../src/core/toolcall/bfcl/explainBfcl.ts';
import { sameStandardString, standardString } from '../../../src/core/toolcall/bfcl/standardString.ts';
import { jsonValue } from '../../builders/samples.ts';

const json = (text: string): JsonValue => {
  const read = parseJson(text);
  if (!read.ok) throw new Error(read.message);
  return read.value;
};

/** One function `f` with one parameter `p`, asked for one value. Values and possible answers as JSON text, for literals count. */
function check(type: JsonValue, value: string, possible: string, language: BfclLanguage = 'python'): string {
  const tools = compileTools([{ name: 'f', parameters: { type: 'dict', properties: { p: type }, required: [] } }], language);
  const verdict = checkBfcl(tools, [json(`{"f":{"p":${value}}}`)], [json(`{"f":{"p":${possible}}}`)], 'simple');
  return verdict.errorType ?? 'valid';
}
const list = (member: string): JsonValue => ({ type: 'array', items: { type: member } });

describe('values of Python calls', () => {
  test.each<[string, JsonValue, string, string, string]>([
    ['case, blanks and some punctuation of texts', { type: 'string' }, '"April 1, 2024"', '["april 1-2024"]', 'valid'],
    ['single for double quotes', { type: 'string' }, `"it's"`, '["it\\"s"]', 'valid'],
    ['other punctuation', { type: 'string' }, '"a!"', '["a"]', 'value_error:string'],
    ['a tab is no blank', { type: 'string' }, '"a\\tb"', '["ab"]', 'value_error:string'],
    ['full-width letters', { type: 'string' }, '"ａ"', '["a"]', 'value_error:string'],
    ['an integer for a float', { type: 'float' }, '5', '[5.0]', 'valid'],
    ['an integer literal where the possible answer has one too', { type: 'float' }, '5.0', '[5]', 'valid'],
    ['a float literal for an integer', { type: 'integer' }, '5.0', '[5]', 'type_error:simple'],
    ['an exponent makes a float', { type: 'integer' }, '1e3', '[1000]', 'type_error:simple'],
    ['a boolean for an integer', { type: 'integer' }, 'true', '[1]', 'type_error:simple'],
    ['integers beyond 2^53', { type: 'integer' }, '9007199254740993', '[9007199254740992]', 'value_error:others'],
    ['an integer that a float rounds', { type: 'float' }, '9007199254740993', '[9007199254740992.0]', 'valid'],
    ['text for a number', { type: 'integer' }, '"5"', '[5]', 'type_error:simple'],
    ['a variable, as the possible answers have text', { type: 'integer' }, '"count"', '["count"]', 'valid'],
    ['a variable in another case', { type: 'integer' }, '"Count"', '["count"]', 'value_error:others'],
    ['a value where the possible answers name a variable', { type: 'integer' }, '5', '["count"]', 'value_error:others'],
    ['null', { type: 'string' }, 'null', '["a"]', 'type_error:simple'],
    ['a list in order, its texts standardised', list('string'), '["A B","c"]', '[["ab","C"]]', 'valid'],
    ['a list in another order', list('integer'), '[2,1]', '[[1,2]]', 'value_error:list/tuple'],
    ['numbers of a list by value', list('float'), '[1.0]', '[[1]]', 'valid'],
    ['an integer among floats', list('float'), '[1]', '[[1.0]]', 'type_error:nested'],
    ['the empty list where the argument is optional', list('integer'), '[]', '[[1],""]', 'valid'],
    ['a member of another type', list('integer'), '[1,"x"]', '[[1,2]]', 'type_error:nested'],
    ['a scalar for a list', list('integer'), '1', '[[1]]', 'type_error:simple'],
    ['texts of lists in lists are taken to the letter', list('array'), '[["A"]]', '[[["a"]]]', 'value_error:list/tuple'],
    ['an object', { type: 'dict' }, '{"a":"X y"}', '[{"a":["xy"]}]', 'valid'],
    ['an optional member', { type: 'dict' }, '{}', '[{"a":["x",""]}]', 'valid'],
    ['a missing member', { type: 'dict' }, '{}', '[{"a":["x"]}]', 'value_error:dict_key'],
    ['an unknown member', { type: 'dict' }, '{"a":"x","b":1}', '[{"a":["x"]}]', 'value_error:dict_key'],
    ['a wrong member', { type: 'dict' }, '{"a":"y"}', '[{"a":["x"]}]', 'value_error:dict_value'],
    ['a missing member hides a wrong one', { type: 'dict' }, '{"a":"y"}', '[{"a":["x"],"b":[1]}]', 'value_error:dict_key'],
    ['the second of two objects', { type: 'dict' }, '{"a":2}', '[{"a":[1]},{"a":[2]}]', 'valid'],
    ['an object where only leaving out is possible', { type: 'dict' }, '{}', '[""]', 'dict_checker:unclear'],
    ['objects of a list in order', list('dict'), '[{"a":1},{"a":2}]', '[[{"a":[1]},{"a":[2]}]]', 'valid'],
    ['objects of a list in another order', list('dict'), '[{"a":2},{"a":1}]', '[[{"a":[1]},{"a":[2]}]]', 'value_error:dict_value'],
    ['fewer objects', list('dict'), '[{"a":1}]', '[[{"a":[1]},{"a":[2]}]]', 'value_error:list_dict_count'],
    ['a type that is not known', { type: 'number' }, '5', '[5]', 'exception'],
    ['an array without a type of members', { type: 'array' }, '[1]', '[[1]]', 'exception'],
  ])('%s', (_what, type, value, possible, verdict) => {
    expect(check(type, value, possible)).toBe(verdict);
  });
});

describe('values of Java calls are source text', () => {
  const of = (type: string, items?: string): JsonValue => (items === undefined ? { type } : { type, items: { type: items } });
  test.each<[JsonValue, string, string, string]>([
    [of('integer'), '5', '[5]', 'valid'],
    [of('integer'), '5\n', '[5]', 'valid'],
    [of('integer'), '٥', '[5]', 'valid'],
    [of('integer'), '5L', '[5]', 'type_error:simple'],
    [of('integer'), '+5', '[5]', 'type_error:simple'],
    [of('long'), '5L', '[5]', 'valid'],
    [of('long'), '5', '[5]', 'type_error:simple'],
    [of('float'), '5.0f', '[5.0]', 'valid'],
    [of('float'), '5.0', '[5.0]', 'type_error:simple'],
    [of('double'), '1e-3', '[0.001]', 'valid'],
    [of('double'), '5f', '[5.0]', 'type_error:simple'],
    [of('boolean'), 'true', '[true]', 'valid'],
    [of('boolean'), 'True', '[true]', 'type_error:simple'],
    [of('char'), "'a'", '["\'a\'"]', 'valid'],
    [of('String'), 'Some Text', '["some-text"]', 'valid'],
    [of('any'), 'x', '["x"]', 'valid'],
    [of('Array', 'integer'), 'new int[]{1, 2}', '[[1,2]]', 'valid'],
    [of('Array', 'long'), 'new long[]{1L, 2}', '[[1,"2"]]', 'type_error:nested'],
    [of('Array', 'String'), 'new String[]{"a"}', '[["\\"a\\""]]', 'valid'],
    [of('Array', 'integer'), '[1, 2]', '[[1,2]]', 'type_error:simple'],
    [of('ArrayList', 'String'), 'new ArrayList<String>(Arrays.asList("a", "b"))', '[["a","b"]]', 'valid'],
    [of('ArrayList', 'integer'), 'new ArrayList<>() {{ add(1); add(2); }}', '[[1,2]]', 'valid'],
    [of('ArrayList', 'integer'), 'new ArrayList<>()', '[[]]', 'valid'],
    [of('ArrayList', 'integer'), 'new ArrayList<>() {{ }}', '[[]]', 'valid'],
    [of('ArrayList', 'integer'), 'new ArrayList<>() {{ add(1)', '[[]]', 'valid'],
    [of('HashMap'), 'new HashMap<String, Object>() {{ put("a", 1); put("b", "x"); put("c", true); put("d", 2L); put("e", 1.5f); put("f", y); }}', '[{"a":[1],"b":["X"],"c":[true],"d":[2],"e":[1.5],"f":["y"]}]', 'valid'],
    [of('HashMap'), 'new HashMap<>()', '[{}]', 'valid'],
    [of('HashMap'), 'new HashMap<>() { }', '[{}]', 'valid'],
    [of('HashMap'), 'map', '["map"]', 'valid'],
    [of('Set'), 'x', '["x"]', 'exception'],
  ])('%j: %j against %s is %s', (type, value, possible, verdict) => {
    expect(check(type, JSON.stringify(value), possible, 'java')).toBe(verdict);
  });

  test('and nothing else', () => {
    expect(check({ type: 'integer' }, '5', '[5]', 'java')).toBe('type_error:java');
    expect(check({ type: 'integer' }, '5', '[5]', 'javascript')).toBe('type_error:js');
  });
});

describe('values of JavaScript calls are source text', () => {
  const of = (type: string, items?: string): JsonValue => (items === undefined ? { type } : { type, items: { type: items } });
  test.each<[JsonValue, string, string, string]>([
    [of('String'), "'abc'", '["abc"]', 'valid'],
    [of('integer'), '5', '[5]', 'valid'],
    [of('integer'), '5.0', '[5]', 'type_error:simple'],
    [of('float'), '5', '[5]', 'valid'],
    [of('float'), '5e1', '[50.0]', 'type_error:simple'],
    [of('Bigint'), '5n', '[5]', 'valid'],
    [of('Boolean'), 'true', '[true]', 'valid'],
    [of('array', 'integer'), '[1, 2]', '[[1,2]]', 'valid'],
    [of('array', 'String'), '["a", \'b\']', '[["a","b"]]', 'valid'],
    [of('array', 'integer'), 'new Array(1, 2)', '[[1,2]]', 'valid'],
    [of('array', 'array'), '[[1, 2], [3]]', '[[[1,2],[3]]]', 'valid'],
    [of('array', 'array'), 'new Array([1], [2])', '[[[1],[2]]]', 'valid'],
    [of('array', 'integer'), '[]', '[[]]', 'valid'],
    [of('array', 'integer'), '[1n]', '[["1n"]]', 'valid'],
    [of('dict'), '{}', '[{}]', 'valid'],
    [of('dict'), '{a: 1, "b": \'x\', c: [1, 2], d: true}', '[{"a":[1],"b":["x"],"c":[[1,2]],"d":[true]}]', 'valid'],
    [of('dict'), '{url: "http://x:80", k: 1}', '[{"url":["http://x:80"],"k":[1]}]', 'valid'],
    [of('dict'), '{a: {b: 1}}', '[{"a":["{b: 1"]}]', 'valid'],
    [of('dict'), 'options', '["options"]', 'valid'],
    [of('any'), '5', '["5"]', 'valid'],
  ])('%j: %j against %s is %s', (type, value, possible, verdict) => {
    expect(check(type, JSON.stringify(value), possible, 'javascript')).toBe(verdict);
  });

  test('are read in time that grows with their length, where a pattern would try every way', () => {
    const open = `[[${Array.from({ length: 5000 }, (_, n) => n).join('],[')}]`;
    expect(check({ type: 'array', items: { type: 'any' } }, JSON.stringify(open), '["x"]', 'javascript')).toBe('value_error:others');
    expect(check({ type: 'ArrayList', items: { type: 'integer' } }, JSON.stringify(`new ArrayList<>() {{ a${' '.repeat(50_000)}b`), '[[]]', 'java')).toBe('valid');
    expect(check({ type: 'HashMap' }, JSON.stringify(`new HashMap<>() { a${' '.repeat(5000)}b`), '["x"]', 'java')).toBe('value_error:others');
  });
});

describe('calls', () => {
  const tools = compileTools([
    { name: 'a.f', parameters: { type: 'dict', properties: { x: { type: 'integer' }, y: { type: 'integer' } }, required: ['x'] } },
    { name: 'g', parameters: { type: 'dict', properties: {}, required: [] } },
  ], 'python');
  const verdict = (category: string, output: JsonValue[], possible: JsonValue[], compiled = tools): BfclVerdict => checkBfcl(compiled, output, possible, category, true);
  const f = (x: JsonValue): JsonValue => ({ 'a.f': { x } });
  const answer: JsonValue = { 'a.f': { x: [1], y: ['', 2] } };

  test.each<[string, string, JsonValue[], JsonValue[], string | null]>([
    ['a right call', 'simple', [f(1)], [answer], null],
    ['two calls for one', 'simple', [f(1), f(1)], [answer], 'simple_function_checker:wrong_count'],
    ['another function', 'simple', [{ g: {} }], [answer], 'simple_function_checker:wrong_func_name'],
    ['another function beside the right one', 'simple', [{ g: {}, 'a.f': { x: 1 } }], [answer], null],
    ['a missing argument', 'simple', [{ 'a.f': {} }], [answer], 'simple_function_checker:missing_required'],
    ['an argument that the possible answers lack', 'simple', [{ 'a.f': { x: 1, y: 2 } }], [{ 'a.f': { x: [1] } }], 'simple_function_checker:unexpected_param'],
    ['an argument that may not be left out', 'simple', [f(1)], [{ 'a.f': { x: [1], y: [2] } }], 'simple_function_checker:missing_optional'],
    ['the function that the answer names', 'multiple', [{ g: {} }], [{ g: {} }], null],
    ['no calls', 'multiple', [], [answer], 'multiple_function_checker:wrong_count'],
    ['any order', 'parallel', [f(2), f(1)], [{ 'a.f': { x: [1] } }, { 'a.f': { x: [2] } }], null],
    ['one call too few', 'parallel', [f(1)], [answer, answer], 'parallel_function_checker_no_order:wrong_count'],
    ['a call that fits nothing', 'parallel_multiple', [f(1), { g: {} }], [answer, answer], 'parallel_function_checker_no_order:cannot_find_match'],
    ['greedy as the reference: the first that fits is taken', 'parallel', [f(1), f(2)], [{ 'a.f': { x: [1, 2] } }, { 'a.f': { x: [1] } }], 'parallel_function_checker_no_order:cannot_find_match'],
    ['an answer for a function that is not there', 'multiple', [{ h: {} }], [{ h: {} }], 'exception'],
  ])('%s (%s)', (_what, category, output, possible, errorType) => {
    expect(verdict(category, output, possible)).toMatchObject({ valid: errorType === null, errorType });
  });

  test('have no points in their names where the interface takes none', () => {
    const underscored = compileTools([{ name: 'a.f', parameters: { type: 'dict', properties: { x: { type: 'integer' } }, required: [] } }], 'python', true);
    expect(verdict('simple', [{ a_f: { x: 1 } }], [{ 'a.f': { x: [1] } }], underscored).valid).toBe(true);
    expect(verdict('simple', [f(1)], [{ 'a.f': { x: [1] } }], underscored).errorType).toBe('simple_function_checker:wrong_func_name');
  });

  test('are explained by one difference, of parallel calls that of the nearest', () => {
    expect(explainBfcl(verdict('simple', [f(1)], [answer]))).toEqual([]);
    expect(explainBfcl(verdict('simple', [f(3)], [answer]))).toMatchObject([{ kind: 'value', severity: 'error', path: [0, 'x'], got: 3, expected: [1], message: 'x is 3, expected one of [1]' }]);
    expect(explainBfcl(verdict('parallel', [{ g: {} }, f(3)], [answer, answer]))).toMatchObject([{ kind: 'value', path: [0, 'x'], got: 3 }]);
    expect(explainBfcl(verdict('simple', [{ g: {} }], [answer]))).toMatchObject([{ kind: 'name', expected: 'a.f', got: 'g' }]);
    expect(explainBfcl(verdict('simple', [{ 'a.f': {} }], [answer]))).toMatchObject([{ kind: 'missing-argument', path: [0, 'x'] }]);
    expect(explainBfcl(verdict('simple', [], [answer]))).toMatchObject([{ kind: 'kind', path: [] }]);
  });

  test('of any shape get a verdict and an explanation, and never an exception', () => {
    const language = fc.constantFrom<BfclLanguage>('python', 'java', 'javascript');
    const type = fc.constantFrom<JsonValue>({ type: 'integer' }, { type: 'dict' }, { type: 'array', items: { type: 'dict' } }, { type: 'HashMap' }, { type: 'ArrayList', items: { type: 'integer' } }, 5, null);
    fc.assert(fc.property(language, type, jsonValue, jsonValue, fc.constantFrom('simple', 'multiple', 'parallel'), (of, parameter, value, possible, category) => {
      const compiled = compileTools([{ name: 'f', parameters: { properties: { p: parameter }, required: [] } }], of);
      for (const output of [[{ f: { p: value } }], [value], []]) {
        for (const answers of [[{ f: { p: possible } }], [possible], []]) {
          const found = checkBfcl(compiled, output, answers, category, true);
          expect(explainBfcl(found).length === 0).toBe(found.valid);
        }
      }
    }), { numRuns: 500 });
  });
});

describe('standard texts', () => {
  test('are compared as they are made', () => {
    const text = fc.array(fc.constantFrom('a', 'A', ' ', '-', "'", '"', 'İ', 'Σ', 'é', '\u212a', 'k', '!'), { maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text, text, (a, b) => {
      expect(sameStandardString(a, b)).toBe(standardString(a) === standardString(b));
    }), { numRuns: 2000 });
  });

  test('lose blanks and `,./-_*^`, and nothing else', () => {
    expect(standardString(' ,./-_*^A\'\t!')).toBe('a"\t!');
  });
});

