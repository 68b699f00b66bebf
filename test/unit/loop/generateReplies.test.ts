import { describe, expect, it } from 'vitest';
import { parseGenerateReply } from '../../../src/core/llm/prompts/generate.ts';

/** Every reply of looptool-spec.md 9.5, and those of the JSON form. What could be meant in two ways is refused. */

const call = '<tool_call>\n{"name": "get_forecast", "arguments": {"city": "Rome"}}\n</tool_call>';
const calls = [{ name: 'get_forecast', arguments: { city: 'Rome' } }];

type Read = { readonly messages: readonly (readonly [string, string])[]; readonly calls?: number; readonly text?: string };

function read(reply: string): Read | string {
  const parsed = parseGenerateReply(reply);
  if (!parsed.ok) return parsed.reason;
  const { messages, answer } = parsed.sample;
  return { messages: messages.map(({ role, content }) => [role, content]), ...('calls' in answer ? { calls: answer.calls.length } : { text: answer.text }) };
}

const dialogues: readonly (readonly [string, string, Read])[] = [
  ['the plain form', `INPUT:\nUSER\nSnow in Rome?\n\nOUTPUT:\n${call}`, { messages: [['user', 'Snow in Rome?']], calls: 1 }],
  ['a blank line inside a turn', `INPUT:\nUSER\nSnow in Rome?\n\nI leave at noon.\n\nOUTPUT:\n${call}`, { messages: [['user', 'Snow in Rome?\n\nI leave at noon.']], calls: 1 }],
  ['the result of a tool with blank lines', `INPUT:\nUSER\nSnow?\n\nASSISTANT\n${call}\n\nUSER\n<tool_response>\n{"a": 1,\n\n"b": 2}\n</tool_response>\n\nOUTPUT:\nYes, it snows.`, { messages: [['user', 'Snow?'], ['assistant', ''], ['tool', '{"a": 1,\n\n"b": 2}']], text: 'Yes, it snows.' }],
  ['several results, and what the user says after them', `INPUT:\nUSER\nSnow?\nASSISTANT\n${call}\n${call}\nUSER\n<tool_response>1</tool_response>\n<tool_response>2</tool_response>\nAnd Rome?\nOUTPUT:\n${call}`, { messages: [['user', 'Snow?'], ['assistant', ''], ['tool', '1'], ['tool', '2'], ['user', 'And Rome?']], calls: 1 }],
  ['role and text on one line', `INPUT: USER: Snow in Rome?\nOUTPUT: ${call}`, { messages: [['user', 'Snow in Rome?']], calls: 1 }],
  ['lower-case roles', `INPUT:\nuser\nSnow?\nassistant\nWhere?\nuser\nRome\nOUTPUT:\n${call}`, { messages: [['user', 'Snow?'], ['assistant', 'Where?'], ['user', 'Rome']], calls: 1 }],
  ['roles in Markdown', `**INPUT:**\n**USER:** Snow?\n**ASSISTANT:** Where?\n**USER:** Rome\n**OUTPUT:**\n${call}`, { messages: [['user', 'Snow?'], ['assistant', 'Where?'], ['user', 'Rome']], calls: 1 }],
  ['headings', `## INPUT:\n### USER\nSnow?\n## OUTPUT:\n${call}`, { messages: [['user', 'Snow?']], calls: 1 }],
  ['marks within bold stars', `**INPUT**:\nUSER\nSnow?\n**OUTPUT**:\nSorry.`, { messages: [['user', 'Snow?']], text: 'Sorry.' }],
  ['a first turn of the assistant', `INPUT:\nASSISTANT\nHello.\nUSER\nSnow?\nOUTPUT:\n${call}`, { messages: [['assistant', 'Hello.'], ['user', 'Snow?']], calls: 1 }],
  ['a last turn of the assistant, which the gate for shape refuses', `INPUT:\nUSER\nSnow?\nASSISTANT\nWhere?\nOUTPUT:\n${call}`, { messages: [['user', 'Snow?'], ['assistant', 'Where?']], calls: 1 }],
  ['marks in the reasoning', `<think>INPUT: is what? OUTPUT: that.\nINPUT:\nUSER\nno\nOUTPUT:\nno</think>\nINPUT:\nUSER\nSnow?\nOUTPUT:\n${call}`, { messages: [['user', 'Snow?']], calls: 1 }],
  ['marks inside of a sentence', `INPUT:\nUSER\nThe form says INPUT: and OUTPUT: side by side. Snow?\nOUTPUT:\n${call}`, { messages: [['user', 'The form says INPUT: and OUTPUT: side by side. Snow?']], calls: 1 }],
  ['role words inside of a turn, in another style', `INPUT:\nUSER\nI wrote\nuser: snow?\nand nothing came.\nOUTPUT:\n${call}`, { messages: [['user', 'I wrote\nuser: snow?\nand nothing came.']], calls: 1 }],
  ['commentary after the calls', `INPUT:\nUSER\nSnow?\nOUTPUT:\n${call}\n\nThis sample keeps the trap of the city.`, { messages: [['user', 'Snow?']], calls: 1 }],
  ['two calls', `INPUT:\nUSER\nSnow?\nOUTPUT:\n${call}\n${call}`, { messages: [['user', 'Snow?']], calls: 2 }],
  ['calls without line breaks in their tags', 'INPUT:\nUSER\nSnow?\nOUTPUT:\n<tool_call>{"name": "a", "arguments": {}}</tool_call>', { messages: [['user', 'Snow?']], calls: 1 }],
  ['CRLF', `INPUT:\r\nUSER\r\nSnow?\r\n\r\nToday.\r\nOUTPUT:\r\n${call}`, { messages: [['user', 'Snow?\n\nToday.']], calls: 1 }],
  ['ChatML in the input', `INPUT:\n<|im_start|>user\nSnow?<|im_end|>\n<|im_start|>assistant\nWhere?<|im_end|>\n<|im_start|>user\nRome<|im_end|>\nOUTPUT:\n${call}<|im_end|>`, { messages: [['user', 'Snow?'], ['assistant', 'Where?'], ['user', 'Rome']], calls: 1 }],
  ['parts in fences', `INPUT:\n\`\`\`\nUSER\nSnow?\n\`\`\`\nOUTPUT:\n\`\`\`\n${call}\n\`\`\``, { messages: [['user', 'Snow?']], calls: 1 }],
  ['words before it', `Here is the sample.\n\nINPUT:\nUSER\nSnow?\nOUTPUT:\n${call}`, { messages: [['user', 'Snow?']], calls: 1 }],
  ['no date anywhere: none is made up', `INPUT:\nUSER\nSnow tomorrow?\nOUTPUT:\nWhich day is today?`, { messages: [['user', 'Snow tomorrow?']], text: 'Which day is today?' }],
];

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['several samples', `INPUT:\nUSER\na\nOUTPUT:\n${call}\n\nINPUT:\nUSER\nb\nOUTPUT:\n${call}`, /several samples/u],
  ['marks at the start of a line of the text', `INPUT:\nUSER\nThe file says\nOUTPUT: nothing\nOUTPUT:\n${call}`, /several samples/u],
  ['an output before its input', `OUTPUT:\n${call}\nINPUT:\nUSER\na`, /no INPUT/u],
  ['an input alone', 'INPUT:\nUSER\na', /no JSON object/u],
  ['an output alone', `OUTPUT:\n${call}`, /no INPUT/u],
  ['an output with two alternatives', `INPUT:\nUSER\na\nOUTPUT:\n${call}\nOR\n${call}`, /alternatives/u],
  ['options', `INPUT:\nUSER\na\nOUTPUT:\nOption 1:\n${call}\nOption 2:\n${call}`, /alternatives/u],
  ['an empty output', 'INPUT:\nUSER\na\nOUTPUT:\n', /empty/u],
  ['an empty input', `INPUT:\n\nOUTPUT:\n${call}`, /empty/u],
  ['an input without roles', `INPUT:\nSnow in Rome?\nOUTPUT:\n${call}`, /does not begin with USER/u],
  ['a broken call', 'INPUT:\nUSER\na\nOUTPUT:\n<tool_call>\n{"name": "a", "arguments": {"b": }\n</tool_call>', /cannot be read/u],
  ['a call that was cut off', 'INPUT:\nUSER\na\nOUTPUT:\n<tool_call>\n{"name": "a", "argum', /cannot be read/u],
  ['a broken call in the history', `INPUT:\nUSER\na\nASSISTANT\n<tool_call>\n{"name": \n</tool_call>\nUSER\nb\nOUTPUT:\n${call}`, /turn of the assistant/u],
  ['the result of a tool that was cut off', `INPUT:\nUSER\na\nASSISTANT\n${call}\nUSER\n<tool_response>\n1\nOUTPUT:\n${call}`, /cut off/u],
  ['an error of the server in the place of a reply', 'API_ERROR: 500 at INPUT', /no JSON object/u],
  ['nothing but reasoning', `<think>\nINPUT:\nUSER\na\nOUTPUT:\n${call}`, /never closed/u],
];

describe('a reply in the published format', () => {
  it.each(dialogues)('is understood with %s', (_name, reply, expected) => {
    expect(read(reply)).toEqual(expected);
  });

  it.each(refused)('is refused with %s', (_name, reply, reason) => {
    expect(read(reply)).toMatch(reason);
  });
});

describe('a reply in JSON', () => {
  const body = { messages: [{ role: 'user', content: 'a' }], answer: { calls } };
  const one: Read = { messages: [['user', 'a']], calls: 1 };

  it.each([
    ['a list of one sample', JSON.stringify([body]), one],
    ['a fence', `Sure:\n\`\`\`json\n${JSON.stringify(body)}\n\`\`\``, one],
    ['arguments in a string', JSON.stringify({ ...body, answer: { calls: [{ name: 'x', arguments: '{"a":1}' }] } }), one],
    ["OpenAI's form of calls", JSON.stringify({ ...body, answer: { tool_calls: [{ type: 'function', function: { name: 'x', arguments: '{"a":1}' } }] } }), one],
    ["OpenAI's form of a message", JSON.stringify({ messages: [...body.messages, { role: 'assistant', content: null, tool_calls: [{ type: 'function', function: { name: 'x', arguments: '{}' } }] }, { role: 'tool', tool_call_id: '1', content: { t: 5 } }], answer: { role: 'assistant', content: 'Five.' } }), { messages: [['user', 'a'], ['assistant', ''], ['tool', '{"t":5}']], text: 'Five.' }],
    ['INPUT: and OUTPUT: in its texts', JSON.stringify({ ...body, messages: [{ role: 'user', content: 'INPUT:\nUSER\nx\nOUTPUT:\ny' }] }), { messages: [['user', 'INPUT:\nUSER\nx\nOUTPUT:\ny']], calls: 1 }],
  ] as const)('is understood with %s', (_name, reply, expected) => {
    expect(read(reply)).toEqual(expected);
  });

  it.each([
    ['a list of two', JSON.stringify([body, body]), /several/u],
    ['two objects', `${JSON.stringify(body)}\n${JSON.stringify(body)}`, /several/u],
    ['calls and a text at once', JSON.stringify({ ...body, answer: { calls, text: 'or this' } }), /neither/u],
    ['a role that does not exist', JSON.stringify({ ...body, messages: [{ role: 'narrator', content: 'a' }] }), /list of messages/u],
    ['JSON that was cut off', JSON.stringify(body).slice(0, 60), /no JSON/u],
  ] as const)('is refused with %s', (_name, reply, reason) => {
    expect(read(reply)).toMatch(reason);
  });
});
