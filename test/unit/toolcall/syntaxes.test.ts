import { describe, expect, test } from 'vitest';
import type { ScanAnswerOptions } from '../../../src/core/toolcall/callBodies.ts';
import { extractPrediction } from '../../../src/core/toolcall/extract.ts';
import type { PredictionKind } from '../../../src/core/toolcall/prediction.ts';
import { findTextCalls } from '../../../src/core/toolcall/textCalls.ts';

const args = '{"city": "Paris"}';
const body = `{"name": "weather", "arguments": ${args}}`;
const rome = '{"name": "weather", "arguments": {"city": "Rome"}}';
const repr = "{'arguments': {'city': 'Paris', 'now': True, 'day': None}, 'name': 'weather'}";
const coder = '<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=note>\na <b> & "c"\nd\n</parameter>\n</function>\n</tool_call>';
const deepseek = (call: string): string => `<｜tool▁calls▁begin｜>${call}<｜tool▁calls▁end｜><｜end▁of▁sentence｜>`;
const v3 = `<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n\`\`\`json\n${args}\n\`\`\`<｜tool▁call▁end｜>`;
const v31 = `<｜tool▁call▁begin｜>weather<｜tool▁sep｜>${args}<｜tool▁call▁end｜>`;
const analysis = `<|channel|>analysis<|message|>I should call ${body}<|end|>`;
const commentary = `<|start|>assistant<|channel|>commentary to=functions.weather <|constrain|>json<|message|>${args}<|call|>`;

type Row = { what: string; text: string; kind: PredictionKind; cities?: unknown[]; rest?: string; warning?: RegExp; options?: ScanAnswerOptions };

const rows: Row[] = [
  { what: 'several calls on lines of one tag (ToolRL)', text: '<think> so </think>\n<tool_call>\n{"name": "weather", "parameters": {"city": "Paris"}}\n{"name": "weather", "parameters": {"city": "Rome"}}\n</tool_call>', kind: 'CALL', cities: ['Paris', 'Rome'], warning: /2 calls/ },
  { what: 'a bare array (xLAM)', text: `[${body}, ${rome}]`, kind: 'CALL', cities: ['Paris', 'Rome'] },
  { what: 'an empty bare array', text: '[]', kind: 'TEXT_ANSWER', rest: '[]' },
  { what: 'an envelope of native calls', text: `{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]}`, kind: 'CALL', cities: ['Paris'] },
  { what: 'a Python repr in a tag', text: `<tool_call>\n${repr}\n</tool_call>`, kind: 'INVALID', warning: /not JSON/ },
  { what: 'a Python repr in a tag, when told so', text: `<tool_call>\n${repr}\n</tool_call>`, options: { pythonRepr: true }, kind: 'CALL', cities: ['Paris'], warning: /Python/ },
  { what: 'a Python repr without arguments, when told so', text: "<tool_call>{'name': 'now', 'arguments': None}</tool_call>", options: { pythonRepr: true }, kind: 'INVALID', warning: /object/ },
  { what: 'a bare Python repr', text: `[${repr}]`, kind: 'INVALID', warning: /not JSON/ },
  { what: 'a bare Python repr, when told so', text: `[${repr}]`, options: { pythonRepr: true }, kind: 'CALL', cities: ['Paris'], warning: /Python/ },
  { what: 'Mistral: an array', text: `[TOOL_CALLS] [${body}, ${rome}]</s>`, kind: 'CALL', cities: ['Paris', 'Rome'], rest: '' },
  { what: 'Mistral: names and arguments', text: `Wait.[TOOL_CALLS]weather[ARGS]${args}[TOOL_CALLS]weather[CALL_ID]abc123[ARGS]{"city":"Rome"}</s>`, kind: 'CALL', cities: ['Paris', 'Rome'], rest: 'Wait.' },
  { what: 'Mistral: a name right before its arguments', text: `[TOOL_CALLS]weather${args}`, kind: 'CALL', cities: ['Paris'] },
  { what: 'Mistral: cut off', text: '[TOOL_CALLS]weather[ARGS]{"city": "Par', kind: 'INVALID', warning: /cut off/ },
  { what: 'Mistral: an array cut off', text: `[TOOL_CALLS] [${body}, {"name": "wea`, kind: 'INVALID', warning: /cut off/ },
  { what: 'Mistral: the mark in prose', text: 'The mark [TOOL_CALLS] comes before calls.', kind: 'TEXT_ANSWER', rest: 'The mark [TOOL_CALLS] comes before calls.' },
  { what: 'Llama 3: calls with semicolons', text: `<|python_tag|>{"name": "weather", "parameters": ${args}}; {"name": "weather", "parameters": {"city": "Rome"}}<|eom_id|>`, kind: 'CALL', cities: ['Paris', 'Rome'], rest: '' },
  { what: 'Llama 3: a built-in tool', text: '<|python_tag|>brave_search.call(query="Paris", city="Paris")<|eom_id|>', kind: 'CALL', cities: ['Paris'] },
  { what: 'Llama 3: code', text: '<|python_tag|>import os\nprint(1)<|eom_id|>', kind: 'INVALID', warning: /code/ },
  { what: 'Llama 3: bare with semicolons', text: `{"name": "weather", "parameters": ${args}}; {"name": "weather", "parameters": {"city": "Rome"}}`, kind: 'CALL', cities: ['Paris', 'Rome'] },
  { what: 'a function tag with JSON', text: `<function=weather>${args}</function>`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'two function tags and prose', text: `Both.\n<function=weather>${args}</function>\n<function=weather>{"city":"Rome"}</function>`, kind: 'CALL', cities: ['Paris', 'Rome'], rest: 'Both.' },
  { what: 'a function tag cut off', text: '<function=weather>{"city": "Pa', kind: 'INVALID', warning: /cut off/ },
  { what: 'a function tag in prose', text: 'Write <function=name> and so on.', kind: 'TEXT_ANSWER', rest: 'Write <function=name> and so on.' },
  { what: 'Qwen3-Coder', text: coder, kind: 'CALL', cities: ['Paris'], rest: '', warning: /taken for text/ },
  { what: 'Qwen3-Coder without arguments', text: '<tool_call>\n<function=now>\n</function>\n</tool_call>', kind: 'CALL', cities: [undefined] },
  { what: 'Qwen3-Coder cut off', text: '<tool_call>\n<function=weather>\n<parameter=city>\nPar', kind: 'INVALID', warning: /cut off/ },
  { what: 'When2Call', text: `<TOOLCALL>[${body}]</TOOLCALL>`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'Python calls in TOOLCALL', text: '<TOOLCALL>[weather(city="Paris")]</TOOLCALL>', kind: 'CALL', cities: ['Paris'], warning: /Python/ },
  { what: 'a function call of Glaive', text: `<functioncall> {"name": "weather", "arguments": '{"city": "Paris"}'} <|endoftext|>`, kind: 'CALL', cities: ['Paris'], rest: '', warning: /Python/ },
  { what: 'ReAct, when told so', text: `Thought: I look.\nAction: weather\nAction Input: ${args}\n`, options: { react: true }, kind: 'CALL', cities: ['Paris'], rest: 'Thought: I look.' },
  { what: 'ReAct, when not told so', text: `Action: weather\nAction Input: ${args}`, kind: 'TEXT_ANSWER' },
  { what: 'ReAct cut off', text: 'Action: weather\nAction Input: {"city": ', options: { react: true }, kind: 'INVALID', warning: /cut off/ },
  { what: 'a fence around two tags', text: `So:\n\`\`\`xml\n<tool_call>${body}</tool_call>\n<tool_call>${rome}</tool_call>\n\`\`\``, kind: 'CALL', cities: ['Paris', 'Rome'], rest: 'So:' },
  { what: 'a fence in prose', text: `I look.\n\`\`\`json\n${body}\n\`\`\`\nDone.`, kind: 'CALL', cities: ['Paris'], rest: 'I look.\nDone.', warning: /without tags/ },
  { what: 'a fence with other JSON in prose', text: 'So:\n```json\n{"city": "Paris"}\n```', kind: 'TEXT_ANSWER' },
  { what: 'a line of JSON in prose', text: `I look.\n${body}`, kind: 'CALL', cities: ['Paris'], rest: 'I look.' },
  { what: 'a call inside of a line of prose', text: `Write ${body} there.`, kind: 'TEXT_ANSWER' },
  { what: 'a call inside of other JSON', text: `{"calls": [\n${body}\n]}`, kind: 'TEXT_ANSWER' },
  { what: 'a line after a fence with code', text: '```python\nx = [1]\n```\n[weather(city="Paris")]', kind: 'CALL', cities: ['Paris'] },
  { what: 'DeepSeek V3', text: deepseek(`${v3}\n${v3}`), kind: 'CALL', cities: ['Paris', 'Paris'], rest: '' },
  { what: 'DeepSeek V3.1', text: `One moment.${deepseek(v31)}`, kind: 'CALL', cities: ['Paris'], rest: 'One moment.' },
  { what: 'DeepSeek cut off', text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{"city"', kind: 'INVALID', warning: /cut off/ },
  { what: 'DeepSeek cut off in the name', text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weat', kind: 'INVALID', warning: /cut off/ },
  { what: 'harmony: reasoning and a call', text: `${analysis}${commentary}`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'harmony: a preamble and a call', text: `${analysis}<|start|>assistant<|channel|>commentary<|message|>I look.<|end|>${commentary}`, kind: 'CALL', cities: ['Paris'], rest: 'I look.' },
  { what: 'harmony: the recipient in the role', text: `<|start|>assistant to=functions.weather<|channel|>commentary json<|message|>${args}`, kind: 'CALL', cities: ['Paris'] },
  { what: 'harmony: an answer', text: `${analysis}<|start|>assistant<|channel|>final<|message|>It is sunny.<|return|>`, kind: 'TEXT_ANSWER', rest: 'It is sunny.' },
  { what: 'harmony: reasoning that never ends', text: `<|channel|>analysis<|message|>I should call ${body}`, kind: 'TRUNCATED' },
  { what: 'harmony: cut off in a header', text: `${analysis}<|start|>assistant<|chan`, kind: 'EMPTY' },
  { what: 'harmony: a mark in prose', text: 'The mark <|channel|> names a channel.', kind: 'TEXT_ANSWER', rest: 'The mark <|channel|> names a channel.' },
  { what: 'harmony: reasoning without an answer', text: analysis, kind: 'EMPTY' },
  { what: 'harmony: a call cut off', text: `${analysis}${commentary.slice(0, -12)}`, kind: 'INVALID', warning: /cut off/ },
  { what: 'harmony: a call in the reasoning', text: `<|channel|>analysis to=functions.weather<|message|>${args}<|end|><|start|>assistant<|channel|>final<|message|>No.<|return|>`, kind: 'TEXT_ANSWER', rest: 'No.' },
  { what: 'other tags of reasoning', text: `<thinking>${body}</thinking><reasoning>x</reasoning>Yes.`, kind: 'TEXT_ANSWER', rest: 'Yes.' },
  { what: 'other tags of reasoning that never end', text: `<reasoning>\n<tool_call>${body}</tool_call>`, kind: 'TRUNCATED' },
  { what: 'ToolACE', text: '[Market Trends API(trend_type="MARKET_INDEXES", country="us", city="Paris"), a.b-c/d(city=\'Rome\')]', kind: 'CALL', cities: ['Paris', 'Rome'], rest: '' },
  { what: 'ToolACE with prose', text: 'I look.\n[weather(city="Paris")]\nDone.', kind: 'CALL', cities: ['Paris'], rest: 'I look.\nDone.' },
  { what: 'ToolACE cut off', text: '[weather(city="Paris", day="tom', kind: 'INVALID', warning: /cut off/ },
  { what: 'ToolACE without names of arguments', text: '[weather("Paris")]', kind: 'INVALID', warning: /without a name/ },
  { what: 'one Python call', text: 'weather(city="Paris")', kind: 'CALL', cities: ['Paris'] },
  { what: 'Python calls in a fence', text: '```python\n[weather(city="Paris")]\n```', kind: 'CALL', cities: ['Paris'] },
  { what: 'a citation', text: '[Smith (2019)] says so.', kind: 'TEXT_ANSWER' },
  { what: 'a link', text: '[docs](https://example.org/a(b=1)) says so.', kind: 'TEXT_ANSWER' },
  { what: 'a sentence with parentheses', text: 'It is sunny (25 degrees).', kind: 'TEXT_ANSWER' },
];

describe('calls of every syntax', () => {
  test.each(rows)('$what: $kind', ({ text, kind, cities, rest, warning, options }) => {
    const prediction = extractPrediction(text, options);
    expect(prediction.kind, prediction.warnings.join('; ')).toBe(kind);
    expect(prediction.calls.map((call) => call.arguments['city'])).toEqual(cities ?? []);
    if (rest !== undefined) expect(prediction.text).toBe(rest);
    if (warning !== undefined) expect(prediction.warnings.join('; ')).toMatch(warning);
    if (kind === 'CALL') expect(findTextCalls(text, options).calls).toHaveLength(prediction.calls.length);
  });
});
