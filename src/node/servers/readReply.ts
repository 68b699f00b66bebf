import * as z from 'zod';
import type { CompletionReply } from '../../core/llm/completionPort.ts';
import { isJsonObject } from '../../core/json/value.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { Asked, Unreachable } from './ask.ts';

export type Row = { readonly token: string; readonly bytes: readonly number[] | undefined; readonly logprob: number; readonly top: readonly { readonly token: string; readonly logprob: number }[] };

/** One answer of a model, with everything that the loop's own client has no use for. */
export type SeenReply = {
  readonly content: string;
  readonly reasoning: string;
  readonly reasoningField: 'reasoning' | 'reasoning_content' | undefined;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
  readonly rows: readonly Row[];
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly finishReason: string | undefined;
  readonly model: string | undefined;
  readonly streamed: boolean;
  readonly elapsedMs: number;
};

/** `status` 0: no answer at all. */
export type Refusal = { readonly status: number; readonly message: string; readonly unreachable?: Unreachable };
export type Seen = { readonly ok: true; readonly reply: SeenReply } | { readonly ok: false; readonly refusal: Refusal };

const part = z.object({
  content: z.string().nullish(),
  reasoning: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z
    .array(z.object({ index: z.number().nullish(), function: z.object({ name: z.string().nullish(), arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() }).nullish() }))
    .nullish(),
});
const topRow = z.object({ token: z.string().nullish(), logprob: z.number().nullish() });
const row = topRow.extend({ bytes: z.array(z.number()).nullish().catch(undefined), top_logprobs: z.array(topRow).nullish().catch(undefined) });
/** The older shape of /v1/completions: parallel lists. */
const lists = z.object({ tokens: z.array(z.string()).nullish(), token_logprobs: z.array(z.number().nullable()).nullish() });
const body = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        message: part.nullish(),
        delta: part.nullish(),
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
        logprobs: lists.extend({ content: z.array(row).nullish() }).nullish().catch(undefined),
      }),
    )
    .nullish(),
  // What llama.cpp and Ollama answer on paths of their own.
  content: z.string().nullish().catch(undefined),
  response: z.string().nullish().catch(undefined),
  completion_probabilities: z.array(row).nullish().catch(undefined),
  logprobs: z.array(row).nullish().catch(undefined),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
});

const errorShape = z.union([
  z.object({ error: z.union([z.string(), z.object({ message: z.string().nullish(), type: z.string().nullish(), code: z.union([z.string(), z.number()]).nullish() })]) }),
  z.object({ object: z.literal('error'), message: z.string() }),
  z.object({ detail: z.unknown() }),
]);

/** What a server says against a request, in whichever of their shapes. */
export function errorMessage(json: unknown, text: string): string {
  const read = errorShape.safeParse(json);
  const raw = !read.success ? text : 'message' in read.data ? read.data.message : 'detail' in read.data ? JSON.stringify(read.data.detail) : typeof read.data.error === 'string' ? read.data.error : (read.data.error.message ?? read.data.error.type ?? text);
  const line = (raw.trimStart().startsWith('<') ? raw.replace(/<[^>]*>/g, ' ') : raw).replace(/\s+/g, ' ').trim();
  return line.length > 240 ? `${line.slice(0, 240)}…` : line;
}

/** Reads a reply in one piece or as events, of chat or of completions. Status 200 with an error in it is a refusal. */
export function readReply(asked: Asked): Seen {
  if (!asked.ok) return { ok: false, refusal: { status: 0, message: asked.problem.message, unreachable: asked.problem } };
  const { status, json, text } = asked;
  if (status !== 200) return { ok: false, refusal: { status, message: errorMessage(json, text) || `HTTP ${status}` } };
  const streamed = asked.type.includes('event-stream') || /^data: ?[{[]/m.test(text);
  const pieces = streamed ? eventsOf(text) : [json];
  const broken = pieces.find((piece) => errorShape.safeParse(piece).success);
  if (broken !== undefined) return { ok: false, refusal: { status: codeOf(broken) ?? 200, message: errorMessage(broken, text) } };
  const read = pieces.flatMap((piece) => {
    const parsed = body.safeParse(piece);
    return parsed.success ? [parsed.data] : [];
  });
  const reply = assemble(read, streamed, asked.elapsedMs);
  return reply ? { ok: true, reply } : { ok: false, refusal: { status, message: /^\s*</.test(text) ? 'a web page came instead of an answer' : 'the answer is not that of a chat server' } };
}

function eventsOf(text: string): readonly unknown[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (!line.startsWith('data:') || line.includes('[DONE]')) return [];
    try {
      return [JSON.parse(line.slice(5)) as unknown];
    } catch {
      return [];
    }
  });
}

function codeOf(value: unknown): number | undefined {
  const read = z.object({ error: z.object({ code: z.coerce.number().int().min(400).max(599) }) }).safeParse(value);
  return read.success ? read.data.error.code : undefined;
}

function assemble(pieces: readonly z.infer<typeof body>[], streamed: boolean, elapsedMs: number): SeenReply | undefined {
  let content = '';
  let reasoning = '';
  let answered = false;
  let reasoningField: SeenReply['reasoningField'];
  let usage: z.infer<typeof body>['usage'];
  let finishReason: string | undefined;
  let model: string | undefined;
  const rows: Row[] = [];
  const calls = new Map<number, { name: string; arguments: string }>();
  for (const piece of pieces) {
    model = piece.model ?? model;
    usage = piece.usage ?? usage;
    const first = piece.choices?.[0];
    const message = first?.message ?? first?.delta;
    answered ||= first !== undefined || typeof piece.content === 'string' || typeof piece.response === 'string';
    content += message?.content ?? first?.text ?? piece.content ?? piece.response ?? '';
    reasoning += message?.reasoning ?? message?.reasoning_content ?? '';
    if (message?.reasoning) reasoningField = 'reasoning';
    else if (message?.reasoning_content) reasoningField = 'reasoning_content';
    finishReason = first?.finish_reason ?? finishReason;
    for (const found of first?.logprobs?.content ?? piece.completion_probabilities ?? piece.logprobs ?? []) rows.push(rowOf(found));
    const { tokens, token_logprobs: values } = first?.logprobs ?? {};
    values?.forEach((value, at) => rows.push({ token: tokens?.[at] ?? '', bytes: undefined, logprob: value ?? -9999, top: [] }));
    message?.tool_calls?.forEach((call, position) => {
      const index = call.index ?? (first?.message ? position : calls.size);
      const open = calls.get(index) ?? { name: '', arguments: '' };
      const given = call.function?.arguments;
      calls.set(index, { name: open.name + (call.function?.name ?? ''), arguments: open.arguments + (typeof given === 'string' ? given : given ? JSON.stringify(given) : '') });
    });
  }
  if (!answered) return undefined;
  const sorted = [...calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => call);
  return { content, reasoning, reasoningField, calls: sorted, rows, promptTokens: usage?.prompt_tokens ?? undefined, completionTokens: usage?.completion_tokens ?? undefined, finishReason, model, streamed, elapsedMs };
}

function rowOf({ token, bytes, logprob, top_logprobs: top }: z.infer<typeof row>): Row {
  return { token: token ?? '', bytes: bytes ?? undefined, logprob: logprob ?? -9999, top: (top ?? []).flatMap((t) => (typeof t.token === 'string' && typeof t.logprob === 'number' ? [{ token: t.token, logprob: t.logprob }] : [])) };
}

/** The same reply as the loop's own client would have it, for what judges log-probabilities there. */
export function asCompletion(reply: SeenReply): CompletionReply {
  const calls = reply.calls.map((call) => {
    const parsed = parseJson(call.arguments.trim() === '' ? '{}' : call.arguments);
    return parsed.ok && isJsonObject(parsed.value) ? { name: call.name, arguments: parsed.value } : { name: call.name, raw: call.arguments };
  });
  return {
    content: reply.content,
    reasoning: reply.reasoning,
    calls,
    finishReason: reply.finishReason ?? 'stop',
    logProbs: reply.rows.length === 0 ? undefined : reply.rows.map(({ logprob }) => logprob),
    logProbTokens: reply.rows.map(({ token, bytes }) => (bytes === undefined ? { text: token } : { text: token, bytes })),
    promptTokens: reply.promptTokens,
    completionTokens: reply.completionTokens,
    model: reply.model ?? '',
  };
}
