import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { ToolCall } from '../../../src/core/dataset/sample.ts';
import { extractPrediction } from '../../../src/core/toolcall/extract.ts';
import { plainCalls } from '../../../src/core/toolcall/plainCalls.ts';

const call = '{"name": "get_weather", "arguments": {"city": "Oslo", "days": 3.0}}';
const written = (calls: readonly ToolCall[]): readonly string[] => calls.map(({ name, arguments: args }) => `${name} ${stringifyJson(args)}`);

describe('calls of an answer that is nothing else', () => {
  it.each([
    ['one call', `<tool_call>\n${call}\n</tool_call>`, 1],
    ['several', `<tool_call>${call}</tool_call>\n<tool_call>\n${call}\n</tool_call>\n`, 2],
    ['several in one pair of tags', `<tool_call>\n${call}\n${call}\n</tool_call>`, 2],
    ['calls behind reasoning', `<think> I see. </think>\n<tool_call>\n${call}\n</tool_call>`, 1],
  ])('are read of %s', (_name, text, count) => {
    expect(plainCalls(text)).toHaveLength(count);
  });

  it.each([
    ['prose', `Well: <tool_call>\n${call}\n</tool_call>`],
    ['a response beside the call', `<tool_call>\n${call}\n</tool_call>\n<response> Done. </response>`],
    ['reasoning that speaks of calls', `<think> <tool_call> </think>\n<tool_call>\n${call}\n</tool_call>`],
    ['a broken call', '<tool_call>\n{"name": "f", "arguments": {}\n</tool_call>'],
    ['a list of calls', `<tool_call>\n[${call}]\n</tool_call>`],
    ['a closing tag in a string', '<tool_call>\n{"name": "f", "arguments": {"a": "</tool_call>"}}\n</tool_call>'],
    ['nothing', ''],
  ])('are left to the extraction of %s', (_name, text) => {
    expect(plainCalls(text)).toBeUndefined();
  });

  it('are what the extraction gives, or left to it', () => {
    const piece = fc.constantFrom('<tool_call>', '</tool_call>', `<tool_call>\n${call}\n</tool_call>`, '<think>', '</think>', '<think> so </think>', '<thinking>', '</reasoning>', call, '{"name": "f", "parameters": {"a": "</think>"}}', '{"name": "f"}', '{"name": " f ", "arguments": "{}"}', '{"name": "f", "name": "g", "arguments": {}}', '{"tool_calls": []}', '[]', '[TOOL_CALLS]', '\n', ' ', '\u00a0', '```', '<|im_end|>', 'text', '{"name": "f", "arguments": [1]}');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        const plain = plainCalls(text);
        if (plain === undefined) return;
        const slow = extractPrediction(text, { emptyArguments: 'lenient' });
        expect([slow.kind, slow.text, written(slow.calls)]).toEqual(['CALL', '', written(plain)]);
      }),
      { numRuns: 5000 },
    );
  });
});
