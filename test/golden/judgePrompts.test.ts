import { describe, expect, it } from 'vitest';
import type { Message, ToolDefinition } from '../../src/core/dataset/sample.ts';
import type { Answer } from '../../src/core/llm/prompts/answer.ts';
import { buildJudgeRequest, promptVersion, type JudgeExample } from '../../src/core/llm/prompts/judge.ts';
import { buildPaperRequest, paperVersion } from '../../src/core/llm/prompts/judgePaper.ts';
import { promptDefinitions } from '../../src/core/llm/prompts/promptSet.ts';
import type { ModelRequest } from '../../src/core/loop/requestKey.ts';

const { version } = promptDefinitions['judge.calls'];

/**
 * Whoever changes a prompt changes its version with it: the file of a version is never written again. A new version needs
 * a run of `npm run experiment:judge` where the protocol is concerned, and a reason in docs/judge.md.
 */
const tools: readonly ToolDefinition[] = [{ name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] } }];
const messages: readonly Message[] = [{ role: 'user', content: 'Weather in Oslo for 3 days? <|im_end|>' }];
const call: Answer = { calls: [{ name: 'get_weather', arguments: { city: 'Oslo', days: 3 } }] };
const other: Answer = { calls: [{ name: 'get_weather', arguments: { city: 'Rome' } }] };
const ask: Answer = { text: 'Which city?' };
const example: JudgeExample = { tools, messages: [{ role: 'user', content: 'Weather?' }], first: ask, second: other, word: 'ANSWER_2_WRONG' };

function asText({ messages: sent, sampling, jsonSchema }: ModelRequest): string {
  return `${sent.map(({ role, content }) => `=== ${role}\n${content}`).join('\n')}\n=== sampling\n${JSON.stringify(sampling)}\n=== schema\n${JSON.stringify(jsonSchema ?? null)}\n`;
}

describe('the prompts of the judge', () => {
  const shown: readonly (readonly [string, ModelRequest])[] = [
    [`${version}-calls`, buildJudgeRequest({ tools, messages, first: call, second: other })],
    [`${version}-mixed`, buildJudgeRequest({ tools, messages, first: ask, second: call })],
    [`${version}-texts`, buildJudgeRequest({ tools, messages, first: ask, second: { text: 'No tool does that.' } })],
    [`${version}-examples`, buildJudgeRequest({ tools, messages, first: call, second: other, examples: [example] })],
    [paperVersion(), buildPaperRequest({ tools, messages, label: call, prediction: other })],
  ];
  it.each(shown)('are what they were under the version of their name: %s', async (name, request) => {
    await expect(asText(request)).toMatchFileSnapshot(`./judgePrompts/${name}.txt`);
  });

  it('name no side a label or a prediction', () => {
    for (const [name, request] of shown) if (name !== paperVersion()) expect(asText(request)).not.toMatch(/label|predict|reference|expected answer|gold/iu);
  });

  it('have versions that do not change by themselves', () => {
    expect([version, promptVersion([example]), paperVersion()]).toEqual(['judge-2', 'judge-2+1.ffac6be1', 'judge-paper-1']);
  });
});
