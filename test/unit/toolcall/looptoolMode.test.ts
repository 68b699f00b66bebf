import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { extractOfficialCalls, officialReward } from '../../../src/core/toolcall/looptool/officialReward.ts';
import { sameParsedContent } from '../../../src/core/toolcall/looptool/parsedContent.ts';
import { parsePythonJson } from '../../../src/core/toolcall/looptool/pythonJson.ts';
import { validateFunctionCall } from '../../../src/core/toolcall/looptool/validateCall.ts';

const json = (text: string): JsonValue => {
  const read = parseJson(text);
  if (!read.ok) throw new Error(read.message);
  return read.value;
};
const A = '{"name":"f","arguments":{"x":"a"}}';
const B = '{"name":"f","arguments":{"x":"b"}}';
const value = (text: string): string => `[{"name":"f","arguments":{"x":${text}}}]`;
const args = (text: string): string => `[{"name":"f","arguments":${text}}]`;

describe('the published comparer (looptool-spec.md 9.1, column Repo)', () => {
  test.each<[number, string, string, string, boolean]>([
    [1, 'calls in another order', `[${A},${B}]`, `[${B},${A}]`, true],
    [2, 'AAB against ABB', `[${A},${A},${B}]`, `[${A},${B},${B}]`, true],
    [3, 'AA against A', `[${A},${A}]`, `[${A}]`, false],
    [4, '1 against 1.0', value('1'), value('1.0'), true],
    [5, '1 against true', value('1'), value('true'), true],
    [5, '0 against false', value('0.0'), value('false'), true],
    [6, '"1" against 1', value('"1"'), value('1'), false],
    [7, 'members in another order', value('[1,2]'), value('[2,1]'), true],
    [8, 'a member twice', value('[1,1,2]'), value('[1,2]'), true],
    [9, '[] against {}', value('[]'), value('{}'), true],
    [9, '[] against {} as arguments', args('[]'), args('{}'), true],
    [10, 'null against absent', args('{"x":null}'), args('{}'), false],
    [11, 'a default against absent', args('{"x":5}'), args('{}'), false],
    [12, 'extra envelope key', `[${A}]`, '[{"id":"1","name":"f","arguments":{"x":"a"}}]', false],
    [13, 'arguments missing against {}', '[{"name":"f"}]', args('{}'), false],
    [14, 'arguments as JSON text', args('{"x":1}'), args('"{\\"x\\":1}"'), false],
    [15, 'the case of a name', '[{"name":"f"}]', '[{"name":"F"}]', false],
    [15, 'blanks around a name', '[{"name":"f"}]', '[{"name":" f"}]', false],
    [16, 'the case of a text', value('"Paris"'), value('"paris"'), false],
    [17, 'NFC against NFD', value(`"${'é'.normalize('NFC')}"`), value(`"${'é'.normalize('NFD')}"`), false],
    [18, 'nested keys in another order', value('{"a":1,"b":{"c":2,"d":3}}'), value('{"b":{"d":3,"c":2},"a":1}'), true],
    [19, 'objects in another order', value('[{"a":1},{"b":2}]'), value('[{"b":2},{"a":1}]'), true],
    [20, 'both unparsable and identical', '["{x"]', '["{x"]', true],
    [21, 'nothing against nothing', '[]', '[]', true],
    [23, 'integers beyond 2^53', value('9007199254740993'), value('9007199254740992'), false],
    [23, 'an integer beyond 2^53 against the double next to it', value('9007199254740993'), value('9007199254740992.0'), false],
    [23, 'a large integer against the same double', value('10000000000000000'), value('1e16'), true],
    [24, 'a doubled key', value('{"a":1,"a":2}'), value('{"a":2}'), true],
    [25, '__proto__ against absent', args('{"__proto__":1}'), args('{}'), false],
    [25, 'a list is no object of the same members', value('["a",1]'), value('{"a":1}'), false],
  ])('row %i: %s', (_row, _what, left, right, equal) => {
    expect(sameParsedContent(json(left), json(right))).toBe(equal);
    expect(sameParsedContent(json(right), json(left))).toBe(equal);
  });

  test('row 22: NaN equals itself, and infinity equals a number too large', () => {
    expect(sameParsedContent([parsePythonJson('NaN') ?? null], [parsePythonJson('NaN') ?? null])).toBe(true);
    expect(sameParsedContent([parsePythonJson('[Infinity]') ?? null], [parsePythonJson('[1e999]') ?? null])).toBe(true);
    expect(sameParsedContent([parsePythonJson('-Infinity') ?? null], [parsePythonJson('Infinity') ?? null])).toBe(false);
  });

  test('row 26: deep values are compared, where the reference gives up', () => {
    const deep = `${'['.repeat(500)}1${']'.repeat(500)}`;
    expect(sameParsedContent(json(deep), json(deep.replace('1', '2')))).toBe(false);
  });

  test('without the length check, repetition of calls does not count either', () => {
    expect(sameParsedContent(json(`[${A},${A}]`), json(`[${A}]`), false)).toBe(true);
  });

  test('what is neither a list nor an object equals nothing', () => {
    expect(sameParsedContent(1, 1)).toBe(false);
  });
});

describe('JSON as Python reads it', () => {
  test.each(['\ufeff1', '{"a":-NaN}', '{"a":Infinity1}', 'nan', '{a:1}', '01', '"NaN'])('refuses %j', (text) => {
    expect(parsePythonJson(text)).toBeUndefined();
  });

  test('leaves the names of numbers alone within texts', () => {
    expect(parsePythonJson('["NaN", "-Infinity", NaN]')).toEqual(['NaN', '-Infinity', NaN]);
  });

  test('never throws', () => {
    const piece = fc.constantFrom('NaN', '-', 'Infinity', '{', '}', '[', ']', ',', ':', '"', '\\', '1', 'e', '.', ' ', 'null');
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      parsePythonJson(parts.join(''));
    }));
  });
});

describe('the official reward (looptool-spec.md 6.3)', () => {
  const tagged = (body: string): string => `<tool_call>\n${body}\n</tool_call>`;

  test.each<[string, string, string, 0 | 1]>([
    ['the same call', tagged(A), `<think>\nso\n</think>\n\n${tagged(A)}`, 1],
    ['no thinking', tagged(A), tagged(A), 1],
    ['prose after the calls', tagged(A), `${tagged(A)} Done.`, 1],
    ['tags without line feeds', tagged(A), `<tool_call>${A}</tool_call>`, 0],
    ['CRLF in the tags', tagged(A), `<tool_call>\r\n${A}\r\n</tool_call>`, 0],
    ['a draft beside the answer', tagged(A), `<think>${tagged(A)}</think>${tagged(A)}`, 0],
    ['a draft alone and a wrong answer in one line', tagged(A), `<think>${tagged(A)}</think><tool_call>${B}</tool_call>`, 1],
    ['nothing extracted on either side', `<tool_call>${A}</tool_call>`, `<tool_call>${B}</tool_call>`, 1],
    ['text for text, whatever it says', 'Fine.', 'No.', 1],
    ['nothing for text', 'Fine.', '', 1],
    ['text that mentions the tag', 'Fine.', '<think>no <tool_call></think>Fine.', 0],
    ['text with a closing tag', 'Fine.', 'Fine.</tool_call>', 0],
    ['an answer without a closing tag', tagged(A), `<tool_call>\n${A}`, 0],
    ['the last assistant turn of a transcript', tagged(A), `<|im_start|>assistant\n${tagged(B)}<|im_end|>\n<|im_start|>assistant\n${tagged(A)}<|im_end|>\n${tagged(B)}`, 1],
    ['the same text that is no JSON', tagged("{'x'}"), tagged("{'x'}"), 1],
    ['null against its text', tagged('null'), tagged('"null"'), 0],
  ])('%s', (_what, label, answer, reward) => {
    expect(officialReward(label, answer)).toBe(reward);
  });

  test('an unclosed call swallows the next one, as one text', () => {
    expect(extractOfficialCalls(`<tool_call>\n{"a"\n<tool_call>\n${A}\n</tool_call>`)).toEqual([`{"a"\n<tool_call>\n${A}`]);
    expect(extractOfficialCalls(tagged(''))).toEqual(['']);
  });
});

describe('the published call validation (looptool-spec.md 5.6)', () => {
  const properties = { s: { type: 'string' }, i: { type: 'integer' }, n: { type: 'Number' }, b: { type: 'boolean' }, a: { type: 'array' }, o: { type: 'object' }, any: { type: 'any' }, none: {}, union: { type: ['string', 'null'] } };
  const tool = { name: 'f', parameters: { type: 'object', properties, required: ['s'] } };
  const validate = (call: string, tools: readonly JsonValue[] = [tool]): string => {
    const { valid, message } = validateFunctionCall(json(call), tools);
    expect(valid).toBe(message === '');
    return message;
  };
  const withArgument = (text: string): string => validate(`{"name":"f","arguments":{"s":"x",${text}}}`);
  const typeMessage = (name: string, type: string, got: string): string => `Parameter '${name}' has invalid type for function 'f'. Expected ${type}, got ${got}`;

  test.each([
    ['"i":1', ''],
    ['"i":true', ''],
    ['"n":false', ''],
    ['"n":1.5', ''],
    ['"any":null', ''],
    ['"none":null', ''],
    ['"i":1.0', typeMessage('i', 'integer', 'float')],
    ['"i":1e2', typeMessage('i', 'integer', 'float')],
    ['"b":1', typeMessage('b', 'boolean', 'int')],
    ['"n":"1"', typeMessage('n', 'Number', 'str')],
    ['"a":{}', typeMessage('a', 'array', 'dict')],
    ['"o":[]', typeMessage('o', 'object', 'list')],
    ['"i":null', typeMessage('i', 'integer', 'NoneType')],
    ['"x":1', "Invalid parameter 'x' for function 'f'"],
    ['"union":"x"', "Validation error: 'list' object has no attribute 'lower'"],
  ])('of {%s} says %j', (text, message) => {
    expect(withArgument(text)).toBe(message);
  });

  test.each([
    ['{"arguments":{}}', "Validation error: 'name'"],
    ['{"name":"f"}', "Validation error: 'arguments'"],
    ['{"name":"g","arguments":{}}', "Function 'g' not found in tool set"],
    ['{"name":null,"arguments":{}}', "Function 'None' not found in tool set"],
    ['{"name":[],"arguments":{}}', "Validation error: unhashable type: 'list'"],
    ['{"name":"f","arguments":{}}', "Required parameter 's' missing for function 'f'"],
    ['{"name":"f","arguments":"{\\"s\\":1}"}', "Invalid parameter '{' for function 'f'"],
    ['{"name":"f","arguments":["s"]}', "Validation error: 'list' object has no attribute 'items'"],
    ['{"name":"f","arguments":5}', "Validation error: argument of type 'int' is not iterable"],
    ['[]', 'Validation error: list indices must be integers or slices, not str'],
    ['"f"', "Validation error: string indices must be integers, not 'str'"],
    ['null', "Validation error: 'NoneType' object is not subscriptable"],
  ])('of %s says %j', (call, message) => {
    expect(validate(call)).toBe(message);
  });

  test('needs parameters of the tool, and takes the last of one name', () => {
    expect(validate('{"name":"f","arguments":{}}', [{ name: 'f' }])).toBe("Validation error: 'parameters'");
    expect(validate('{"name":"f","arguments":{}}', [tool, { name: 'f', parameters: {} }])).toBe('');
    expect(validate('{"name":"f","arguments":{}}', [{ name: 'f', parameters: { required: null } }])).toBe("Validation error: 'NoneType' object is not iterable");
  });
});
