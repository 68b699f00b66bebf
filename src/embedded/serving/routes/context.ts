import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../apiError.ts';
import type { ServedChunk, ServedModel, ServedRefusal } from '../servedModel.ts';

/** What a route works with. The signal fires when the client has gone or the server closes for good. */
export type RouteContext = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly models: readonly ServedModel[];
  readonly bodyLimitBytes: number;
  /** Seconds since 1970, as OpenAI writes times. */
  readonly createdAt: number;
  /** Unique within the server's life. */
  readonly requestId: string;
  readonly shutDown: () => void;
};

export type Route = (context: RouteContext) => Promise<void> | void;

export function findModel(models: readonly ServedModel[], id: string): ServedModel {
  const model = models.find((one) => one.id === id);
  if (model) return model;
  const known = models.map((one) => one.id).join(', ');
  throw new ApiError(404, 'not_found_error', `There is no model ${JSON.stringify(id)} here; there is ${known}.`, 'model_not_found', 'model');
}

export function refusalError(refusal: ServedRefusal): ApiError {
  if (refusal.code === 'server_error') return new ApiError(500, 'server_error', refusal.message, refusal.code, refusal.param ?? null);
  return new ApiError(400, 'invalid_request_error', refusal.message, refusal.code, refusal.param ?? null);
}

/** The first chunk of an answer with the rest behind it, so that a refusal still gets a status of its own. Throws ApiError. */
export async function startAnswer(chunks: AsyncIterable<ServedChunk>): Promise<AsyncIterable<Exclude<ServedChunk, { kind: 'refused' }>>> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) throw new Error('a model ended its answer without a word');
  if (first.value.kind !== 'refused') return accepted(first.value, iterator);
  await iterator.return?.();
  throw refusalError(first.value.refusal);
}

async function* accepted(
  first: Exclude<ServedChunk, { kind: 'refused' }>, rest: AsyncIterator<ServedChunk>,
): AsyncGenerator<Exclude<ServedChunk, { kind: 'refused' }>, void> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      if (next.value.kind === 'refused') throw refusalError(next.value.refusal);
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
