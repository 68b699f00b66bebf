import * as z from 'zod';
import type { JsonObject } from '../../core/json/value.ts';
import type { ServerBehaviour } from '../../protocol/serverReport.ts';
import type { Asked } from '../../node/servers/ask.ts';
import type { ModelAsker } from '../../node/servers/modelAsker.ts';
import type { SeenReply } from '../../node/servers/readReply.ts';
import { plainMessages } from './observe.ts';
import { toolMessages, toolName, tools } from './observeTools.ts';

export type Rendered = { readonly tokenize: ServerBehaviour['tokenize']; readonly prompt: string | undefined };

const nothing: Rendered = { tokenize: { via: null, count: null, toolInPrompt: null }, prompt: undefined };
const template = z.object({ rendered_template: z.string() });
/** Ollama has had both names. */
const renderedShape = z.union([
  z.object({ prompt: z.string() }),
  z.object({ _debug_info: template }).transform((shown) => ({ prompt: shown._debug_info.rendered_template })),
  z.object({ debug_info: template }).transform((shown) => ({ prompt: shown.debug_info.rendered_template })),
]);
const countShape = z.object({ count: z.number().int(), tokens: z.array(z.number()).optional() });
const inputTokensShape = z.object({ input_tokens: z.number().int() });

/** Request 10: the prompt that the server makes of the question with its tool, where it shows or counts it. */
export async function observeRendering(asker: ModelAsker): Promise<Rendered> {
  const chat: JsonObject = { model: asker.address.model, messages: toolMessages.map((message) => ({ ...message })), tools };
  switch (asker.kind) {
    case 'llama.cpp': {
      const prompt = promptOf(await asker.own('/apply-template', chat));
      const counted = await asker.own('/v1/chat/completions/input_tokens', chat);
      const read = counted.ok ? inputTokensShape.safeParse(counted.json) : undefined;
      return rendered('/v1/chat/completions/input_tokens', read?.success ? read.data.input_tokens : undefined, prompt);
    }
    case 'vllm':
    case 'sglang': {
      const counted = await asker.own('/tokenize', { ...chat, add_generation_prompt: true });
      const read = counted.ok && counted.status === 200 ? countShape.safeParse(counted.json) : undefined;
      if (!read?.success) return nothing;
      const prompt = read.data.tokens ? promptOf(await asker.own('/detokenize', { model: asker.address.model, tokens: read.data.tokens })) : undefined;
      return rendered('/tokenize', read.data.count, prompt);
    }
    case 'tgi': {
      const counted = await asker.own('/chat_tokenize', chat);
      const read = counted.ok ? z.object({ tokenize_response: z.array(z.unknown()), templated_text: z.string().optional() }).safeParse(counted.json) : undefined;
      return read?.success ? rendered('/chat_tokenize', read.data.tokenize_response.length, read.data.templated_text) : nothing;
    }
    case 'ollama':
      return rendered('/api/chat, _debug_render_only', undefined, promptOf(await asker.own('/api/chat', { ...chat, stream: false, _debug_render_only: true })));
    default:
      return nothing;
  }
}

function promptOf(asked: Asked): string | undefined {
  const read = asked.ok && asked.status === 200 ? renderedShape.safeParse(asked.json) : undefined;
  return read?.success ? read.data.prompt : undefined;
}

function rendered(via: string, count: number | undefined, prompt: string | undefined): Rendered {
  if (count === undefined && prompt === undefined) return nothing;
  return { tokenize: { via, count: count ?? null, toolInPrompt: prompt === undefined ? null : prompt.includes(toolName) }, prompt };
}

export type Raw = { readonly via: string | undefined; readonly reply: SeenReply | undefined; readonly promptLogProbs: boolean };

/** Request 11: a prompt of our own, and the log-probabilities of it. */
export async function observeRaw(asker: ModelAsker, prompt: string | undefined): Promise<Raw> {
  const text = prompt ?? `<|im_start|>user\n${plainMessages[0]?.content ?? ''}<|im_end|>\n<|im_start|>assistant\n`;
  if (asker.kind === 'ollama') {
    // Its /v1/completions puts the prompt into the model's template once more.
    const seen = await asker.complete('/api/generate', { model: asker.address.model, prompt: text, raw: true, stream: false, logprobs: true, top_logprobs: 1, options: { temperature: 0, seed: 1, num_predict: 48 } });
    return { via: seen.ok ? '/api/generate' : undefined, reply: seen.ok ? seen.reply : undefined, promptLogProbs: false };
  }
  const body: JsonObject = { model: asker.address.model, prompt: text, ...asker.sampler(), max_tokens: 96, logprobs: 1, ...(asker.takes.sampler ? { skip_special_tokens: false } : {}) };
  const seen = await asker.complete('/v1/completions', body);
  if (!seen.ok) return { via: undefined, reply: undefined, promptLogProbs: false };
  const echo = await asker.complete('/v1/completions', { ...body, echo: true, max_tokens: 1 });
  const promptLogProbs = echo.ok && echo.reply.rows.length > 3 && echo.reply.content.startsWith(text.slice(0, 8));
  return { via: '/v1/completions', reply: seen.reply, promptLogProbs };
}

const schema: JsonObject = { type: 'object', properties: { colour: { type: 'string', enum: ['blue', 'green'] } }, required: ['colour'], additionalProperties: false };
const colourShape = z.object({ colour: z.enum(['blue', 'green']) });

/** Request 12: an answer in a shape that is asked for. */
export async function observeStructured(asker: ModelAsker, quiet: JsonObject): Promise<ServerBehaviour['structured']> {
  const messages = [{ role: 'user', content: 'Which colour has the sky at noon? Answer with a JSON object {"colour": "blue"} or {"colour": "green"}.' }];
  const ask = async (format: JsonObject): Promise<'holds' | 'other' | 'refused' | 'unknown'> => {
    const seen = await asker.chat({ messages, maxTokens: 128, more: { ...quiet, response_format: format } });
    if (!seen.ok) return [400, 404, 415, 422, 501].includes(seen.refusal.status) ? 'refused' : 'unknown';
    try {
      return colourShape.safeParse(JSON.parse(seen.reply.content)).success ? 'holds' : 'other';
    } catch {
      return 'other';
    }
  };
  const strict = await ask({ type: 'json_schema', json_schema: { name: 'colour', schema, strict: true } });
  if (strict === 'holds') return 'json_schema';
  const object = await ask({ type: 'json_object' });
  if (object === 'holds') return 'json_object';
  return strict === 'unknown' || object === 'unknown' ? 'unknown' : 'none';
}
