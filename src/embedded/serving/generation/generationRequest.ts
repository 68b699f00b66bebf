import type { SamplerSettings } from './sampler.ts';

/** One sequence to generate, as it travels to a generation worker. */
export type GenerationRequest = {
  readonly id: number;
  /** Prompt; at least one token, and room for one more within the context. */
  readonly tokens: readonly number[];
  /** The first tokens, which other requests are likely to share; fewer than all. 0: none. */
  readonly prefixLength: number;
  /** At least 1; prompt and answer fit the context. */
  readonly maxTokens: number;
  readonly sampler: SamplerSettings;
  readonly seed: number;
  /** UTF-8 of the texts that end the answer. */
  readonly stop: readonly Uint8Array[];
  readonly topLogProbs: number;
  readonly incremental: boolean;
};

export type GeneratedToken = {
  readonly token: number;
  readonly logProb: number;
  /** The likeliest tokens with their log-probabilities, best first; empty unless asked for. */
  readonly top: readonly (readonly [token: number, logProb: number])[];
};

/** What a sequence has got since its last update. The token that ended the turn is among the tokens. */
export type GenerationUpdate = {
  readonly id: number;
  readonly tokens: readonly GeneratedToken[];
  readonly finish?: { readonly reason: 'stop' | 'length'; readonly cachedTokens: number };
};
