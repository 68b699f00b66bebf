import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { CompletionRequest } from '../llm/completionPort.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../json/value.ts';

export type RequestKeyParts = {
  readonly model: string;
  /** Proof of the weights behind the model, where there is one: new weights under an old name must not reuse old replies. */
  readonly fingerprint: string | undefined;
  readonly request: Omit<CompletionRequest, 'model'>;
};

/** Key of journal entries where nothing was sent. */
export const noRequest = 'none';

/** Names everything that decides a reply: model, weights, messages, tools and sampler. Equal keys, equal question: "req_" and 32 hex digits. */
export function requestKey({ model, fingerprint, request }: RequestKeyParts): string {
  const parts = {
    v: 1,
    model,
    fingerprint: fingerprint ?? null,
    messages: request.messages,
    tools: request.tools,
    sampling: request.sampling,
    logProbs: request.logProbs,
    jsonSchema: request.jsonSchema ?? null,
  };
  return `req_${bytesToHex(sha256(utf8ToBytes(canonical(parts as unknown as JsonValue)))).slice(0, 32)}`; // requests hold JSON data only
}

function canonical(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.raw;
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonical(item)).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(',')}}`;
}
