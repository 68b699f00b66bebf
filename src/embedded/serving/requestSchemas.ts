import * as z from 'zod';
import { jsonObjectSchema } from '../../core/json/value.ts';
import type { ServedSampling } from './servedModel.ts';

/* Requests as OpenAI's API has them. Unknown fields are ignored, as other servers do; what would change the answer is refused. */

const MOST_TOP_LOG_PROBS = 20;

const contentSchema = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text', 'only text parts are supported'), text: z.string() })).transform((parts) => parts.map((part) => part.text).join('')),
]);

const toolCallSchema = z.object({
  id: z.string().nullish(),
  type: z.literal('function').nullish(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

export const chatMessageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: contentSchema }),
  z.object({ role: z.literal('user'), content: contentSchema }),
  z.object({ role: z.literal('assistant'), content: contentSchema.nullish(), tool_calls: z.array(toolCallSchema).nullish() }),
  z.object({ role: z.literal('tool'), content: contentSchema, tool_call_id: z.string().nullish(), name: z.string().nullish() }),
]);
export type ChatMessage = z.infer<typeof chatMessageSchema>;

const toolSchema = z.object({
  type: z.literal('function'),
  function: z.object({ name: z.string().min(1), description: z.string().nullish(), parameters: jsonObjectSchema.nullish() }),
});
export type ChatTool = z.infer<typeof toolSchema>;

const neutral = (value: number, field: string): z.ZodType => z.literal(value, `${field} other than ${value} is not supported`).nullish();

const samplingFields = {
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.number().int().nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  stop: z.union([z.string().transform((text) => [text]), z.array(z.string()).max(16)]).nullish(),
  seed: z.number().int().nullish(),
  n: neutral(1, 'n'),
  min_p: neutral(0, 'min_p'),
  presence_penalty: neutral(0, 'presence_penalty'),
  frequency_penalty: neutral(0, 'frequency_penalty'),
  repetition_penalty: neutral(1, 'repetition_penalty'),
  logit_bias: z.record(z.string(), z.never('logit_bias is not supported')).nullish(),
};

export const chatRequestSchema = z.object({
  ...samplingFields,
  messages: z.array(chatMessageSchema).min(1),
  tools: z.array(toolSchema).nullish(),
  tool_choice: z.enum(['auto', 'none'], 'only "auto" and "none" are supported: the model is never forced to call').nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(MOST_TOP_LOG_PROBS).nullish(),
  /** Taken and passed over: the model's own text is the answer. */
  response_format: z.looseObject({ type: z.enum(['text', 'json_object', 'json_schema']) }).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

export const completionRequestSchema = z.object({
  ...samplingFields,
  prompt: z.union([z.string(), z.array(z.string()).length(1, 'one prompt a request').transform((list) => list.join(''))], 'a prompt is a text'),
  logprobs: z.number().int().min(0).max(MOST_TOP_LOG_PROBS).nullish(),
  echo: z.literal(false, 'echo is not supported').nullish(),
  suffix: z.literal('', 'suffix is not supported').nullish(),
  best_of: neutral(1, 'best_of'),
});
export type CompletionRequestBody = z.infer<typeof completionRequestSchema>;

export const conversationSchema = z.object({ model: z.string(), messages: z.array(chatMessageSchema).min(1), tools: z.array(toolSchema).nullish() });
const withPieces = { with_pieces: z.boolean().nullish() };
export const tokenizeRequestSchema = z.union([z.object({ model: z.string(), content: z.string(), ...withPieces }), conversationSchema.extend(withPieces)]);

export const checkpointRequestSchema = z.object({ path: z.string().min(1), model: z.string().optional() });

/** Fields left out have OpenAI's defaults; the length defaults to what the context has left. */
export function readSampling(body: ChatRequest | CompletionRequestBody): ServedSampling {
  return {
    temperature: body.temperature ?? 1,
    topP: body.top_p ?? 1,
    topK: body.top_k ?? 0,
    maxTokens: ('max_completion_tokens' in body ? body.max_completion_tokens : undefined) ?? body.max_tokens ?? undefined,
    stop: body.stop ?? [],
    seed: body.seed ?? undefined,
  };
}
