import { readBody } from '../http/body.ts';
import { EventStream, sendJson } from '../http/reply.ts';
import { completionLogProbs, usageShape } from '../replyShapes.ts';
import { completionRequestSchema, readSampling } from '../requestSchemas.ts';
import type { ServedChunk, ServedToken } from '../servedModel.ts';
import { findModel, startAnswer, type RouteContext } from './context.ts';

/** POST /v1/completions: the prompt goes to the model as it is, special tokens in it included, and the answer comes back unparsed. */
export async function completions(context: RouteContext): Promise<void> {
  const body = await readBody(context.request, context.bodyLimitBytes, completionRequestSchema);
  const model = findModel(context.models, body.model);
  const { fingerprint } = model.describe();
  const wanted = body.logprobs ?? undefined;
  const sampling = readSampling(body);
  const stream = body.stream ?? false;
  const request = { messages: [], tools: [], prompt: body.prompt, sampling, logProbs: wanted !== undefined, topLogProbs: wanted ?? 0, incremental: stream };
  const answer = await startAnswer(model.complete(request, context.signal));
  const head = {
    id: `cmpl-${context.requestId}`, object: 'text_completion', created: context.createdAt, model: model.id, ...(fingerprint ? { system_fingerprint: fingerprint } : {}),
  };
  let length = 0;
  const choice = (text: string, tokens: readonly ServedToken[], finish: string | null): object => {
    const logprobs = wanted === undefined ? null : completionLogProbs(tokens, length);
    length += tokens.reduce((sum, token) => sum + (token.bytes ? token.text.length : 0), 0);
    return { index: 0, text, logprobs, finish_reason: finish };
  };
  if (stream) {
    const events = new EventStream(context.response, context.signal);
    const withUsage = body.stream_options?.include_usage === true;
    for await (const chunk of answer) {
      const one = chunk.kind === 'text' ? choice(chunk.text, chunk.tokens, null) : choice('', [], chunk.finishReason);
      await events.send({ ...head, choices: [one], ...(withUsage ? { usage: null } : {}) });
      if (chunk.kind === 'end' && withUsage) await events.send({ ...head, choices: [], usage: usageShape(chunk.usage) });
    }
    await events.end();
    return;
  }
  const tokens: ServedToken[] = [];
  let text = '';
  let end: Extract<ServedChunk, { kind: 'end' }> | undefined;
  for await (const chunk of answer) {
    if (chunk.kind === 'end') end = chunk;
    else {
      text += chunk.text;
      tokens.push(...chunk.tokens);
    }
  }
  if (!end) throw new Error('a model left its answer without an end');
  sendJson(context.response, 200, { ...head, choices: [choice(text, tokens, end.finishReason)], usage: usageShape(end.usage) });
}
