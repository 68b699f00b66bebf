import { sendJson } from '../http/reply.ts';
import type { ServedModel } from '../servedModel.ts';
import { findModel, type RouteContext } from './context.ts';

const OWNER = 'looptool';

/** GET /v1/models */
export function listModels(context: RouteContext): void {
  sendJson(context.response, 200, { object: 'list', data: context.models.map((model) => modelCard(model, context.createdAt)) });
}

/** GET /v1/models/{id} */
export function retrieveModel(context: RouteContext, id: string): void {
  sendJson(context.response, 200, modelCard(findModel(context.models, id), context.createdAt));
}

/** `fingerprint` proves which weights answer, `root` says where they came from, `simulated` that there are none. */
export function modelCard(model: ServedModel, created: number): object {
  const { fingerprint, root, simulated, contextTokens } = model.describe();
  return {
    id: model.id,
    object: 'model',
    created,
    owned_by: OWNER,
    simulated,
    ...(root === undefined ? {} : { root }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(contextTokens === undefined ? {} : { max_model_len: contextTokens }),
  };
}
