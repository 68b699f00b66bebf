import type { JsonObject, JsonValue } from '../../core/json/value.ts';
import type { ServerKind } from '../../protocol/serverReport.ts';
import { isOwnServer } from '../openaiRequest.ts';
import { ask, type Asked } from './ask.ts';
import { rootOf, type ServerAddress, type Waits } from './identify.ts';
import { readReply, type Seen } from './readReply.ts';

export type Question = {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: JsonValue;
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly stream?: boolean;
  /** Alternatives of each token that are asked for; 0 none. */
  readonly logProbs?: number;
  readonly more?: JsonObject;
};

/** Asks one model one thing at a time, with every sampler field, as the loop does; counts what it asks. */
export class ModelAsker {
  requests = 0;
  /** What the server refuses, learnt on the way. */
  readonly takes = { sampler: true, logProbs: true };

  constructor(
    readonly address: ServerAddress,
    readonly kind: ServerKind,
    private readonly waits: Waits,
    private readonly signal: AbortSignal,
  ) {
    this.takes.sampler = isOwnServer(address.baseUrl);
  }

  async chat(question: Question, model = this.address.model): Promise<Seen> {
    const seen = readReply(await this.post(`${this.address.baseUrl}/chat/completions`, this.body(question, model)));
    return this.learns(seen, question) ? await this.chat(question, model) : seen;
  }

  async complete(path: string, body: JsonObject): Promise<Seen> {
    return readReply(await this.post(`${path.startsWith('/v1/') ? rootOf(this.address.baseUrl) : this.root}${path}`, body));
  }

  /** A path of the server's own. */
  async own(path: string, body: JsonObject): Promise<Asked> {
    return await this.post(`${this.root}${path}`, body);
  }

  /** Sampler fields at temperature 0, for paths that take the same names. */
  sampler(temperature = 0, seed = 1): JsonObject {
    const fields = { temperature, top_p: 1, presence_penalty: 0, frequency_penalty: 0, seed };
    return this.takes.sampler ? { ...fields, top_k: -1, min_p: 0, repetition_penalty: 1, repeat_penalty: 1 } : fields;
  }

  private get root(): string {
    return rootOf(this.address.baseUrl);
  }

  private async post(url: string, body: JsonObject): Promise<Asked> {
    this.requests += 1;
    return await ask(url, { body, key: this.address.key, timeoutMs: this.waits.askMs, signal: this.signal });
  }

  private body({ messages, tools, maxTokens, temperature, seed, stream = false, logProbs = 0, more = {} }: Question, model: string): JsonObject {
    const limit: JsonObject = this.takes.sampler ? { max_tokens: maxTokens, max_completion_tokens: maxTokens } : this.kind === 'openai' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
    return {
      model,
      messages: messages.map((message) => ({ ...message })),
      ...this.sampler(temperature, seed),
      ...limit,
      stream,
      ...(stream ? { stream_options: { include_usage: true } } : {}),
      ...(tools === undefined ? {} : { tools, tool_choice: 'auto' }),
      ...(logProbs > 0 && this.takes.logProbs ? { logprobs: true, top_logprobs: logProbs } : {}),
      ...more,
    };
  }

  /** Whether a refusal named an optional field that the question can go without. */
  private learns(seen: Seen, { logProbs = 0, tools }: Question): boolean {
    if (seen.ok || (seen.refusal.status !== 400 && seen.refusal.status !== 422)) return false;
    const { message } = seen.refusal;
    if (this.takes.logProbs && logProbs > 0 && tools === undefined && /logprobs/i.test(message)) {
      this.takes.logProbs = false;
      return true;
    }
    if (this.takes.sampler && /top_k|min_p|repetition_penalty|repeat_penalty|extra (fields|inputs)|unrecognized request argument/i.test(message)) {
      this.takes.sampler = false;
      return true;
    }
    return false;
  }
}
