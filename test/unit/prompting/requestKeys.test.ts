import { expect, it } from 'vitest';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { requestKey, sampleRequestKeys } from '../../../src/core/loop/requestKey.ts';

const sampling = samplingSchema.parse({ maxTokens: 64, seed: 7 });
const request = { messages: [{ role: 'user' as const, content: 'hi' }], tools: [{ name: 'f' }], sampling, logProbs: true };

it('keys of journals from before there was a choice of prompts stay what they are', () => {
  expect(requestKey({ model: 'm', fingerprint: 'sha256:w', request })).toBe('req_c6f2ba52ff568e3190f2686023bdc9f7');
  expect(sampleRequestKeys({ model: 'm', fingerprint: undefined, sampling, logProbs: true })('smp_1')).toBe('req_0457bbe6872828aa319be31d379d95e3');
});

it('how a prompt is made is part of the question', () => {
  const keys = [undefined, 'raw:1', 'raw:2', 'chat:1'].map((prompting) => requestKey({ model: 'm', fingerprint: undefined, request, ...(prompting === undefined ? {} : { prompting }) }));
  const samples = [undefined, 'raw:1', 'raw:2', 'chat:1'].map((prompting) => sampleRequestKeys({ model: 'm', fingerprint: undefined, sampling, logProbs: true, ...(prompting === undefined ? {} : { prompting }) })('smp_1'));
  expect(new Set([...keys, ...samples]).size).toBe(8);
});
