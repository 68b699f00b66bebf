import type { ToolCall } from '../../dataset/sample.ts';
import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { CompletionReply } from '../../llm/completionPort.ts';
import { replyText } from '../../loop/journalEntry.ts';
import { readCall } from '../../toolcall/callValue.ts';
import { extractPrediction, predictionFromReply } from '../../toolcall/extract.ts';
import { predictionSchema, type Prediction } from '../../toolcall/prediction.ts';
import type { CompiledTextKinds } from '../../toolcall/textKinds.ts';

export type AnswerOptions = {
  readonly textKinds: CompiledTextKinds;
  /** As the server said it; `length` makes the answer TRUNCATED. */
  readonly finishReason?: string | undefined;
  /** Takes `{name: arguments}` for a call in text, too: BFCL writes calls so. */
  readonly namedCalls?: boolean;
};

/** What a file of predictions says that a model answered. `saysNoCall`: an empty list of calls. */
export type GivenAnswer =
  | { readonly ok: true; readonly prediction: Prediction; readonly reply: string; readonly saysNoCall?: true }
  /** `turns`: answers of several turns, which no single prediction can hold. */
  | { readonly ok: false; readonly reason: 'none' | 'turns' | 'unknown' };

/**
 * An answer in any form that logs and benchmarks write: text as the model wrote it, a message or a whole reply in the form
 * of OpenAI's or Anthropic's API, one call, a list of calls, or a prediction as LoopTool writes it. See docs/predictions.md.
 */
export function readGivenAnswer(value: JsonValue | undefined, options: AnswerOptions): GivenAnswer {
  if (value === undefined || value === null) return { ok: false, reason: 'none' };
  if (typeof value === 'string') return fromText(value, options);
  if (isJsonArray(value)) return fromList(value, options);
  if (isJsonObject(value)) return fromObject(value, options);
  return { ok: false, reason: 'unknown' };
}

function fromText(text: string, options: AnswerOptions): GivenAnswer {
  const named = options.namedCalls === true && /^\s*\[?\s*\{/.test(text) ? namedCallsIn(text) : undefined;
  if (named !== undefined) return { ok: true, prediction: { kind: 'CALL', calls: named, text: '', warnings: [] }, reply: text };
  const { finishReason, textKinds } = options;
  return { ok: true, prediction: extractPrediction(text, { textKinds, ...(finishReason === undefined ? {} : { finishReason }) }), reply: text };
}

function namedCallsIn(text: string): readonly ToolCall[] | undefined {
  const parsed = parseJson(text);
  if (!parsed.ok) return undefined;
  const items = isJsonArray(parsed.value) ? parsed.value : [parsed.value];
  const calls = items.map((item) => (isJsonObject(item) ? namedCall(item) : undefined));
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

function fromList(list: readonly JsonValue[], options: AnswerOptions): GivenAnswer {
  if (list.length === 0) return { ok: true, prediction: { kind: 'EMPTY', calls: [], text: '', warnings: [] }, reply: '[]', saysNoCall: true };
  if (list.some(isJsonArray)) return { ok: false, reason: 'turns' };
  if (list.every((item) => typeof item === 'string')) return fromText(list.length === 1 ? (list[0] ?? '') : list.join('\n'), options);
  if (list.some(isBlock)) return fromMessage(asContent(list), options);
  const calls = list.map((item) => (isJsonObject(item) ? anyCall(item) : { ok: false as const, message: 'a call has to be a JSON object' }));
  return fromCalls(calls, stringifyJson(list), options);
}

type AnyCall = { readonly ok: true; readonly call: ToolCall } | { readonly ok: false; readonly message: string };

function anyCall(value: JsonObject): AnyCall {
  const named = namedCall(value);
  return named === undefined ? readCall(value, 'lenient') : { ok: true, call: named };
}

/** `{name: arguments}`, the arguments an object or JSON text. */
function namedCall(value: JsonObject): ToolCall | undefined {
  const entries = Object.entries(value);
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) return undefined;
  const [name, given] = entry;
  if (name === 'function' || name === 'name' || (typeof given !== 'string' && !isJsonObject(given))) return undefined;
  const read = readCall({ name, arguments: given }, 'lenient');
  return read.ok ? read.call : undefined;
}

function fromCalls(calls: readonly AnyCall[], reply: string, { finishReason }: AnswerOptions): GivenAnswer {
  const problems = calls.flatMap((call) => (call.ok ? [] : [call.message]));
  const nothing = { calls: [], text: '' };
  if (finishReason === 'length') return { ok: true, prediction: { kind: 'TRUNCATED', ...nothing, warnings: ['the answer was cut at the token limit'] }, reply };
  if (problems.length > 0) return { ok: true, prediction: { kind: 'INVALID', ...nothing, text: reply, warnings: problems }, reply };
  return { ok: true, prediction: { kind: 'CALL', calls: calls.flatMap((call) => (call.ok ? [call.call] : [])), text: '', warnings: [] }, reply };
}

function fromObject(value: JsonObject, options: AnswerOptions): GivenAnswer {
  const own = predictionSchema.safeParse(value);
  if (own.success) return { ok: true, prediction: own.data, reply: stringifyJson(value) };
  const choice = listMember(value, 'choices')?.[0];
  if (choice !== undefined) {
    const message = objectMember(choice, 'message');
    const text = textMember(choice, 'text');
    const inner = { ...options, finishReason: options.finishReason ?? textMember(choice, 'finish_reason') };
    return message === undefined ? (text === undefined ? { ok: false, reason: 'unknown' } : fromText(text, inner)) : fromMessage(message, inner);
  }
  if (['content', 'tool_calls', 'function_call', 'reasoning_content'].some((key) => member(value, key) !== undefined)) return fromMessage(value, { ...options, finishReason: options.finishReason ?? textMember(value, 'stop_reason') });
  const calls = listMember(value, 'calls');
  if (calls !== undefined) return fromList(calls, options);
  const text = textMember(value, 'text') ?? textMember(value, 'generated_text');
  if (text !== undefined) return fromText(text, options);
  if (Object.keys(value).length === 0) return { ok: false, reason: 'none' };
  if (textMember(value, 'name') === undefined && objectMember(value, 'function') === undefined && namedCall(value) === undefined) return { ok: false, reason: 'unknown' };
  return fromCalls([anyCall(value)], stringifyJson(value), options);
}

function isBlock(value: JsonValue): boolean {
  return ['text', 'tool_use', 'thinking', 'output_text'].includes(textMember(value, 'type') ?? '');
}

function asContent(list: readonly JsonValue[]): JsonObject {
  return { content: list };
}

function fromMessage(message: JsonObject, options: AnswerOptions): GivenAnswer {
  const content = member(message, 'content');
  const blocks = isJsonArray(content) ? content : [];
  const texts = blocks.map((block) => textMember(block, 'text') ?? '').filter((text) => text !== '');
  const used = blocks.filter((block) => textMember(block, 'type') === 'tool_use').map((block) => ({ name: textMember(block, 'name') ?? '', arguments: objectMember(block, 'input') ?? {} }));
  const legacy = objectMember(message, 'function_call');
  const asked = [...(listMember(message, 'tool_calls') ?? []), ...(legacy === undefined ? [] : [legacy])].map(replyCall);
  const reply: CompletionReply = {
    content: typeof content === 'string' ? content : texts.join('\n'),
    reasoning: textMember(message, 'reasoning_content') ?? textMember(message, 'reasoning') ?? '',
    calls: [...used, ...asked],
    finishReason: options.finishReason ?? '',
    logProbs: undefined,
    promptTokens: undefined,
    completionTokens: undefined,
    model: '',
  };
  return { ok: true, prediction: predictionFromReply(reply, options.textKinds), reply: replyText(reply) };
}

function replyCall(value: JsonValue): CompletionReply['calls'][number] {
  const inner = objectMember(value, 'function') ?? value;
  const name = textMember(inner, 'name') ?? '';
  const given = member(inner, 'arguments') ?? member(inner, 'parameters');
  if (typeof given === 'string') return { name, raw: given };
  return given !== undefined && isJsonObject(given) ? { name, arguments: given } : { name, raw: given === undefined || given === null ? '' : stringifyJson(given) };
}
