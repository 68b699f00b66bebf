import type { ServedToken, ServedUsage, TokenLogProb } from './servedModel.ts';

const shape = (token: TokenLogProb): { token: string; logprob: number; bytes: readonly number[] | null } => ({
  token: token.text,
  logprob: token.logProb,
  bytes: token.bytes ?? null,
});

/** `choices[].logprobs` of a chat answer. */
export function chatLogProbs(tokens: readonly ServedToken[]): object {
  return { content: tokens.map((token) => ({ ...shape(token), top_logprobs: token.top.map(shape) })), refusal: null };
}

/** `choices[].logprobs` of a text completion: parallel lists; `offset` is where the first token's text starts in the answer. */
export function completionLogProbs(tokens: readonly ServedToken[], offset: number): object {
  let at = offset;
  return {
    tokens: tokens.map((token) => token.text),
    token_logprobs: tokens.map((token) => token.logProb),
    top_logprobs: tokens.map((token) => Object.fromEntries(token.top.map((one) => [one.text, one.logProb]))),
    text_offset: tokens.map((token) => {
      const start = at;
      if (token.bytes) at += token.text.length;
      return start;
    }),
  };
}

export function usageShape(usage: ServedUsage): object {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens },
  };
}
