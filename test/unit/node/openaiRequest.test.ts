import { expect, test } from 'vitest';
import * as z from 'zod';
import { samplingSchema, type Sampling } from '../../../src/core/llm/completionPort.ts';
import { chatBody } from '../../../src/node/openaiRequest.ts';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { sampleConfig } from '../../../src/demo/sampleProject.ts';

const bodySchema = z.looseObject({ tool_choice: z.string().optional() });

function choiceOf(sampling: Sampling, tools: readonly { readonly name: string }[]): string | undefined {
  const text = chatBody({ model: 'm', messages: [{ role: 'user', content: 'u' }], tools, sampling, logProbs: false }, { stream: false, logProbs: true, jsonSchema: true, ownSampler: true }, 'localhost');
  return bodySchema.parse(JSON.parse(text)).tool_choice;
}

test('an endpoint can keep a server from touching calls: tools are sent with tool_choice "none"', () => {
  expect(choiceOf(samplingSchema.parse({}), [{ name: 'f' }])).toBe('auto');
  expect(choiceOf(samplingSchema.parse({ toolChoice: 'none' }), [{ name: 'f' }])).toBe('none');
  expect(choiceOf(samplingSchema.parse({ toolChoice: 'none' }), [])).toBeUndefined();
  const config = sampleConfig('smoke');
  const policy = { kind: 'openai', baseUrl: 'http://localhost:8080/v1', model: 'm', sampling: { toolChoice: 'none' } };
  expect(projectConfigSchema.safeParse({ ...config, endpoints: { ...config.endpoints, policy } }).success).toBe(true);
  expect(projectConfigSchema.safeParse({ ...config, endpoints: { ...config.endpoints, policy: { ...policy, sampling: { toolChoice: 'required' } } } }).success).toBe(false);
});
