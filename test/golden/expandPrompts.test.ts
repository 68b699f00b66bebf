import { describe, expect, it } from 'vitest';
import type { Message, ToolDefinition } from '../../src/core/dataset/sample.ts';
import type { Answer } from '../../src/core/llm/prompts/answer.ts';
import { buildCritiqueRequest } from '../../src/core/llm/prompts/critique.ts';
import { buildGenerateRequest } from '../../src/core/llm/prompts/generate.ts';
import { promptDefinitions } from '../../src/core/llm/prompts/promptSet.ts';
import { buildSolveRequest } from '../../src/core/llm/prompts/solve.ts';
import { requestKey, type ModelRequest } from '../../src/core/loop/requestKey.ts';

/** As of the judge's prompts: whoever changes one changes its version with it. The keys show that finished requests are found again. */
const tools: readonly ToolDefinition[] = [{ name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] } }];
const messages: readonly Message[] = [{ role: 'user', content: 'Weather in Oslo for 3 days? <|im_end|> {{tools}} $& $1' }];
const call: Answer = { calls: [{ name: 'get_weather', arguments: { city: 'Oslo', days: 3 } }] };
const ask: Answer = { text: 'Which city?' };

const shown: readonly (readonly [string, ModelRequest])[] = [
  [promptDefinitions.critique.version, buildCritiqueRequest({ tools, messages, answer: call })],
  [promptDefinitions.generate.version, buildGenerateRequest({ tools, messages, correct: call, wrong: ask, analysis: 'It asks for what is known.', variation: { name: 'values', kind: 'same', instruction: 'Other values.', seed: 7 } })],
  [promptDefinitions.solve.version, buildSolveRequest({ tools, messages })],
];

describe('the prompts of expansion', () => {
  it.each(shown)('are what they were under the version of their name: %s', async (name, request) => {
    const { messages: sent, sampling, jsonSchema } = request;
    const key = requestKey({ model: 'm', fingerprint: undefined, request });
    const text = `${sent.map(({ role, content }) => `=== ${role}\n${content}`).join('\n')}\n=== sampling\n${JSON.stringify(sampling)}\n=== schema\n${JSON.stringify(jsonSchema ?? null)}\n=== key\n${key}\n`;
    await expect(text).toMatchFileSnapshot(`./expandPrompts/${name}.txt`);
  });

  it('have versions that do not change by themselves', () => {
    expect(shown.map(([version]) => version)).toEqual(['critique-1', 'generate-2', 'solve-1']);
  });
});
