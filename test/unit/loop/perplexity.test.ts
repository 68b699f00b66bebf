import { describe, expect, it } from 'vitest';
import { measureReply, perplexity, type MeasuredReply } from '../../../src/core/llm/perplexity.ts';

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
    ['all but the first are zero', [-0.7, 0, 0], 3, /speculative decoding/u],
  ])('is missing when %s', (_name, logProbs, completionTokens, reason) => {
    const result = perplexity({ logProbs, completionTokens });
    expect(result.ppl).toBeNull();
    expect('missing' in result ? result.missing : '').toMatch(reason);
  });

  it("passes on the port's own reason", () => {
    expect(perplexity({ logProbs: undefined, logProbsMissing: 'refused by the server', completionTokens: 1 })).toEqual({ ppl: null, missing: 'refused by the server' });
  });
});

/** Log-probabilities −1, −2, … of these token texts: the perplexity of a part says which tokens are in it. */
function measured(tokens: readonly string[], reply: { readonly reasoning?: string; readonly content?: string; readonly calls?: readonly { readonly name: string; readonly arguments: Record<string, string> }[]; readonly completionTokens?: number | undefined; readonly bytes?: boolean } = {}): MeasuredReply {
  const logProbTokens = tokens.map((text) => (reply.bytes === true ? { text: '\uFFFD', bytes: [...Buffer.from(text, 'latin1')] } : { text }));
  const completionTokens = 'completionTokens' in reply ? reply.completionTokens : tokens.length;
  return measureReply({ reasoning: reply.reasoning ?? '', content: reply.content ?? '', calls: reply.calls ?? [], logProbs: tokens.map((_, i) => -(i + 1)), logProbTokens, completionTokens });
}

const mean = (...values: readonly number[]): number => Math.exp(values.reduce((a, b) => a + b, 0) / values.length);
const call = [{ name: 'f', arguments: { a: 'b' } }];

describe('the perplexity of a part', () => {
  it('is over the answer after the reasoning, and over the calls with their tags, wherever tokens end', () => {
    const result = measured(['<think>', 'hm', '</th', 'ink>\n', 'Well.', '<tool', '_call>', '{"name"', '}</tool_call>', '<|im_end|>']);
    expect(result.all.ppl).toBeCloseTo(mean(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 8);
    // The token that ends the reasoning also begins the answer.
    expect(result.answer).toBeCloseTo(mean(4, 5, 6, 7, 8, 9, 10), 8);
    expect(result.call).toBeCloseTo(mean(6, 7, 8, 9), 8);
    expect(result.covers).toBeUndefined();
  });

  it('is over everything where there is no reasoning, and over no call where there is none', () => {
    const result = measured(['Hello', '.']);
    expect([result.answer, result.call]).toEqual([result.all.ppl, undefined]);
  });

  it('counts two calls, and one that was cut off', () => {
    expect(measured(['<tool_call>', '{}', '</tool_call>', '\n', '<tool_call>', '{']).call).toBeCloseTo(mean(1, 2, 3, 5, 6), 8);
  });

  it('finds reasoning and calls that the server took out without their tags', () => {
    const result = measured(['let me', ' see', 'Sure', ' [CALL]', 'f', '{"a":"b"}'], { reasoning: 'let me see', content: 'Sure', calls: call });
    expect(result).toMatchObject({ covers: 'all', answer: expect.closeTo(mean(3, 4, 5, 6), 8) as number, call: expect.closeTo(mean(4, 5, 6), 8) as number });
  });

  it.each([
    ['withoutReasoning', ['Sure', '.'], { reasoning: 'let me see', content: 'Sure.' }, mean(1, 2), /2 log-probabilities for 9 tokens: the server's log-probabilities leave out the reasoning/u],
    ['withoutCalls', ['Sure', '.'], { content: 'Sure.', calls: call }, undefined, /leave out the calls/u],
    ['textOnly', ['Sure', '.'], { reasoning: 'let me see', content: 'Sure.', calls: call }, undefined, /leave out the reasoning and the calls/u],
  ] as const)('says that rows are %s', (covers, tokens, reply, answer, reason) => {
    for (const completionTokens of [9, undefined]) {
      const result = measured(tokens, { ...reply, completionTokens });
      expect(result.covers).toBe(covers);
      expect(result.answer).toEqual(answer === undefined ? undefined : expect.closeTo(answer, 8));
      expect(result.all.ppl).toBeNull();
      if (completionTokens === 9) expect('missing' in result.all ? result.all.missing : '').toMatch(reason);
    }
  });

  it('trusts the count where the texts are not those of the reply', () => {
    const result = measured(['x', 'x', 'x'], { reasoning: 'let me see', content: 'Sure.' });
    expect(result).toEqual({ all: { ppl: expect.closeTo(mean(1, 2, 3), 8) as number } });
  });

  it('puts characters together that are spread over tokens', () => {
    // ü is C3 BC; the text of either half says nothing.
    const result = measured(['\xc3', '\xbc', '</think>', 'a'], { bytes: true });
    expect(result.answer).toBeCloseTo(mean(4), 8);
  });

  it('is none where texts are missing, or are numbers, or the rows cannot be probabilities', () => {
    expect(measureReply({ reasoning: '', content: 'a', calls: [], logProbs: [-1, -2], completionTokens: 2 })).toEqual({ all: { ppl: expect.closeTo(mean(1, 2), 8) as number } });
    expect(measured(['token_id:12', 'token_id:13'])).toEqual({ all: { ppl: expect.closeTo(mean(1, 2), 8) as number } });
    const zero = measureReply({ reasoning: '', content: 'aaa', calls: [], logProbs: [0, 0, 0], logProbTokens: [{ text: 'a' }, { text: 'a' }, { text: 'a' }], completionTokens: 3 });
    expect(Object.keys(zero)).toEqual(['all']);
  });
});
