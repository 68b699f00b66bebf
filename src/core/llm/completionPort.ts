import * as z from 'zod';
import type { Message, ToolCall, ToolDefinition } from '../dataset/sample.ts';
import type { JsonObject } from '../json/value.ts';

/** Sampler fields are always all sent: servers fill what is left out from the model's own defaults. */
export const samplingSchema = z.object({
  temperature: z.number().min(0).default(0),
  topP: z.number().min(0).max(1).default(1),
  topK: z.number().int().default(-1),
  presencePenalty: z.number().default(0),
  maxTokens: z.number().int().min(1).default(1024),
  seed: z.number().int().optional(),
  /** none: tools stand in the prompt, but the server neither reads calls out of the answer nor holds it to their schemas. Absent: auto. */
  toolChoice: z.literal('none').optional(),
});
export type Sampling = Readonly<z.infer<typeof samplingSchema>>;

export type CompletionRequest = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly sampling: Sampling;
  readonly logProbs: boolean;
  /**
   * What the endpoint's settings make of the request on its way; whoever asks leaves them out. `rendered`: the prompt as text,
   * sent in place of messages and tools.
   */
  readonly rendered?: { readonly prompt: string; readonly stop: readonly string[] };
  readonly templateArgs?: JsonObject;
  /** Asks for JSON of this schema where the server can; the reply is parsed leniently either way. */
  readonly jsonSchema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
};

/** `bytes` is the UTF-8 of the token, kept where its text alone may not say it: a character can be spread over tokens. */
export type LogProbToken = { readonly text: string; readonly bytes?: readonly number[] };

export type CompletionReply = {
  /** Answer text; tool-call tags stay in it when the server has no parser. */
  readonly content: string;
  readonly reasoning: string;
  /** Calls that the server parsed itself; `raw` keeps arguments that were not JSON. */
  readonly calls: readonly (ToolCall | { readonly name: string; readonly raw: string })[];
  readonly finishReason: string;
  /** One natural-log probability per generated token, or the reason why there are none. */
  readonly logProbs: readonly number[] | undefined;
  readonly logProbsMissing?: string;
  /** The tokens of `logProbs`, one for each, where the server gives their texts. */
  readonly logProbTokens?: readonly LogProbToken[];
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  /** Name that the server answered under, and its fingerprint where it gives one. */
  readonly model: string;
  readonly systemFingerprint?: string;
};

/** Why a request has no reply. `retryable` failures were already retried by the port when they are returned. */
export type CompletionFailure = {
  readonly kind: 'refused' | 'unauthorised' | 'bad-request' | 'too-long' | 'not-found' | 'rate-limited' | 'server' | 'network' | 'protocol' | 'timeout';
  readonly status: number | undefined;
  readonly message: string;
  readonly retryable: boolean;
  /** The endpoint as a whole is out of order: others would fail as this one did. */
  readonly down?: true;
};

export type CompletionOutcome =
  | { readonly ok: true; readonly reply: CompletionReply; readonly attempts: number; readonly elapsedMs: number }
  | { readonly ok: false; readonly failure: CompletionFailure; readonly attempts: number; readonly elapsedMs: number };

/**
 * One model behind an endpoint. Expected failures are values; only cancellation throws (AbortError).
 * Retries, back-off and Retry-After are the port's business; one derived signal per attempt.
 */
export interface CompletionPort {
  /** Model id as sent, the host it is sent to, and whether it is simulated; shown wherever results are. */
  readonly description: { readonly model: string; readonly host: string; readonly simulated: boolean };
  /** How many requests to keep in flight. */
  readonly concurrency: number;
  /** What the job has used of servers that cost something, for progress events; absent where nothing is counted. */
  used?(): Readonly<Record<string, number>>;
  complete(request: Omit<CompletionRequest, 'model'>, signal: AbortSignal): Promise<CompletionOutcome>;
}
