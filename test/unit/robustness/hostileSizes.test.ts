import { describe, expect, it } from 'vitest';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import { noTools, rememberedBlock } from '../../../src/core/dataset/reading/toolBlock.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { canonicalJson } from '../../../src/core/json/stringify.ts';
import { JsonNumber } from '../../../src/core/json/value.ts';
import { splitText } from '../../../src/core/jsonl/recordSplitter.ts';
import { numbersInText } from '../../../src/core/rules/grounding/numbersInText.ts';
import { checkSample } from '../../../src/core/rules/recordChecker.ts';
import { rules } from '../../../src/core/rules/rules.generated.ts';
import { SampleContext } from '../../../src/core/rules/sampleContext.ts';
import { activeRules } from '../../../src/core/rules/settings.ts';
import { checkPossible } from '../../../src/core/schema/checkPossible.ts';
import { toolParameterSchema } from '../../../src/core/schema/normalise.ts';
import { validateArguments } from '../../../src/core/schema/validate.ts';
import { numberKey } from '../../../src/core/toolcall/canonicalCall.ts';
import { extractPrediction } from '../../../src/core/toolcall/extract.ts';
import { sameParsedContent } from '../../../src/core/toolcall/looptool/parsedContent.ts';
import { parsePythonCalls } from '../../../src/core/toolcall/pythonCalls.ts';
import { findTextCalls } from '../../../src/core/toolcall/textCalls.ts';
import { tokens } from '../../builders/fuzz/hostile.ts';

// What is not linear in these sizes does not end within the time that a test has.
const megabyte = 1_000_000;

describe('a megabyte of one mark', () => {
  const marks = tokens.filter((token) => /^[<[`\\"'{}()fATI]/.test(token));
  it.each(marks)('%j is read as an answer and as Python', (mark) => {
    const text = mark.repeat(Math.ceil(megabyte / mark.length));
    expect(findTextCalls(text).calls.length).toBeLessThan(megabyte);
    expect(extractPrediction(text).kind).not.toBe('');
    for (const mode of ['bfcl', 'lenient'] as const) expect(typeof parsePythonCalls(text, { mode }).ok).toBe('boolean');
  });
});

describe('sizes that nobody writes by hand', () => {
  it('a line of 40 MB is a record like any other', () => {
    const text = `{"messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "${'x'.repeat(40 * megabyte)}"}]}\n`;
    const [record] = splitText(text);
    expect(record?.text.length).toBe(text.length - 1);
    expect(readDataset(text, { file: 'x', steps: 'all' }).samples).toHaveLength(1);
  });

  it.each(['[', '{"a":', '[{"a":'])('100,000 levels of %s are refused with their place', (open) => {
    const text = open.repeat(100_000);
    expect(parseJson(text)).toMatchObject({ ok: false, message: 'nested deeper than 512 levels' });
    expect(readDataset(text, { file: 'x', steps: 'all' }).problems.length).toBeGreaterThan(0);
  });

  it('no dialect takes more than a look at a record with 100,000 members', () => {
    const record = parseJson(`{${Array.from({ length: 100_000 }, (_, index) => `"k${index}": ${index}`).join(',')}}`);
    if (!record.ok) throw new Error(record.message);
    for (const dialect of dialects) expect(dialect.detect(record.value)).toBeLessThanOrEqual(1);
  });
});

describe('what fuzzing found', () => {
  it('possible answers meet a schema that refers to itself and to nothing else', () => {
    const tool = { name: 'f', parameters: { type: 'object', properties: { a: { $ref: '#/properties/a' } } } };
    expect(checkPossible([{ name: 'f', arguments: { a: [{ b: [1] }] } }], [tool])).toMatchObject([{ call: 0, path: ['a'], extent: 'all' }]);
  });

  it('alternatives that are the whole again cost a bounded amount', () => {
    const schema = { type: 'object', properties: { a: { type: 'integer', enum: [1, 2] }, city: { type: 'object', properties: { b: { type: 'string' } } } }, required: ['a', 'q'], additionalProperties: { type: 'string' }, oneOf: [{ $ref: '#' }, { $ref: '' }] };
    expect(validateArguments(schema, { a: 'x', city: { c: 1 }, other: 5 }).length).toBeGreaterThan(0);
  });

  it('a tag inside of a string does not end what follows a python tag', () => {
    const text = '<|python_tag|>{"name": "f", "parameters": {"a": "<|python_tag|>"}}<|eom_id|>';
    const { calls } = findTextCalls(text);
    expect(calls.map(({ node, block }) => node.end <= block.end)).toEqual([true]);
    expect(extractPrediction(text)).toMatchObject({ kind: 'CALL', calls: [{ name: 'f', arguments: { a: '<|python_tag|>' } }] });
  });

  it('a record that is longer than the limit is none, though it came in one piece', () => {
    const records = splitText(`[{"a": "${'x'.repeat(100)}"}, {"a": 1}]\n`, { maxRecordBytes: 50 });
    expect(records.map(({ text, problem }) => (problem === undefined ? text : problem.message))).toEqual(['a record is longer than 50 bytes and is not read', '{"a": 1}']);
  });

  it('numbers are found behind 400,000 digits', () => {
    expect(numbersInText(`${'1'.repeat(400_000)} 2023.10.1`)).toContain(2023);
  });

  it('numbers with 400,000 zeros have keys, and so have types with as many blanks', () => {
    const long = new JsonNumber(`0.1${'0'.repeat(400_000)}1`);
    expect(canonicalJson(long)).toHaveLength(400_010);
    expect(numberKey(long)).toBe('~0.1');
    const gap = ' '.repeat(400_000);
    for (const type of [`str${gap}x`, `str, a${gap}x (required)`]) expect(toolParameterSchema({ name: 'f', parameters: { type: 'object', properties: { a: type } } }).problems.length).toBeLessThan(5);
  });

  it('tool blocks are remembered up to a size in all, not only up to a number', () => {
    let reads = 0;
    const block = (text: string): void => void rememberedBlock('test', text, () => {
      reads += 1;
      return noTools;
    });
    block('first');
    block('first');
    expect(reads).toBe(1);
    for (let index = 0; index < 10; index++) block(`${index}${'x'.repeat(megabyte)}`);
    block('first');
    expect(reads).toBe(12);
  });

  it('the published comparer compares what is nested deep', () => {
    let deep: { readonly a: unknown } | string = 'x'.repeat(100_000);
    for (let level = 0; level < 500; level++) deep = { a: deep };
    const calls = Array.from({ length: 60 }, () => ({ name: 'f', arguments: deep }));
    expect(sameParsedContent(calls as never, calls as never)).toBe(true);
  });

  it.each(['a', 'aA', '1.', 'a.', 'ab, ', ' ', '-', '(', "'"])('rules look at 50,000 of %j', (piece) => {
    const text = `${piece.repeat(50_000)}!`;
    const sample = makeSample({ tools: [{ name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } }], messages: [{ role: 'user', content: text }], label: { kind: 'calls', calls: [{ name: 'f', arguments: { a: `x ${text}` } }] } });
    const places = { tools: [[]], messages: [[]], label: [], calls: [{ call: [], name: [], arguments: [] }] };
    const hits = [...checkSample(new SampleContext({ sample, step: 0, places: () => places }, null, 'test', 0), activeRules(rules, { profile: 'strict', rules: {} }))];
    expect(hits.every(({ message }) => message !== '')).toBe(true);
  });
});
