import type { CompletionFailure, CompletionRequest } from '../../core/llm/completionPort.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { JsonValue } from '../../core/json/value.ts';
import type { PromptServer, ServerSort } from './promptServer.ts';

type Request = Omit<CompletionRequest, 'model'>;

/** Servers that shorten the answer where prompt and answer do not fit together; the others refuse such a request. */
const shortens: ReadonlySet<ServerSort> = new Set(['llama.cpp', 'ollama', 'looptool']);
const larger: Readonly<Partial<Record<ServerSort, string>>> = {
  vllm: 'raise --max-model-len of the server',
  sglang: 'raise --context-length of the server',
  'llama.cpp': 'raise --ctx-size of the server (it is divided by --parallel)',
  ollama: 'raise OLLAMA_CONTEXT_LENGTH of the server',
  tgi: 'raise --max-total-tokens of the server',
};

/** Replies after which what a byte of prompt costs is known well enough. */
const enoughReplies = 16;
const margin = 1.25;
/** Before that: tags of turns and the template's own words. */
const perMessage = 48;
const perPrompt = 2048;
/** Bytes of a token that is no longer than usual, where nothing is known: dense JSON has three. */
const ollamaBytesPerToken = 2.5;

/**
 * Says before a request is sent that it cannot fit. Most need no question: a prompt has no more tokens than bytes. What is
 * near the limit is counted by the server; what cannot be counted is sent, and the server refuses it as ever. Ollama, which
 * drops messages without a word, is not sent what is likely too long.
 */
export class ContextGuard {
  private readonly toolBytes = new WeakMap<object, number>();
  private replies = 0;
  private mostPerByte = 0;
  /** Questions about one request that had no answer; after some the server is taken at its word. */
  private unanswered = 0;

  constructor(private readonly server: PromptServer) {}

  /** Undefined for a request that may be sent. Cancellation alone throws. */
  async refuse(request: Request, signal: AbortSignal): Promise<CompletionFailure | undefined> {
    const context = await this.server.context(signal);
    if (context === undefined || this.unanswered >= 3) return undefined;
    const sort = await this.server.sort(signal);
    const { maxTokens } = request.sampling;
    const answer = shortens.has(sort) ? 1 : maxTokens;
    const room = context - answer;
    const bytes = this.bytesOf(request);
    if (this.mostTokens(request, bytes, sort) <= room) return undefined;
    if (sort === 'ollama') return this.refuseByEstimate(bytes, context, maxTokens);
    const counted = request.rendered ? await this.server.countText(request.rendered.prompt, signal) : await this.server.countChat(request, signal);
    if (counted === undefined) {
      this.unanswered += 1;
      return undefined;
    }
    this.learn(counted.tokens, bytes);
    return counted.tokens <= room ? undefined : tooLong(`the prompt has ${counted.tokens} tokens`, { context, maxTokens, sort, prompt: counted.tokens });
  }

  /** What an answered request tells of the next ones. */
  answered(request: Request, promptTokens: number | undefined): void {
    if (promptTokens === undefined || promptTokens <= 0) return;
    this.replies += 1;
    this.learn(promptTokens, this.bytesOf(request));
  }

  private learn(tokens: number, bytes: number): void {
    this.mostPerByte = Math.max(this.mostPerByte, tokens / Math.max(1, bytes));
  }

  private mostTokens(request: Request, bytes: number, sort: ServerSort): number {
    if (request.rendered && sort !== 'ollama') return bytes;
    // A wrong guess costs nothing here: the server refuses by itself.
    if (this.replies >= enoughReplies) return bytes * this.mostPerByte * margin;
    return sort === 'ollama' ? bytes / ollamaBytesPerToken : bytes + request.messages.length * perMessage + perPrompt;
  }

  private refuseByEstimate(bytes: number, context: number, maxTokens: number): CompletionFailure {
    const estimate = Math.ceil(this.replies >= enoughReplies ? bytes * this.mostPerByte * margin : bytes / ollamaBytesPerToken);
    return tooLong(`the prompt is estimated to have up to ${estimate} tokens, and Ollama would leave out what does not fit without saying so`, { context, maxTokens, sort: 'ollama', prompt: estimate });
  }

  private bytesOf({ rendered, messages, tools }: Request): number {
    if (rendered) return Buffer.byteLength(rendered.prompt);
    let bytes = this.toolBytes.get(tools);
    if (bytes === undefined) {
      bytes = tools.length === 0 ? 0 : Buffer.byteLength(stringifyJson(tools as unknown as JsonValue)); // tools are JSON data
      this.toolBytes.set(tools, bytes);
    }
    for (const message of messages) {
      bytes += Buffer.byteLength(message.content);
      if (message.role === 'assistant' && message.calls.length > 0) bytes += Buffer.byteLength(stringifyJson(message.calls)); // so are calls
    }
    return bytes;
  }
}

type Limits = { readonly context: number; readonly maxTokens: number; readonly sort: ServerSort; readonly prompt: number };

function tooLong(what: string, { context, maxTokens, sort, prompt }: Limits): CompletionFailure {
  const alone = prompt >= context;
  const why = alone ? `more than the ${context} of the context allow` : `with up to ${maxTokens} of the answer more than the ${context} of the context`;
  const server = larger[sort];
  const advice = [...(server === undefined ? [] : [server]), ...(alone ? [] : ['lower maxTokens']), 'or leave the sample out'].join(', ');
  return { kind: 'too-long', status: undefined, message: `${what}, ${why}; nothing was sent. What to do: ${advice}`, retryable: false };
}
