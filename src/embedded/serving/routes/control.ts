import { isAbsolute } from 'node:path';
import { isLoopToolError } from '../../../core/errors.ts';
import { badRequest } from '../apiError.ts';
import { readBody } from '../http/body.ts';
import { sendJson } from '../http/reply.ts';
import { checkpointRequestSchema } from '../requestSchemas.ts';
import { findModel, type RouteContext } from './context.ts';
import { modelCard } from './models.ts';

/** POST /looptool/checkpoint: answers when new requests get the new weights. `model` defaults to the one that takes checkpoints. */
export async function changeCheckpoint(context: RouteContext): Promise<void> {
  const body = await readBody(context.request, context.bodyLimitBytes, checkpointRequestSchema);
  if (!isAbsolute(body.path)) throw badRequest('path must be absolute.', 'path', 'invalid_value');
  const model = body.model === undefined ? context.models.find((one) => one.load !== undefined) : findModel(context.models, body.model);
  if (!model?.load) throw badRequest('No model of this server takes checkpoints.', 'model', 'not_loadable');
  try {
    await model.load(body.path);
  } catch (error) {
    if (isLoopToolError(error, 'checkpoint-unreadable')) throw badRequest(error.userMessage, 'path', 'checkpoint_unreadable');
    throw error;
  }
  sendJson(context.response, 200, modelCard(model, context.createdAt));
}

/** POST /looptool/shutdown: says yes, then lets the requests under way end. */
export function shutDown(context: RouteContext): void {
  sendJson(context.response, 202, { status: 'shutting_down' });
  context.shutDown();
}
