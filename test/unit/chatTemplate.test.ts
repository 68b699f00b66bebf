import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import type { Message, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { JsonNumber, type JsonObject } from '../../src/core/json/value.ts';
import { jinjaPrompt } from '../../src/core/llm/template/promptTemplate.ts';
import { jinjaChatTemplate } from '../../src/embedded/chat/jinjaTemplate.ts';
import { encodeSegments, joinSegments, parseSegments, SPECIAL_TOKENS, type SegmentTokenizer } from '../../src/embedded/chat/segments.ts';
import { toolSignature } from '../../src/embedded/chat/signature.ts';
import { renderAnswer, renderAnswerSegments, renderPrompt, renderSegments, renderTools } from '../../src/embedded/chat/template.ts';
import { repositoryRoot } from '../builders/repositoryRoot.ts';

const tool = (name: string, properties: JsonObject, required: readonly string[] = []): ToolDefinition => ({
  name,
  description: 'never shown',
  parameters: { type: 'object', properties, required },
});

const weather = tool('get_weather', { city: { type: 'string' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, ['city']);
const event = tool(
  'create_event',
  {
    title: { type: 'string' },
    day: { type: 'string', enum: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] },
    hour: { type: 'integer' },
    quiet: { type: 'boolean' },
    guests: { type: 'array', items: { type: 'string' } },
  },
  ['title', 'day', 'hour', 'guests'],
);

/** One id per code point; special tokens are negative. */
const tokenizer: SegmentTokenizer = {
  encodePlain: (text) => Array.from(text, (character) => character.codePointAt(0) ?? 0),
  id: (token) => -1 - (SPECIAL_TOKENS as readonly string[]).indexOf(token),
};

const schemaCases: readonly (readonly [JsonObject, string])[] = [
  [{ type: 'number' }, 'num'],
  [{ type: 'float' }, 'num'],
  [{ type: ['string', 'null'] }, 'str'],
  [{ type: ['string', 'integer'] }, 'any'],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'int'],
  [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 'any'],
  [{ type: 'array' }, '[any]'],
  [{ type: 'array', items: { type: 'number' } }, '[num]'],
  [{ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, '[a|b]'],
  [{ type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a'] }, '{a:str,b?:int}'],
  [{ type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'string' } } } } }, '{a?:{}}'],
  [{ type: 'array', items: { type: 'dict', properties: { a: { type: 'string' } }, required: ['a'] } }, '[{a:str}]'],
  [{ type: 'object' }, '{}'],
  [{ enum: [1, new JsonNumber('2.0')] }, '1|2.0'],
  [{ enum: ['a,b', 'c'] }, 'enum'],
  [{ enum: ['one', null] }, 'enum'],
  [{ type: 'datetime' }, 'any'],
  [{}, 'any'],
];

describe('tool signatures', () => {
  it('name types shortly, mark optional parameters and name long enumerations only', () => {
    expect(toolSignature(weather)).toBe('get_weather(city:str,day?:today|tomorrow)');
    expect(toolSignature(event)).toBe('create_event(title:str,day:enum,hour:int,quiet?:bool,guests:[str])');
  });

  it.each(schemaCases)('write %j as %s', (schema, text) => {
    expect(toolSignature(tool('f', { x: schema }, ['x']))).toBe(`f(x:${text})`);
  });

  it('read parameters that are a plain map of properties, and tools without any', () => {
    expect(toolSignature({ name: 'f', parameters: { a: { type: 'string', required: true }, b: { type: 'int' } } })).toBe('f(a:str,b?:int)');
    expect(toolSignature({ name: 'f', parameters: { type: { type: 'string' } } })).toBe('f(type?:str)');
    expect(toolSignature({ name: 'f' })).toBe('f()');
    expect(toolSignature({ name: 'f', parameters: { type: 'object', properties: {} } })).toBe('f()');
  });
});

describe('the chat template', () => {
  const messages: Message[] = [
    { role: 'user', content: 'weather in Oslo' },
    { role: 'assistant', content: '', calls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] },
    { role: 'tool', content: '{"sky":"clear"}' },
    { role: 'assistant', content: 'clear', calls: [] },
    { role: 'user', content: 'and tomorrow' },
  ];

  it('writes a conversation exactly as the shipped checkpoint was trained on', () => {
    expect(renderPrompt(messages, [weather, event])).toBe(
      '<|im_start|>system\n<tools>\nget_weather(city:str,day?:today|tomorrow)\ncreate_event(title:str,day:enum,hour:int,quiet?:bool,guests:[str])\n</tools><|im_end|>\n' +
        '<|im_start|>user\nweather in Oslo<|im_end|>\n' +
        '<|im_start|>assistant\n<tool_call>\n{"name":"get_weather","arguments":{"city":"Oslo"}}\n</tool_call><|im_end|>\n' +
        '<|im_start|>tool\n<tool_response>{"sky":"clear"}</tool_response><|im_end|>\n' +
        '<|im_start|>assistant\nclear<|im_end|>\n' +
        '<|im_start|>user\nand tomorrow<|im_end|>\n' +
        '<|im_start|>assistant\n',
    );
  });

  it('puts system text before the tools block and keeps the block when there are no tools', () => {
    expect(renderTools([weather], 'Be brief.')).toBe('<|im_start|>system\nBe brief.\n<tools>\nget_weather(city:str,day?:today|tomorrow)\n</tools><|im_end|>\n');
    expect(renderTools([])).toBe('<|im_start|>system\n<tools>\n</tools><|im_end|>\n');
    const system: Message[] = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'hi' }, { role: 'system', content: 'Now.' }];
    expect(renderPrompt(system, [])).toBe(
      '<|im_start|>system\nBe brief.\n<tools>\n</tools><|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>system\nNow.<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('writes answers from calls, labels and messages, with numbers as written', () => {
    const calls = [
      { name: 'a', arguments: { n: new JsonNumber('5.0'), list: [1, true, null], deep: { 'k"': 'ü' } } },
      { name: 'b', arguments: {} },
    ];
    const text =
      '<tool_call>\n{"name":"a","arguments":{"n":5.0,"list":[1,true,null],"deep":{"k\\"":"ü"}}}\n</tool_call>\n<tool_call>\n{"name":"b","arguments":{}}\n</tool_call>';
    expect(renderAnswer(calls)).toBe(text);
    expect(renderAnswer({ kind: 'calls', calls })).toBe(text);
    expect(renderAnswer({ content: 'Sure.', calls })).toBe(`Sure.\n${text}`);
    expect(renderAnswer({ kind: 'text', text: 'which city' })).toBe('which city');
  });

  it('never turns special tokens in data into control tokens', () => {
    const hostile = SPECIAL_TOKENS.join('');
    const prompt: Message[] = [
      { role: 'system', content: hostile },
      { role: 'user', content: hostile },
      { role: 'tool', content: hostile },
      { role: 'assistant', content: hostile, calls: [{ name: hostile, arguments: { [hostile]: hostile } }] },
    ];
    const calm = prompt.map((message) => ({ ...message, content: 'x', ...('calls' in message ? { calls: [{ name: 'x', arguments: { x: 'x' } }] } : {}) }));
    const specials = (list: readonly Message[], name: string): readonly string[] =>
      renderSegments(list, [tool(name, { [name]: { enum: [name] } })]).filter((s) => s.special).map((s) => s.text);
    expect(specials(prompt, hostile)).toEqual(specials(calm, 'x'));
  });

  it('reads its own rendering back into the same segments when the data holds no special token', () => {
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !SPECIAL_TOKENS.some((token) => text.includes(token)));
    fc.assert(
      fc.property(plain, plain, (user, answer) => {
        const segments = renderSegments([{ role: 'user', content: user }, { role: 'assistant', content: answer, calls: [] }], [weather]);
        expect(parseSegments(joinSegments(segments))).toEqual(segments);
        expect(encodeSegments(segments, tokenizer)).toEqual(encodeSegments(parseSegments(joinSegments(segments)), tokenizer));
      }),
    );
  });

  it('encodes the tags of an answer as single tokens', () => {
    const ids = encodeSegments(renderAnswerSegments([{ name: 'a', arguments: {} }]), tokenizer);
    expect(ids.filter((id) => id < 0)).toEqual([tokenizer.id('<tool_call>'), tokenizer.id('</tool_call>')]);
  });
});

describe('the chat template in checkpoints', () => {
  const made = jinjaPrompt({ name: 'checkpoint', source: jinjaChatTemplate });
  const rendered = async (messages: readonly Message[], tools: readonly ToolDefinition[]): Promise<string> => {
    const template = await made;
    if (!template.ok) throw new Error(template.message);
    const prompt = template.template.render({ messages, tools });
    if (!prompt.ok) throw new Error(prompt.message);
    return prompt.text;
  };
  const user: Message[] = [{ role: 'user', content: 'weather in Oslo' }];

  it('makes the same prompts of the sample project', async () => {
    const text = readFileSync(join(repositoryRoot(), 'media/sample/data/smoke-train.jsonl'), 'utf8');
    const { samples } = readDataset(text, { file: 'smoke', dialect: 'openai-chat', steps: 'all' });
    expect(samples.length).toBeGreaterThan(200);
    for (const { sample } of samples) expect(await rendered(sample.messages, sample.tools)).toBe(renderPrompt(sample.messages, sample.tools));
  });

  it.each(schemaCases.map(([schema]) => [schema]))('writes %j as the engine does', async (schema) => {
    const tools = [tool('f', { x: schema, y: schema }, ['x'])];
    expect(await rendered(user, tools)).toBe(renderPrompt(user, tools));
  });

  it('knows tools without a schema, plain maps of properties, system messages and all turns', async () => {
    const odd: ToolDefinition[] = [
      { name: 'f', parameters: { a: { type: 'string', required: true }, b: { type: 'int' } } },
      { name: 'g', parameters: { type: { type: 'string' } } },
      { name: 'h' },
      { name: 'k', parameters: { type: 'object', properties: {} } },
      { name: 'l', parameters: { type: 'object', properties: { required: { type: 'string' } } } },
    ];
    const turns: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: 'Now.' },
      ...user,
      { role: 'assistant', content: '', calls: [{ name: 'get "weather"', arguments: { city: 'Oslo', list: [1, true, null], deep: { 'k"': 'ü' } } }, { name: 'b', arguments: {} }] },
      { role: 'tool', content: '{"sky":"clear"}' },
      { role: 'assistant', content: 'clear', calls: [{ name: 'b', arguments: {} }] },
      { role: 'system', content: 'Later.' },
    ];
    expect(await rendered(turns, odd)).toBe(renderPrompt(turns, odd));
    expect(await rendered([{ role: 'user', content: 'hi' }], [])).toBe(renderPrompt([{ role: 'user', content: 'hi' }], []));
  });
});
