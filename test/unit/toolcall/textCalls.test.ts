import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { parseJson } from '../../../src/core/json/parse.ts';
import { nodeValue, type JsonNode } from '../../../src/core/json/tree.ts';
import { isJsonObject } from '../../../src/core/json/value.ts';
import { scanAnswer } from '../../../src/core/toolcall/answerScanner.ts';
import { readCall } from '../../../src/core/toolcall/callValue.ts';
import { extractPrediction } from '../../../src/core/toolcall/extract.ts';
import { readPythonCalls } from '../../../src/core/toolcall/python/pythonCallText.ts';
import { findTextCalls, type TextCall } from '../../../src/core/toolcall/textCalls.ts';
import { parsePythonLiteral } from '../../../src/core/toolcall/python/pythonLiteral.ts';

const body = '{"name": "f", "arguments": {"a": [1, 5.0, "x"], "b": {"c": null}}}';
const pieces = [
  '<tool_call>', '</tool_call>', '<TOOLCALL>', '</TOOLCALL>', '<think>', '</think>', '<reasoning>', '</reasoning>', '<function=f>', '</function>', '<parameter=a>', '</parameter>', '[TOOL_CALLS]', '[ARGS]', '<|python_tag|>',
  '<|start|>assistant', '<|channel|>analysis', '<|channel|>commentary to=functions.f ', '<|channel|>final', '<|message|>', '<|end|>', '<|call|>', '<｜tool▁calls▁begin｜>', '<｜tool▁call▁begin｜>', '<｜tool▁sep｜>', '<｜tool▁call▁end｜>', '<｜tool▁calls▁end｜>',
  '<functioncall>', '<|im_end|>', '```', '```json\n', '\n```\n', body, `[${body}]`, `<tool_call>\n${body}\n</tool_call>`, '{"a": 1}', '{"name": "f", "parameters": "{\\"a\\": 1}"}', '{"type":"function","function":{"name":"g","arguments":{}}}', "{'name': 'f', 'arguments': {'a': None}}",
  '[f(a="x", b=[1, None])]', '[g h(a=\'it\\\'s\')]', 'f(a=1)', 'f', '(', ')', '\nAction: f\nAction Input: {"a": 1}', 'Action:', '{"', '"', '\\', '[', ']', '{', '}', ';', ',', '\n', ' ', '\r\n', 'some words', '<', '😀', 'name',
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));
const options = fc.record({ pythonRepr: fc.boolean(), react: fc.boolean() });

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What the text of a node says when it is read on its own, in the syntax of its call. */
function reread(text: string, node: JsonNode, call: TextCall): unknown {
  const slice = text.slice(node.start, node.end);
  if (call.syntax === 'xml') return slice;
  if (call.syntax === 'python') {
    const read = parsePythonLiteral(slice, 0, { names: 'text', newlines: true });
    return read.ok && read.node.end === slice.length ? plain(nodeValue(read.node)) : slice;
  }
  const parsed = parseJson(slice);
  return parsed.ok ? plain(parsed.value) : slice;
}

/** A call read anew from its own text alone. */
function rereadCall(text: string, call: TextCall): unknown {
  const slice = text.slice(call.start, call.end);
  const json = parseJson(slice);
  if (json.ok) return plain(json.value);
  const calls = readPythonCalls(slice, 0);
  return calls.ok ? plain(calls.calls.map(({ node }) => nodeValue(node))[0]) : undefined;
}

describe('calls with their places', () => {
  test('are those of the prediction, in the same order, whenever it says CALL', () => {
    let called = 0;
    fc.assert(fc.property(soup, options, (text, given) => {
      const prediction = extractPrediction(text, { ...given, emptyArguments: 'lenient' });
      if (prediction.kind !== 'CALL') return;
      called += 1;
      const found = findTextCalls(text, given);
      // A path does not know how the record was read.
      if (!given.react) expect(plain(findTextCalls(text).calls)).toEqual(plain(found.calls));
      const read = found.calls.map((call) => readCall(nodeValue(call.node), 'lenient'));
      expect(plain(read.map((call) => (call.ok ? call.call : undefined)))).toEqual(plain(prediction.calls));
      expect(found.problem).toBeUndefined();
      expect(found.spans.filter((span) => span.kind === 'prose').map((span) => text.slice(span.start, span.end)).join('\n')).toBe(prediction.text);
    }), { numRuns: 3000 });
    // About one text in ten; with far fewer the property would say little.
    expect(called).toBeGreaterThan(150);
  });

  test('stand inside of the text, in order and apart, and say there what they say', () => {
    fc.assert(fc.property(soup, options, (text, given) => {
      const { calls, spans } = findTextCalls(text, given);
      let end = 0;
      for (const span of spans) {
        expect(span.start).toBeGreaterThanOrEqual(end);
        expect(span.end).toBeGreaterThan(span.start);
        end = span.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
      for (const call of calls) {
        expect(call.start >= call.block.start && call.end <= call.block.end && call.end > call.start).toBe(true);
        expect(spans.some((span) => span.kind === 'call' && span.start === call.block.start && span.end === call.block.end)).toBe(true);
        expect(reread(text, call.name, call)).toEqual(plain(nodeValue(call.name)));
        const own = rereadCall(text, call);
        if (own !== undefined) expect(own).toEqual(plain(nodeValue(call.node)));
        else expect(isJsonObject(nodeValue(call.node))).toBe(true);
        if (call.arguments === undefined) continue;
        if (call.syntax === 'json') expect(reread(text, call.arguments, call)).toEqual(plain(nodeValue(call.arguments)));
        else if (call.arguments.kind === 'object') for (const member of call.arguments.members) expect(reread(text, member.value, call)).toEqual(plain(nodeValue(member.value)));
      }
    }), { numRuns: 3000 });
  });

  test('lead to the parts of each syntax', () => {
    const parts = (text: string): unknown => {
      const [call] = findTextCalls(text).calls;
      const slice = (node: JsonNode | undefined): string => (node === undefined ? '' : text.slice(node.start, node.end));
      const args = call?.arguments;
      return [call?.syntax, slice(call?.name), args?.kind === 'object' ? args.members.map((member) => [slice(member.key), slice(member.value)]) : slice(args)];
    };
    expect(parts('<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>')).toEqual(['json', '"f"', [['"a"', '1']]]);
    expect(parts('<tool_call>{"name": "f", "arguments": "{\\"a\\": 1}"}</tool_call>')).toEqual(['json', '"f"', '"{\\"a\\": 1}"']);
    expect(parts("[my tool(a='x')]")).toEqual(['python', 'my tool', [['a', "'x'"]]]);
    expect(parts('[TOOL_CALLS]f[ARGS]{"a": 1}')).toEqual(['json', 'f', [['"a"', '1']]]);
    expect(parts('<|channel|>commentary to=functions.f json<|message|>{"a": 1}<|call|>')).toEqual(['json', 'f', [['"a"', '1']]]);
    expect(parts('<tool_call>\n<function=f>\n<parameter=a>\nx\ny\n</parameter>\n</function>\n</tool_call>')).toEqual(['xml', 'f', [['a', 'x\ny']]]);
    expect(parts('Ok.\n<function=f>{"a": 1}</function>')).toEqual(['json', 'f', [['"a"', '1']]]);
  });

  test('keep prose and calls apart', () => {
    const text = '<think>hm</think> First. <tool_call>{"name": "f", "arguments": {}}</tool_call> Then.<|im_end|>';
    expect(findTextCalls(text).spans.map((span) => [span.kind, text.slice(span.start, span.end)])).toEqual([
      ['prose', 'First.'], ['call', '<tool_call>{"name": "f", "arguments": {}}</tool_call>'], ['prose', 'Then.'],
    ]);
  });
});

/** Quadratic work on these would not end within the time that a test has. */
describe('texts made to be slow', () => {
  const size = 60_000;
  const units = [
    '<tool_call>', '</tool_call>', '<think>', '<', '[TOOL_CALLS]', '```', body, '\n', '<tool_call>{', '<tool_call>[', '<tool_call>{"a":', '<tool_call>[[[[', '<tool_call>["', '["\\', '"\\', '[[[[', '{"a":[', '\n[', '\n{', '\n[1,', '\n{"a":\n', '\n```', '\n```json\n[', '\n[f(a=', '\n[f(a=[', "\n[f(a='", '\n[f(a=1),', '[f(a=(', 'f(a=x y, ', '<function=f>{', '<function=f><parameter=a>',
    '[TOOL_CALLS][', '[TOOL_CALLS]f[ARGS]{', '[TOOL_CALLS]f', '<|python_tag|>{', '<|python_tag|>f(', '<|channel|>commentary to=functions.f<|message|>{', '<|start|>', '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{', '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>', '<TOOLCALL>[f(a=', "<functioncall>{'a':", '</s>', 'Action: f\nAction Input: {"a":\n', '\n[[1],', '\n["a",', '\n`', '<tool_call> ',
  ];
  test.each(units)('%j, over and over', (unit) => {
    const text = unit.repeat(Math.ceil(size / unit.length));
    for (const given of [{}, { pythonRepr: true, react: true }]) {
      const scanned = scanAnswer(text, given);
      expect(scanned.end).toBeLessThanOrEqual(text.length);
      expect(scanned.calls.length).toBeLessThanOrEqual(text.length);
    }
  });
});
