import { describe, expect, it } from 'vitest';
import { perplexity } from '../../../src/core/llm/perplexity.ts';

describe('perplexity', () => {
  it('is exp of the mean negative log-probability over all tokens', () => {
    const result = perplexity({ logProbs: [Math.log(0.5), Math.log(0.25)], completionTokens: 2 });
    expect(result.ppl).toBeCloseTo(Math.sqrt(8), 12);
  });

  it('allows for the end token, and for a single certain token', () => {
    expect(perplexity({ logProbs: [-0.1, -0.1], completionTokens: 3 }).ppl).toBeCloseTo(Math.exp(0.1), 12);
    expect(perplexity({ logProbs: [0], completionTokens: 1 }).ppl).toBe(1);
  });

  it.each([
    ['none were given', undefined, 3, /no log-prob/u],
    ['the list is empty', [], 0, /empty/u],
    ['two tokens are missing', [-0.1, -0.1], 4, /2 log-probabilities for 4/u],
    ['one is the clamp of the server', [-0.1, -9999], 2, /without a probability/u],
    ['one is not a number', [-0.1, Number.NaN], 2, /without a probability/u],
    ['one is above zero', [-0.1, 0.5], 2, /above zero/u],
    ['all are zero', [0, 0, 0], 3, /after the temperature/u],
  ])('is missing when %s', (_name, logProbs, completionTokens, reason) => {
    const result = perplexity({ logProbs, completionTokens });
    expect(result.ppl).toBeNull();
    expect('missing' in result ? result.missing : '').toMatch(reason);
  });

  it("passes on the port's own reason", () => {
    expect(perplexity({ logProbs: undefined, logProbsMissing: 'refused by the server', completionTokens: 1 })).toEqual({ ppl: null, missing: 'refused by the server' });
  });
});
