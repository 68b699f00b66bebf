import type { ModelServerTraits } from './modelServer.ts';

/** The servers of inference.md, as far as they differ. Each test changes what it is about. */

const model = 'tiny';
const props = { build_info: 'b9000-abc', total_slots: 4, chat_template: '{{ messages }}', default_generation_settings: { n_ctx: 4096, params: { 'speculative.types': 'none' } } };

export const vllm: ModelServerTraits = {
  routes: {
    'GET /version': { body: { version: '0.11.0' } },
    'GET /health': { body: '' },
    'POST /tokenize': { body: { count: 88, max_model_len: 8192, tokens: [1, 2, 3] } },
    'POST /detokenize': { body: { prompt: '<|im_start|>system get_weather <|im_end|>' } },
  },
  models: [{ id: model, owned_by: 'vllm', max_model_len: 8192, root: '/models/tiny' }],
  checksNames: true,
  toolParser: true,
};

export const sglang: ModelServerTraits = {
  routes: { 'GET /server_info': { body: { version: '0.5.4', internal_states: [{}], max_running_requests: 64 } }, 'GET /health': { body: '' } },
  models: [{ id: model, owned_by: 'sglang', max_model_len: 8192 }],
  toolParser: true,
  flatErrors: true,
};

const notFound = { status: 404, body: { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } } };

export const llamaCpp: ModelServerTraits = {
  routes: {
    'GET /props': { body: props, keyed: true },
    'GET /health': { body: { status: 'ok' } },
    'POST /apply-template': { body: { prompt: '<|im_start|>system get_weather <|im_end|>' } },
    'POST /v1/chat/completions/input_tokens': { body: { input_tokens: 77 } },
  },
  unknownPath: notFound,
  models: [{ id: model, owned_by: 'llamacpp', meta: { n_ctx_train: 32768 } }],
  toolParser: true,
  streamRows: 'refused',
};

export const llamaCppLoading: ModelServerTraits = (() => {
  const body = { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } };
  return { unknownPath: { status: 503, body }, routes: { 'GET /v1/models': { status: 503, body } } };
})();

export const ollama: ModelServerTraits = {
  routes: {
    'GET /api/version': { body: { version: '0.12.11' } },
    'GET /api/ps': { body: { models: [{ name: `${model}:latest`, context_length: 4096 }] } },
    'POST /api/generate': { body: { response: 'raw text', done: true } },
    'POST /api/chat': { body: { _debug_info: { rendered_template: 'system get_weather' } } },
  },
  models: [{ id: `${model}:latest`, owned_by: 'library' }],
  checksNames: false,
  toolParser: true,
  callRows: false,
  bytes: false,
  completions: true,
};

export const lmStudio: ModelServerTraits = {
  routes: { 'GET /api/v1/models': { body: { models: [{ type: 'llm', key: model, max_context_length: 32768, loaded_instances: [{ id: model, config: { context_length: 4096 } }] }] } } },
  unknownPath: { status: 200, body: { error: 'Unexpected endpoint or method. (GET /somewhere)' } },
  models: [{ id: model, object: 'model', owned_by: 'organization_owner' }],
  toolParser: true,
  logProbs: 'none',
};

export const tgi: ModelServerTraits = {
  routes: { 'GET /info': { body: { router: 'text-generation-router', version: '3.3.6', model_id: model, max_input_tokens: 4000, max_total_tokens: 8192, max_concurrent_requests: 128 } }, 'GET /health': { body: '' } },
  models: [{ id: model }],
  toolParser: true,
  bytes: false,
};

/** A service that hides everything but /v1, reached over the loopback address here. */
export const gateway: ModelServerTraits = { models: [{ id: model }], key: 'right', toolParser: true, logProbs: 'refused', structured: 'json_object', checksNames: true };
