import * as z from 'zod';
import { isJsonObject } from '../core/json/value.ts';
import { parseJson } from '../core/json/parse.ts';
import type { CompletionReply, LogProbToken } from '../core/llm/completionPort.ts';

/** Lenient on purpose: servers differ in what they leave out, and null stands for absent. */
const toolCallPart = z.object({
  index: z.number().int().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() }).nullish(),
});

const messagePart = z.object({
  content: z.string().nullish(),
  // vLLM's older and newer name, and everybody else's.
  reasoning: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(toolCallPart).nullish(),
});

/** `bytes` stay unread until they are wanted: they would cost more than the rest of the reply. */
const logProbRow = z.object({ logprob: z.number().nullable(), token: z.string().nullish(), bytes: z.unknown() });

const choice = z.object({
  message: messagePart.nullish(),
  delta: messagePart.nullish(),
  /** Of /completions; its log-probs are lists beside each other, or, from llama.cpp and Ollama, the rows of a chat. */
  text: z.string().nullish(),
  finish_reason: z.string().nullish(),
  logprobs: z.object({ content: z.array(logProbRow).nullish(), tokens: z.array(z.string()).nullish(), token_logprobs: z.array(z.number().nullable()).nullish() }).nullish(),
});

const errorBody = z.union([
  z.string(),
  z.object({ message: z.string().nullish(), code: z.union([z.string(), z.number()]).nullish(), type: z.string().nullish() }),
]);

const usage = z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() });

export const chatPartSchema = z.object({
  model: z.string().nullish(),
  system_fingerprint: z.string().nullish(),
  choices: z.array(choice).nullish(),
  usage: usage.nullish(),
  // OpenRouter and others answer errors with status 200, in the body or as an event of the stream.
  error: errorBody.nullish(),
});
export type ChatPart = z.infer<typeof chatPartSchema>;

/**
 * The parts that make up nearly every stream, recognised without the schema, which costs ten times as much. True only
 * for what the schema takes as well; what is not recognised goes to it.
 */
export function isPlainPart(value: unknown): value is ChatPart {
  if (!isRecord(value) || absent(value['error']) !== true) return false;
  if (!isText(value['model']) || !isText(value['system_fingerprint']) || !isUsage(value['usage'])) return false;
  const choices = value['choices'];
  if (absent(choices)) return true;
  return Array.isArray(choices) && choices.every(isPlainChoice);
}

function isPlainChoice(value: unknown): boolean {
  if (!isRecord(value) || !absent(value['message']) || !isText(value['finish_reason']) || !isText(value['text'])) return false;
  const { delta, logprobs } = value;
  if (!absent(delta)) {
    if (!isRecord(delta) || !absent(delta['tool_calls'])) return false;
    if (!isText(delta['content']) || !isText(delta['reasoning']) || !isText(delta['reasoning_content'])) return false;
  }
  if (absent(logprobs)) return true;
  if (!isRecord(logprobs) || !absent(logprobs['tokens']) || !absent(logprobs['token_logprobs'])) return false;
  const rows = logprobs['content'];
  return absent(rows) || (Array.isArray(rows) && rows.every(isPlainRow));
}

function isPlainRow(row: unknown): boolean {
  if (!isRecord(row) || !isText(row['token'])) return false;
  const { logprob } = row;
  return logprob === null || (typeof logprob === 'number' && Number.isFinite(logprob));
}

function isUsage(value: unknown): boolean {
  if (absent(value)) return true;
  return isRecord(value) && isCount(value['prompt_tokens']) && isCount(value['completion_tokens']);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const absent = (value: unknown): boolean => value === undefined || value === null;
const isText = (value: unknown): boolean => absent(value) || typeof value === 'string';
const isCount = (value: unknown): boolean => absent(value) || (typeof value === 'number' && Number.isFinite(value));

type OpenCall = { name: string; arguments: string };

/** Joins the parts of one reply: one for a plain reply, one per event of a stream. */
export class ReplyAssembly {
  private content = '';
  private reasoning = '';
  private finishReason: string | undefined;
  private model = '';
  private fingerprint: string | undefined;
  private promptTokens: number | undefined;
  private completionTokens: number | undefined;
  private readonly calls = new Map<number, OpenCall>();
  private readonly logProbs: z.infer<typeof logProbRow>[] = [];
  private choices = 0;

  add(part: ChatPart): void {
    this.model = part.model ?? this.model;
    this.fingerprint = part.system_fingerprint ?? this.fingerprint;
    this.promptTokens = part.usage?.prompt_tokens ?? this.promptTokens;
    this.completionTokens = part.usage?.completion_tokens ?? this.completionTokens;
    const first = part.choices?.[0];
    if (!first) return;
    this.choices += 1;
    const message = first.message ?? first.delta;
    this.content += message?.content ?? first.text ?? '';
    this.reasoning += message?.reasoning ?? message?.reasoning_content ?? '';
    message?.tool_calls?.forEach((call, position) => this.addCall(call, call.index ?? (first.message ? position : this.calls.size)));
    const { content: rows, tokens, token_logprobs: values } = first.logprobs ?? {};
    for (const row of rows ?? []) this.logProbs.push(row);
    values?.forEach((logprob, index) => this.logProbs.push({ logprob, token: tokens?.[index] ?? null, bytes: undefined }));
    this.finishReason = first.finish_reason ?? this.finishReason;
  }

  private addCall(part: z.infer<typeof toolCallPart>, index: number): void {
    const open = this.calls.get(index) ?? { name: '', arguments: '' };
    open.name += part.function?.name ?? '';
    const given = part.function?.arguments;
    // Ollama's native shape has an object where OpenAI has JSON text.
    open.arguments += typeof given === 'string' ? given : given ? JSON.stringify(given) : '';
    this.calls.set(index, open);
  }

  /** The whole reply, or why it is none. */
  finish(wantedLogProbs: boolean): { readonly reply: CompletionReply } | { readonly problem: string } {
    if (this.choices === 0) return { problem: 'the reply has no choices' };
    if (this.finishReason === undefined) return { problem: 'the reply ended without a finish reason' };
    const calls = [...this.calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => readCall(call));
    // A row without a value is passed on as the value that servers themselves write for it; core/llm/perplexity.ts judges the rows.
    const rows = this.logProbs.map(({ logprob }) => logprob ?? -9999);
    const tokens = tokensOf(this.logProbs);
    const missing = wantedLogProbs ? (rows.length === 0 ? 'the server sent no log-probabilities' : undefined) : 'not asked for';
    return {
      reply: {
        content: this.content,
        reasoning: this.reasoning,
        calls,
        finishReason: this.finishReason,
        logProbs: missing === undefined ? rows : undefined,
        ...(missing === undefined ? {} : { logProbsMissing: missing }),
        ...(missing === undefined && tokens !== undefined ? { logProbTokens: tokens } : {}),
        promptTokens: this.promptTokens,
        completionTokens: this.completionTokens,
        model: this.model,
        ...(this.fingerprint === undefined ? {} : { systemFingerprint: this.fingerprint }),
      },
    };
  }
}

/** Bytes are read only where the text does not say them. Undefined where a row has no text. */
function tokensOf(rows: readonly z.infer<typeof logProbRow>[]): readonly LogProbToken[] | undefined {
  const tokens: LogProbToken[] = [];
  const plain = rows.every(({ token }) => typeof token === 'string' && !token.includes('\uFFFD') && !token.startsWith('token_id:'));
  for (const { token, bytes } of rows) {
    if (typeof token !== 'string') return undefined;
    const read = plain ? undefined : byteList.safeParse(bytes);
    tokens.push(read?.success ? { text: token, bytes: read.data } : { text: token });
  }
  return tokens;
}

const byteList = z.array(z.number().int().min(0).max(255));

function readCall(call: OpenCall): CompletionReply['calls'][number] {
  // Some servers send no arguments at all for a tool without parameters.
  const parsed = parseJson(call.arguments.trim() === '' ? '{}' : call.arguments);
  return parsed.ok && isJsonObject(parsed.value) ? { name: call.name, arguments: parsed.value } : { name: call.name, raw: call.arguments };
}
