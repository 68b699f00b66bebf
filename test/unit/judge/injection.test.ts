import { describe, expect, it } from 'vitest';
import type { Message, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { canonicalJson } from '../../../src/core/json/stringify.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import type { Answer } from '../../../src/core/llm/prompts/answer.ts';
import { buildJudgeRequest, judgeWords, type JudgeWord } from '../../../src/core/llm/prompts/judge.ts';
import { readPromptFile, writePromptFile } from '../../../src/core/llm/prompts/promptFile.ts';
import { builtInPrompts, promptNames, type PromptSet } from '../../../src/core/llm/prompts/promptSet.ts';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import { instructionLines, obeyingJudge } from '../../fakes/obeyingJudge.ts';
import { payloads } from './payloads.ts';

/** Answer 1 is right; the payload says otherwise. */
const demanded: JudgeWord = 'ANSWER_1_WRONG';
const truth: JudgeWord = 'ANSWER_2_WRONG';

type Parts = { readonly tools: readonly ToolDefinition[]; readonly messages: readonly Message[]; readonly first: Answer; readonly second: Answer };

const places: Readonly<Record<string, (payload: string) => Parts>> = {
  'the request': (payload) => parts({ request: `Weather in Oslo? ${payload}` }),
  'the result of a tool': (payload) => parts({ result: payload }),
  'the definition of a tool': (payload) => parts({ description: payload }),
  'the system message of the sample': (payload) => parts({ system: payload }),
  'an argument of answer 1': (payload) => parts({ city: `Oslo${payload}` }),
  'the text of answer 2': (payload) => parts({ text: payload }),
  'the name of an argument': (payload) => parts({ argument: payload }),
};

function parts({ request = 'Weather in Oslo?', result = '4C', description = 'Weather of a city', system = 'Be brief.', city = 'Oslo', text = 'I cannot help.', argument = 'city' }: Readonly<Partial<Record<'request' | 'result' | 'description' | 'system' | 'city' | 'text' | 'argument', string>>>): Parts {
  return {
    tools: [{ name: 'get_weather', description, parameters: { type: 'object', properties: { city: { type: 'string' } } } }],
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: 'And in Rome?' },
      { role: 'assistant', content: '', calls: [{ name: 'get_weather', arguments: { city: 'Rome' } }] },
      { role: 'tool', content: result },
      { role: 'user', content: request },
    ],
    first: { calls: [{ name: 'get_weather', arguments: { [argument]: city } }] },
    second: { text },
  };
}

/** What a judge that is not led astray says. */
const honest = (sections: ReturnType<typeof readSections>): JudgeWord => (JSON.stringify(sections.get('Answer 1') ?? null).includes('Oslo') ? truth : 'BOTH_WRONG');
const expected = instructionLines(buildJudgeRequest(parts({})).messages);
const cases = [...payloads(demanded)].flatMap(([name, payload]) => Object.entries(places).map(([place, build]) => ({ name, place, parts: build(payload) })));

/** The data as the published prompt shows it: the conversation in its raw template, the answers as they are. */
function naiveRequest({ tools, messages, first, second }: Parts): readonly Message[] {
  const shown = (answer: Answer): string => ('text' in answer ? answer.text : answer.calls.map(({ name, arguments: args }) => `${name}(${Object.entries(args).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')})`).join('\n'));
  const conversation = messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
  const content = `Tools: ${tools.map(({ name, description }) => `${name}: ${description ?? ''}`).join('\n')}\nConversation:\n${conversation}\nResponse 1: ${shown(first)}\nResponse 2: ${shown(second)}`;
  return [{ role: 'system', content: 'Compare.' }, { role: 'user', content }];
}

/** Prompts as people cut them down: no word on instructions in data, none behind it. */
const ownPrompts: PromptSet = { ...builtInPrompts, ...Object.fromEntries(promptNames.filter((name) => /^judge\.(?!paper)/u.test(name)).map((name) => {
  const text = writePromptFile(name)
    .replace(/(?<=\n# System\n)[^]*(?=\n# User\n)/u, '\nReply: {"verdict": "ANSWER_1_WRONG" | "ANSWER_2_WRONG" | "BOTH_CORRECT" | "BOTH_WRONG", "error_analysis": "", "correct_approach": ""}\n')
    .replace(/(?<=\{\{answer_2\}\}\n)[^]*$/u, '');
  const read = readPromptFile(name, text);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return [name, read.template];
})) };

describe('data in the prompt of the judge', () => {
  it(`is attacked in ${payloads(demanded).size} ways at ${Object.keys(places).length} places`, () => {
    expect(payloads(demanded).size).toBeGreaterThanOrEqual(30);
    expect(cases.length).toBeGreaterThan(200);
  });

  it.each([...payloads(demanded).keys()])('does not become an instruction: %s', (wanted) => {
    for (const { place, parts: attacked } of cases.filter(({ name }) => name === wanted)) {
      const { word, obeyed } = obeyingJudge(buildJudgeRequest(attacked).messages, honest, expected);
      expect({ place, word, obeyed }).toEqual({ place, word: truth, obeyed: [] });
    }
  });

  it.each([...payloads(demanded).keys()])('does not become one in a prompt of the project\'s own either, which is as bare as it may be: %s', (wanted) => {
    const bare = instructionLines(buildJudgeRequest({ ...parts({}), prompts: ownPrompts }).messages);
    expect(bare.length).toBeLessThan(expected.length);
    for (const { place, parts: attacked } of cases.filter(({ name }) => name === wanted)) {
      const { word, obeyed } = obeyingJudge(buildJudgeRequest({ ...attacked, prompts: ownPrompts }).messages, honest, bare);
      expect({ place, word, obeyed }).toEqual({ place, word: truth, obeyed: [] });
    }
  });

  it('fills no slots, whatever it says', () => {
    const slots = 'before {{answer_2}} $& $1 {{tools}}\n{{answer_2}}\nbehind';
    for (const prompts of [builtInPrompts, ownPrompts]) {
      const { messages } = buildJudgeRequest({ ...parts({ request: slots, text: '{{conversation}}' }), prompts });
      const read = readSections(messages[1]?.content ?? '');
      expect(JSON.stringify(read.get('Conversation'))).toContain(JSON.stringify(slots).slice(1, -1));
      expect(read.get('Answer 2')).toEqual({ text: '{{conversation}}' });
    }
  });

  it('reads back as it was', () => {
    for (const { parts: attacked } of cases) {
      const read = readSections(buildJudgeRequest(attacked).messages[1]?.content ?? '');
      const same = (title: string, value: unknown): void => expect(canonicalJson(read.get(title) ?? null)).toBe(canonicalJson(value as JsonValue)); // made of JSON
      same('Tools', attacked.tools);
      same('Conversation', attacked.messages);
      same('Answer 1', attacked.first);
      same('Answer 2', attacked.second);
    }
  });

  it('would be obeyed where it stood in the prompt as it is: the judge of this test can be led astray', () => {
    const led = new Set(cases.filter(({ parts: attacked }) => obeyingJudge(naiveRequest(attacked), () => truth, []).word === demanded).map(({ name }) => name));
    expect(led.size).toBeGreaterThanOrEqual(36);
  });

  it('would be obeyed as JSON without more, too, where special tokens stand in strings', () => {
    const plain = (attacked: Parts): readonly Message[] => buildJudgeRequest(attacked).messages.map((message) => ({ ...message, content: message.content.replace(/\\u([0-9a-f]{4})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) }));
    const led = new Set(cases.filter(({ parts: attacked }) => obeyingJudge(plain(attacked), () => truth, expected).word === demanded).map(({ name }) => name));
    expect(led.size).toBeGreaterThanOrEqual(20);
  });

  it('leaves ordinary text as it is', () => {
    const { messages } = buildJudgeRequest(parts({ request: 'Is 3 < 5 in [Oslo], "today"? 서울 날씨, `code`, 5 <= 6, naïve 👍' }));
    expect(messages[1]?.content).toContain('Is 3 < 5 in [Oslo], \\"today\\"? 서울 날씨, `code`, 5 <= 6, naïve 👍');
  });

  it('has verdict words that the test knows', () => {
    expect(judgeWords).toContain(demanded);
  });
});
