import * as z from 'zod';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { CompletionRequest } from '../../core/llm/completionPort.ts';
import { toolShape } from '../../core/llm/template/toolShape.ts';
import { isOwnServer, wireMessages } from '../openaiRequest.ts';

export type ServerAddress = { readonly baseUrl: string; readonly model: string; readonly key: string | undefined };
export type ServerSort = 'vllm' | 'sglang' | 'llama.cpp' | 'ollama' | 'tgi' | 'looptool' | 'unknown';
/** `args`: variables that the server gives to its template where a request names no others. */
export type ToldTemplate = { readonly source: string; readonly bosToken: string | undefined; readonly eosToken: string | undefined; readonly args?: JsonObject };
/** `pieces`: the text of each token, where the server gives it. */
export type Counted = { readonly tokens: number; readonly pieces?: readonly string[] };
export type Conversation = Pick<CompletionRequest, 'messages' | 'tools' | 'templateArgs'>;

const waitMs = 10_000;
/** For what a server says of itself. */
const lookMs = 4_000;
const versionShape = z.object({ version: z.string() });
const propsShape = z.object({
  chat_template: z.string().nullish(),
  bos_token: z.string().nullish(),
  eos_token: z.string().nullish(),
  default_generation_settings: z.object({ n_ctx: z.number().int().nullish() }).nullish(),
});
const cardsShape = z.object({ data: z.array(z.looseObject({ id: z.string(), owned_by: z.string().nullish(), max_model_len: z.number().nullish() })) });
const tgiShape = z.object({ router: z.string(), max_total_tokens: z.number().nullish() });
const runningShape = z.object({ models: z.array(z.looseObject({ name: z.string(), model: z.string().nullish(), context_length: z.number().nullish() })) });
const shownShape = z.object({ parameters: z.string().nullish(), model_info: z.record(z.string(), z.unknown()).nullish() });
const tokensShape = z.object({
  count: z.number().int().nullish(),
  tokens: z.array(z.union([z.number(), z.object({ id: z.number(), piece: z.union([z.string(), z.array(z.number())]) })])).nullish(),
  token_strs: z.array(z.string()).nullish(),
});
const inputTokensShape = z.object({ input_tokens: z.number().int() });
const promptShape = z.object({ prompt: z.string() });

function ownerSort(owner: string | null | undefined): ServerSort | undefined {
  if (owner === 'looptool' || owner === 'vllm' || owner === 'sglang') return owner;
  if (owner === 'llamacpp') return 'llama.cpp';
  return owner === 'library' ? 'ollama' : undefined;
}

/**
 * What a server tells of prompts beside answering them: its template, its context, and how many tokens a prompt has. Nothing
 * is asked twice; what a server does not tell is undefined. The key goes to the origin that it was given for.
 */
export class PromptServer {
  private readonly root: string;
  private readonly asked = new Map<string, Promise<unknown>>();

  /** @param known Of a server that needs no looking into. */
  constructor(
    private readonly address: ServerAddress,
    private readonly known?: ServerSort,
  ) {
    this.root = address.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  }

  async sort(signal: AbortSignal): Promise<ServerSort> {
    return this.known ?? (await this.once('sort', () => this.identify(signal)));
  }

  /** Tokens of prompt and answer together that one request may have. */
  async context(signal: AbortSignal): Promise<number | undefined> {
    return await this.once('context', () => this.findContext(signal));
  }

  async template(signal: AbortSignal): Promise<ToldTemplate | undefined> {
    if ((await this.sort(signal)) !== 'llama.cpp') return undefined;
    const props = await this.get('/props', propsShape, signal);
    if (!props?.chat_template) return undefined;
    return { source: props.chat_template, bosToken: props.bos_token ?? undefined, eosToken: props.eos_token ?? undefined, args: { enable_thinking: true } };
  }

  /** Whether the server puts the token of a beginning in front of a prompt by itself. */
  async addsBos(signal: AbortSignal): Promise<boolean> {
    const sort = await this.sort(signal);
    // vLLM is told not to (`add_special_tokens`).
    if (sort === 'vllm' || sort === 'looptool' || sort === 'unknown') return false;
    if (sort !== 'llama.cpp') return true;
    const counted = await this.post('/tokenize', { content: '', add_special: true }, tokensShape, signal);
    return (counted?.tokens?.length ?? 0) > 0;
  }

  /** Tokens of a prompt that is sent as text. */
  async countText(prompt: string, signal: AbortSignal, withPieces = false): Promise<Counted | undefined> {
    switch (await this.sort(signal)) {
      case 'llama.cpp':
      case 'looptool':
        return await this.tokenize({ ...this.looptoolModel(), content: prompt, add_special: true, parse_special: true, with_pieces: withPieces }, signal);
      case 'vllm':
        return await this.tokenize({ model: this.address.model, prompt, add_special_tokens: false, ...(withPieces ? { return_token_strs: true } : {}) }, signal);
      case 'sglang':
        return await this.tokenize({ model: this.address.model, prompt }, signal);
      case 'ollama':
      case 'tgi':
      case 'unknown':
        return undefined;
    }
  }

  /** Tokens of a prompt that the server makes of messages and tools. */
  async countChat(conversation: Conversation, signal: AbortSignal): Promise<Counted | undefined> {
    const sort = await this.sort(signal);
    if (sort === 'vllm') return await this.tokenize({ ...this.chat(conversation), add_generation_prompt: true }, signal);
    if (sort === 'looptool') return await this.tokenize(this.chat(conversation), signal);
    if (sort !== 'llama.cpp') return undefined;
    const counted = await this.post('/v1/chat/completions/input_tokens', this.chat(conversation), inputTokensShape, signal);
    if (counted) return { tokens: counted.input_tokens };
    const prompt = await this.renderChat(conversation, signal);
    return prompt === undefined ? undefined : await this.countText(prompt, signal);
  }

  /** The text that the server makes of messages and tools. */
  async renderChat(conversation: Conversation, signal: AbortSignal): Promise<string | undefined> {
    const sort = await this.sort(signal);
    if (sort === 'llama.cpp' || sort === 'looptool') return (await this.post('/apply-template', this.chat(conversation), promptShape, signal))?.prompt;
    if (sort !== 'vllm') return undefined;
    const tokens = await this.post('/tokenize', { ...this.chat(conversation), add_generation_prompt: true }, tokensShape, signal);
    if (!tokens?.tokens) return undefined;
    const ids = tokens.tokens.map((token) => (typeof token === 'number' ? token : token.id));
    return (await this.post('/detokenize', { model: this.address.model, tokens: ids }, promptShape, signal))?.prompt;
  }

  private chat({ messages, tools, templateArgs }: Conversation): JsonObject {
    return {
      model: this.address.model,
      messages: wireMessages(messages),
      ...(tools.length === 0 ? {} : { tools: tools.map(toolShape) }),
      ...(templateArgs === undefined ? {} : { chat_template_kwargs: templateArgs }),
    };
  }

  private looptoolModel(): JsonObject {
    return this.known === 'looptool' ? { model: this.address.model } : {};
  }

  private async tokenize(body: JsonObject, signal: AbortSignal): Promise<Counted | undefined> {
    const counted = await this.post('/tokenize', body, tokensShape, signal);
    const tokens = counted?.count ?? counted?.tokens?.length;
    if (!counted || tokens === undefined) return undefined;
    const decoder = new TextDecoder();
    const own = counted.tokens?.flatMap((token) => (typeof token === 'number' ? [] : [typeof token.piece === 'string' ? token.piece : decoder.decode(Uint8Array.from(token.piece), { stream: true })]));
    const pieces = counted.token_strs ?? (own?.length === tokens ? own : undefined);
    return { tokens, ...(pieces === undefined || tokens === 0 ? {} : { pieces }) };
  }

  /** By the owner that the list of models names, else by what only they say: all at once, since most answer nothing. Hosted services are asked for the list alone. */
  private async identify(signal: AbortSignal): Promise<ServerSort> {
    const owned = ownerSort((await this.cards(signal))?.data[0]?.owned_by);
    if (owned !== undefined || !isOwnServer(this.address.baseUrl)) return owned ?? 'unknown';
    const [ollama, vllm, props, tgi] = await Promise.all([
      this.get('/api/version', versionShape, signal),
      this.get('/version', versionShape, signal),
      this.get('/props', propsShape, signal),
      this.get('/info', tgiShape, signal),
    ]);
    if (ollama) return 'ollama';
    if (props && (typeof props.chat_template === 'string' || props.default_generation_settings)) return 'llama.cpp';
    if (vllm) return 'vllm';
    return tgi ? 'tgi' : 'unknown';
  }

  private async findContext(signal: AbortSignal): Promise<number | undefined> {
    switch (await this.sort(signal)) {
      case 'llama.cpp':
        return (await this.get('/props', propsShape, signal))?.default_generation_settings?.n_ctx ?? undefined;
      case 'tgi':
        return (await this.get('/info', tgiShape, signal))?.max_total_tokens ?? undefined;
      case 'ollama':
        return await this.ollamaContext(signal);
      case 'vllm':
      case 'sglang':
      case 'looptool':
        return (await this.cards(signal))?.data.find(({ id }) => id === this.address.model)?.max_model_len ?? undefined;
      case 'unknown':
        return undefined;
    }
  }

  /** What is in use where the model is loaded; else what it is set to. The model's own maximum alone says nothing. */
  private async ollamaContext(signal: AbortSignal): Promise<number | undefined> {
    const { model } = this.address;
    const running = (await this.get('/api/ps', runningShape, signal))?.models.find((one) => one.name === model || one.model === model || one.name === `${model}:latest`);
    if (running?.context_length) return running.context_length;
    const shown = await this.post('/api/show', { model }, shownShape, signal);
    const set = /^\s*num_ctx\s+(\d+)\s*$/mu.exec(shown?.parameters ?? '')?.[1];
    return set === undefined ? undefined : Number(set);
  }

  private async cards(signal: AbortSignal): Promise<z.infer<typeof cardsShape> | undefined> {
    return await this.once('models', () => this.ask(`${this.address.baseUrl.replace(/\/+$/, '')}/models`, undefined, cardsShape, signal));
  }

  private once<T>(name: string, find: () => Promise<T>): Promise<T> {
    // The key says what was asked, and so what came.
    const known = this.asked.get(name) as Promise<T> | undefined;
    if (known) return known;
    const found = find();
    this.asked.set(name, found);
    // What was cancelled or failed is no answer.
    found.catch(() => this.asked.delete(name));
    return found;
  }

  private async get<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> {
    return await this.once(path, () => this.ask(`${this.root}${path}`, undefined, shape, signal));
  }

  private async post<T>(path: string, body: JsonObject, shape: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> {
    return await this.ask(`${this.root}${path}`, body, shape, signal);
  }

  /** Undefined for whatever is no good answer; only cancellation throws. */
  private async ask<T>(address: string, body: JsonObject | undefined, shape: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> {
    const { key } = this.address;
    const headers: Record<string, string> = { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    try {
      const response = await fetch(address, {
        ...(body === undefined ? {} : { method: 'POST', body: stringifyJson(body) }),
        headers,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(body === undefined ? lookMs : waitMs)]),
      });
      const text = await response.text();
      return response.ok ? shape.safeParse(JSON.parse(text)).data : undefined;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}
