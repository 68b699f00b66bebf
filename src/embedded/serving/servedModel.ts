import type { Message, ToolDefinition } from '../../core/dataset/sample.ts';

export type ServedSampling = {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 1 is off. */
  readonly topP: number;
  /** 0 or less is off. */
  readonly topK: number;
  /** Upper bound of generated tokens; undefined: whatever the context has left. */
  readonly maxTokens: number | undefined;
  /** Texts that end the answer; they are not part of it. */
  readonly stop: readonly string[];
  /** Undefined: a new one for each request. */
  readonly seed: number | undefined;
};

export type ServedRequest = {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** A rendered prompt in place of messages and tools: special tokens in it count as such. */
  readonly prompt?: string;
  readonly sampling: ServedSampling;
  readonly logProbs: boolean;
  /** How many of the likeliest tokens go with each generated one. */
  readonly topLogProbs: number;
  /** False: nobody looks before the end, so that the answer may come in one chunk. */
  readonly incremental: boolean;
};

export type TokenLogProb = {
  readonly text: string;
  /** Undefined where a token stands for no text, as the one that ends a turn. */
  readonly bytes: readonly number[] | undefined;
  /** Natural logarithm of the model's own probability, before temperature and truncation. */
  readonly logProb: number;
};

export type ServedToken = TokenLogProb & { readonly top: readonly TokenLogProb[] };

export type ServedUsage = { readonly promptTokens: number; readonly completionTokens: number; readonly cachedTokens: number };

export type ServedRefusal = {
  readonly code: 'context_length_exceeded' | 'invalid_request' | 'server_error';
  readonly message: string;
  readonly param?: string;
};

/** Text chunks, then exactly one `end`; or one `refused` and nothing else. */
export type ServedChunk =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Every generated token is in one of the chunks, in order, with the text that it makes complete or before it; empty without log-probs. */
      readonly tokens: readonly ServedToken[];
    }
  | { readonly kind: 'end'; readonly finishReason: 'stop' | 'length'; readonly usage: ServedUsage }
  | { readonly kind: 'refused'; readonly refusal: ServedRefusal };

export type ServedDescription = {
  /** Changes when and only when the weights do: `sha256:` and the hash of the checkpoint file. */
  readonly fingerprint?: string;
  /** The checkpoint that answers. */
  readonly root?: string;
  readonly simulated: boolean;
  readonly contextTokens?: number;
};

export type ServedPrompt = { readonly text: string; readonly tokens: readonly { readonly id: number; readonly bytes: Uint8Array }[] };

/** A model behind the server's door. */
export interface ServedModel {
  readonly id: string;
  describe(): ServedDescription;
  /**
   * The weights that answer are those of the moment of the call. Throws AbortError when the signal fires; whatever
   * the request holds is free again by then.
   */
  complete(request: ServedRequest, signal: AbortSignal): AsyncIterable<ServedChunk>;
  /** The prompt that messages and tools become, and its tokens; of a text, its tokens. Absent where a model has none. */
  readPrompt?(prompt: { readonly messages: readonly Message[]; readonly tools: readonly ToolDefinition[] } | string): ServedPrompt;
  /** Takes another checkpoint for all requests to come; those under way end on the old one. Throws LoopToolError `checkpoint-unreadable`. */
  load?(path: string): Promise<void>;
}
