import { expect, test } from 'vitest';
import { remoteFingerprint, sameWeights } from '../../../src/app/remoteFingerprint.ts';
import type { CompletionPort } from '../../../src/core/llm/completionPort.ts';

/** A policy that always says the same, as sure of it as told. */
function policy(text: string, logProbs: readonly number[] | undefined): CompletionPort {
  const reply = { content: text, reasoning: '', calls: [], finishReason: 'stop', logProbs, promptTokens: 1, completionTokens: 1, model: 'm' };
  return { description: { model: 'm', host: 'h', simulated: false }, concurrency: 1, complete: () => Promise.resolve({ ok: true, reply, attempts: 1, elapsedMs: 0 }) };
}

const fingerprint = (text: string, logProbs?: readonly number[]): Promise<string> => remoteFingerprint(policy(text, logProbs), new AbortController().signal);

test('other words, or the same words said with other confidence, are other weights', async () => {
  const before = await fingerprint('no tool fits', [-0.07, -0.003, -0.0007]);
  expect(sameWeights(before, await fingerprint('no tool fits', [-0.07, -0.003, -0.0007]))).toBe(true);
  expect(sameWeights(before, await fingerprint('no tool fits', [-0.072, -0.0031, -0.0007]))).toBe(true);
  expect(sameWeights(before, await fingerprint('no tool fits', [-0.33, -0.003, -0.0007]))).toBe(false);
  expect(sameWeights(before, await fingerprint('which city', [-0.07, -0.003, -0.0007]))).toBe(false);
});

test('without log-probabilities the words alone count, as in rounds of earlier versions', async () => {
  const words = await fingerprint('no tool fits');
  expect(words).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(sameWeights(words, await fingerprint('no tool fits'))).toBe(true);
  expect(sameWeights(words, await fingerprint('no tool fits', [-0.5]))).toBe(true);
  expect(sameWeights(words, await fingerprint('other'))).toBe(false);
});
