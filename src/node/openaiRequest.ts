import { stringifyJson } from '../core/json/stringify.ts';
import type { JsonObject, JsonValue } from '../core/json/value.ts';
import type { Message } from '../core/dataset/sample.ts';
import type { CompletionRequest } from '../core/llm/completionPort.ts';
import { messageShapes } from '../core/llm/messageShapes.ts';
import { toolShape } from '../core/llm/template/toolShape.ts';

/** Forms of `response_format` that an endpoint has not refused. */
export type StructuredOutput = { jsonSchema: boolean; jsonObject: boolean };

/** What one endpoint turned out to understand; learnt from its refusals and kept for the life of the client. */
export type Capabilities = StructuredOutput & {
  stream: boolean;
  logProbs: boolean;
  /** Sampler fields beyond OpenAI's own: only to servers that run the weights themselves. */
  ownSampler: boolean;
};

/**
 * The body of POST /chat/completions, or of POST /completions for a request that is rendered. Every sampler field is always
 * sent: servers fill what is left out from the model's generation_config.json, and a repetition penalty there changes even
 * greedy answers.
 */
export function chatBody(request: CompletionRequest, capabilities: Capabilities, hostname: string): string {
  const { sampling, rendered } = request;
  const body: Record<string, JsonValue> = {
    model: request.model,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: 0,
    stream: capabilities.stream,
    ...(capabilities.stream ? { stream_options: { include_usage: true } } : {}),
    ...(sampling.seed === undefined ? {} : { seed: sampling.seed }),
    ...(rendered ? textFields(request, rendered, capabilities) : chatFields(request, capabilities, hostname)),
  };
  // `repeat_penalty` is llama.cpp's name of `repetition_penalty`.
  if (capabilities.ownSampler) Object.assign(body, { top_k: sampling.topK, min_p: 0, repetition_penalty: 1, repeat_penalty: 1 });
  const form = replyForm(request, capabilities);
  if (form === 'jsonObject') body['response_format'] = { type: 'json_object' };
  if (form === 'jsonSchema' && request.jsonSchema) {
    // The schema is plain JSON by construction: it is made by zod or written by hand.
    const schema = request.jsonSchema.schema as JsonObject;
    body['response_format'] = { type: 'json_schema', json_schema: { name: request.jsonSchema.name, schema, strict: true } };
  }
  return stringifyJson(body);
}

/** The strictest form that the endpoint has not refused: the schema, any object, else text, which all replies can be read from. */
export function replyForm(request: Pick<CompletionRequest, 'jsonSchema' | 'jsonObject'>, known: StructuredOutput): keyof StructuredOutput | undefined {
  if (request.jsonSchema && known.jsonSchema) return 'jsonSchema';
  return (request.jsonSchema || request.jsonObject) && known.jsonObject ? 'jsonObject' : undefined;
}

/** Ollama knows only `max_tokens`, OpenAI's reasoning models only `max_completion_tokens`; own servers get both. */
function tokenLimit(maxTokens: number, capabilities: Capabilities, hostname: string): JsonObject {
  if (capabilities.ownSampler) return { max_tokens: maxTokens, max_completion_tokens: maxTokens };
  return hostname === 'api.openai.com' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
}

function chatFields({ messages, tools, templateArgs, logProbs, sampling }: CompletionRequest, capabilities: Capabilities, hostname: string): JsonObject {
  return {
    messages: messages.length === 0 ? [] : wireMessages(messages),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolShape), tool_choice: sampling.toolChoice ?? 'auto' }),
    ...(logProbs && capabilities.logProbs ? { logprobs: true, top_logprobs: 1 } : {}),
    ...tokenLimit(sampling.maxTokens, capabilities, hostname),
    ...(templateArgs === undefined ? {} : { chat_template_kwargs: templateArgs }),
  };
}

/** Tags of calls can be special tokens, so none is left out of the reply; the template has written what a server would put in front of a plain text. */
function textFields({ logProbs, sampling }: CompletionRequest, { prompt, stop }: NonNullable<CompletionRequest['rendered']>, capabilities: Capabilities): JsonObject {
  return {
    prompt,
    ...(stop.length === 0 ? {} : { stop: stop.slice(0, mostStops) }),
    max_tokens: sampling.maxTokens,
    ...(logProbs && capabilities.logProbs ? { logprobs: 1 } : {}),
    ...(capabilities.ownSampler ? { skip_special_tokens: false, add_special_tokens: false } : {}),
  };
}

/** As many as OpenAI takes. */
const mostStops = 4;

/** Messages as servers take them. */
export function wireMessages(messages: readonly Message[]): JsonValue[] {
  return messageShapes(messages, {
    callId: (message, position) => `call_${message}_${position}`,
    strayId: (message) => `call_${message}`,
    callArguments: stringifyJson,
    emptyBesideCalls: null,
    toolNames: false,
  });
}

/**
 * Whether the server runs its own weights (vLLM, SGLang, llama.cpp, Ollama, ...) as opposed to a hosted service that
 * refuses unknown fields: loopback, private and unqualified addresses, and everything without TLS.
 */
export function isOwnServer(baseUrl: string): boolean {
  const url = new URL(baseUrl);
  if (url.protocol === 'http:') return true;
  const host = url.hostname;
  return (
    host === 'localhost' ||
    !host.includes('.') ||
    /\.(local|localhost|internal|lan|home|corp|intranet)$/.test(host) ||
    /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(host) ||
    host.startsWith('[')
  );
}
