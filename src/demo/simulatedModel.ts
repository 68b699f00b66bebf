import type { ServedChunk, ServedDescription, ServedModel, ServedRequest } from '../embedded/serving/servedModel.ts';

/** Stands in for token counts: a simulated model has no tokens. */
const charactersPerToken = 4;

export type SimulatedSettings = {
  /** Share of answers that are wrong on purpose. */
  readonly errorRate: number;
  /** Share of judgements that simply prefer the first answer. */
  readonly positionBias: number;
  readonly seed: number;
};

/** A model whose answers are computed from the request's text: equal requests get equal answers. */
export function simulatedModel(id: string, answer: (userText: string, requestSeed: number) => string): ServedModel {
  return {
    id,
    describe: (): ServedDescription => ({ simulated: true }),
    async *complete(request: ServedRequest, signal: AbortSignal): AsyncGenerator<ServedChunk> {
      signal.throwIfAborted();
      const user = request.messages.findLast((message) => message.role === 'user');
      if (!user) {
        yield { kind: 'refused', refusal: { code: 'invalid_request', message: `${id} answers chat messages of a user`, param: 'messages' } };
        return;
      }
      const text = answer(user.content, request.sampling.seed ?? 0);
      const characters = request.messages.reduce((sum, message) => sum + message.content.length, 0);
      yield { kind: 'text', text, tokens: [] };
      yield {
        kind: 'end',
        finishReason: 'stop',
        usage: { promptTokens: Math.ceil(characters / charactersPerToken), completionTokens: Math.ceil(text.length / charactersPerToken), cachedTokens: 0 },
      };
    },
  };
}
