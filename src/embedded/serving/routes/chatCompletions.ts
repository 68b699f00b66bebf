import type { ToolCall } from '../../../core/dataset/sample.ts';
import { stringifyJson } from '../../../core/json/stringify.ts';
import { AnswerSplitter, type AnswerPart } from '../answerSplitter.ts';
import { readMessages, readTools } from '../chatMessages.ts';
import { readBody } from '../http/body.ts';
import { EventStream, sendJson } from '../http/reply.ts';
import { chatLogProbs, usageShape } from '../replyShapes.ts';
import { chatRequestSchema, readSampling, type ChatRequest } from '../requestSchemas.ts';
import type { ServedChunk, ServedToken } from '../servedModel.ts';
import { findModel, startAnswer, type RouteContext } from './context.ts';

type Answer = AsyncIterable<Exclude<ServedChunk, { kind: 'refused' }>>;
type Head = { readonly id: string; readonly created: number; readonly model: string; readonly system_fingerprint?: string };

const ID_PREFIX = 'chatcmpl-';

/** POST /v1/chat/completions */
export async function chatCompletions(context: RouteContext): Promise<void> {
  const body = await readBody(context.request, context.bodyLimitBytes, chatRequestSchema);
  const model = findModel(context.models, body.model);
  const { fingerprint } = model.describe();
  const answer = await startAnswer(
    model.complete(
      {
        messages: readMessages(body.messages),
        tools: readTools(body.tools ?? []),
        sampling: readSampling(body),
        logProbs: body.logprobs ?? false,
        topLogProbs: body.logprobs ? (body.top_logprobs ?? 0) : 0,
        incremental: body.stream ?? false,
      },
      context.signal,
    ),
  );
  const head: Head = {
    id: ID_PREFIX + context.requestId, created: context.createdAt, model: model.id, ...(fingerprint ? { system_fingerprint: fingerprint } : {}),
  };
  if (body.stream) await streamAnswer(context, body, head, answer);
  else sendJson(context.response, 200, await wholeAnswer(body, head, answer));
}

/** Without tools, and where the client wants no calls, tags are text like any other. */
function splitterFor(body: ChatRequest): AnswerSplitter | undefined {
  return body.tools && body.tools.length > 0 && body.tool_choice !== 'none' ? new AnswerSplitter() : undefined;
}

function callShape(call: ToolCall, answerId: string, index: number): object {
  return { id: `call_${answerId.slice(ID_PREFIX.length)}_${index}`, type: 'function', function: { name: call.name, arguments: stringifyJson(call.arguments) } };
}

function finishReason(reason: 'stop' | 'length', calls: number): string {
  return reason === 'stop' && calls > 0 ? 'tool_calls' : reason;
}

async function wholeAnswer(body: ChatRequest, head: Head, answer: Answer): Promise<object> {
  const splitter = splitterFor(body);
  const tokens: ServedToken[] = [];
  const calls: object[] = [];
  let content = '';
  let end: Extract<ServedChunk, { kind: 'end' }> | undefined;
  const take = (parts: readonly AnswerPart[]): void => {
    for (const part of parts) {
      if (part.kind === 'content') content += part.text;
      else calls.push(callShape(part.call, head.id, calls.length));
    }
  };
  for await (const chunk of answer) {
    if (chunk.kind === 'end') end = chunk;
    else {
      tokens.push(...chunk.tokens);
      take(splitter ? splitter.push(chunk.text) : [{ kind: 'content', text: chunk.text }]);
    }
  }
  take(splitter?.end() ?? []);
  if (!end) throw new Error('a model left its answer without an end');
  const message = { role: 'assistant', content: content === '' && calls.length > 0 ? null : content, refusal: null, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  const logprobs = body.logprobs ? chatLogProbs(tokens) : null;
  const choice = { index: 0, message, logprobs, finish_reason: finishReason(end.finishReason, calls.length) };
  return { ...head, object: 'chat.completion', choices: [choice], usage: usageShape(end.usage) };
}

async function streamAnswer(context: RouteContext, body: ChatRequest, head: Head, answer: Answer): Promise<void> {
  const splitter = splitterFor(body);
  const stream = new EventStream(context.response, context.signal);
  const withUsage = body.stream_options?.include_usage === true;
  let calls = 0;
  const sendDelta = async (delta: object, logprobs: object | null, finish: string | null): Promise<void> => {
    const choice = { index: 0, delta, logprobs, finish_reason: finish };
    await stream.send({ ...head, object: 'chat.completion.chunk', choices: [choice], ...(withUsage ? { usage: null } : {}) });
  };
  /** A delta for each part; the log-probs of the tokens go with the first, or alone where their text is held back. */
  const sendParts = async (parts: readonly AnswerPart[], tokens: readonly ServedToken[]): Promise<void> => {
    let logprobs = body.logprobs && tokens.length > 0 ? chatLogProbs(tokens) : null;
    for (const part of parts) {
      const delta = part.kind === 'content' ? { content: part.text } : { tool_calls: [{ index: calls, ...callShape(part.call, head.id, calls) }] };
      if (part.kind === 'call') calls++;
      await sendDelta(delta, logprobs, null);
      logprobs = null;
    }
    if (logprobs) await sendDelta({}, logprobs, null);
  };
  await sendDelta({ role: 'assistant', content: '' }, null, null);
  for await (const chunk of answer) {
    if (chunk.kind === 'text') {
      const plain: readonly AnswerPart[] = chunk.text === '' ? [] : [{ kind: 'content', text: chunk.text }];
      await sendParts(splitter ? splitter.push(chunk.text) : plain, chunk.tokens);
    } else {
      await sendParts(splitter?.end() ?? [], []);
      await sendDelta({}, null, finishReason(chunk.finishReason, calls));
      if (withUsage) await stream.send({ ...head, object: 'chat.completion.chunk', choices: [], usage: usageShape(chunk.usage) });
    }
  }
  await stream.end();
}
