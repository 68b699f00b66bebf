import { sha256Hex } from '../hash.ts';
import { canonicalJson } from '../json/stringify.ts';
import type { JsonValue } from '../json/value.ts';
import type { CompletionRequest, Sampling } from '../llm/completionPort.ts';

/** A request as a stage plans it; the port that sends it knows its model. */
export type ModelRequest = Omit<CompletionRequest, 'model'>;

/** The model that a stage's requests go to. */
export type ModelIdentity = {
  readonly model: string;
  /** Proof of the weights behind the name, where there is one: new weights under an old name must not be given old replies. */
  readonly fingerprint: string | undefined;
  readonly simulated: boolean;
  /** How its prompts are made, and of which template; undefined where the server makes them as it does by itself. */
  readonly prompting?: string;
};

/** Key of journal entries where nothing was sent. */
export const noRequest = 'none';

/** Names everything that decides a reply: model, weights, messages, tools, sampler, and how the prompt is made. Equal keys, equal question: "req_" and 32 hex digits. */
export function requestKey(parts: Omit<ModelIdentity, 'simulated'> & { readonly request: ModelRequest }): string {
  const { model, fingerprint, prompting, request } = parts;
  const identity = {
    v: 1,
    model,
    fingerprint: fingerprint ?? null,
    messages: request.messages,
    tools: request.tools,
    sampling: request.sampling,
    logProbs: request.logProbs,
    jsonSchema: request.jsonSchema ?? null,
    // Left out where it is undefined: keys of older journals stay what they are.
    prompting,
  };
  return `req_${sha256Hex(canonicalJson(identity as unknown as JsonValue)).slice(0, 32)}`; // JSON data only; canonicalJson leaves out undefined members
}

/**
 * Keys of requests that are exactly a sample's messages and tools. The sample id already names both, so that a finished
 * journal of 10^5 entries is skipped without hashing every conversation again.
 */
export function sampleRequestKeys(parts: Omit<ModelIdentity, 'simulated'> & { readonly sampling: Sampling; readonly logProbs: boolean }): (sampleId: string) => string {
  const { model, fingerprint, sampling, logProbs, prompting } = parts;
  const identity = { v: 1, model, fingerprint: fingerprint ?? null, sampling, logProbs, prompting };
  const asked = sha256Hex(canonicalJson(identity as unknown as JsonValue)).slice(0, 32); // JSON data only
  return (sampleId) => `req_${sha256Hex(`${asked} ${sampleId}`).slice(0, 32)}`;
}
