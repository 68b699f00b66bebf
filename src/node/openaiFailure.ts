import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import type { CompletionFailure } from '../core/llm/completionPort.ts';
import { longestRetryAfterMs, retryAfterMs } from './retry.ts';

export type AttemptFailure = CompletionFailure & { readonly retryAfterMs?: number };

const tooLong = /context.{0,20}(length|window|size)|maximum context|too (long|many tokens)|exceed_context_size|max_total_tokens|prompt is too long/i;
const quota = /insufficient_quota|insufficient (credit|balance)|exceeded your current quota|payment required/i;

/** Codes that node:tls gives to certificates it does not take. */
const certificates = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID/;

/** Says what an exception of the SDK means for the request. `redact` removes the key from texts that servers echo. */
export function failureOf(error: unknown, now: number, redact: (text: string) => string): AttemptFailure {
  if (error instanceof APIConnectionTimeoutError) return { kind: 'timeout', status: undefined, message: 'the server did not answer in time', retryable: true };
  if (error instanceof APIConnectionError) return connectionFailure(error, redact);
  if (error instanceof APIError && typeof error.status === 'number') {
    const headers = error.headers instanceof Headers ? error.headers : undefined;
    return statusFailure(error.status, redact(shorten(error.message)), headers, now);
  }
  const message = redact(shorten(error instanceof Error ? error.message : String(error)));
  // What is left are broken bodies: JSON that ends early, events that are none, sockets closed in mid-stream.
  if (error instanceof SyntaxError) return { kind: 'protocol', status: undefined, message: `the reply is not JSON: ${message}`, retryable: true };
  return { kind: 'network', status: undefined, message, retryable: true };
}

/** `status` may also be the code of an error object that came with status 200. */
export function statusFailure(status: number, message: string, headers: Headers | undefined, now: number): AttemptFailure {
  const failure = (kind: CompletionFailure['kind'], retryable: boolean): AttemptFailure => {
    const wait = retryable ? retryAfterMs(headers, now) : undefined;
    if (wait === undefined) return { kind, status, message, retryable };
    if (wait > longestRetryAfterMs) return { kind, status, message: `${message} (asks to come back in ${Math.round(wait / 60_000)} minutes)`, retryable: false };
    return { kind, status, message, retryable, retryAfterMs: wait };
  };
  if (status === 401 || status === 403) return failure('unauthorised', false);
  if (status === 402) return failure('rate-limited', false);
  if (status === 404) return failure('not-found', false);
  if (status === 408) return failure('timeout', true);
  if (status === 429) return failure('rate-limited', !quota.test(message));
  if (status === 413 || (status < 500 && tooLong.test(message))) return failure('too-long', false);
  if (status === 425) return failure('server', true);
  // llama.cpp: its parser could not read what the model wrote; asking again greedily gives the same text.
  if (status === 500 && /failed to parse input/i.test(message)) return failure('protocol', false);
  if (status >= 500) return failure('server', true);
  return failure('bad-request', false);
}

function connectionFailure(error: APIConnectionError, redact: (text: string) => string): AttemptFailure {
  const codes = causes(error);
  const text = codes.map((cause) => cause.message).filter((message) => message !== '').at(-1) ?? error.message;
  const told = codes.flatMap((cause) => ('code' in cause && typeof cause.code === 'string' ? [cause.code] : []));
  const message = redact(shorten(text));
  // Asking again changes no certificate.
  const certificate = told.find((code) => certificates.test(code));
  if (certificate !== undefined) return { kind: 'refused', status: undefined, message: `the certificate of the server is not trusted (${certificate}): ${message}`, retryable: false };
  const refused = told.some((code) => code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN');
  return { kind: refused ? 'refused' : 'network', status: undefined, message, retryable: true };
}

function causes(error: Error): readonly Error[] {
  const found: Error[] = [];
  const visit = (current: unknown): void => {
    if (!(current instanceof Error) || found.includes(current) || found.length > 8) return;
    found.push(current);
    if (current instanceof AggregateError) current.errors.forEach(visit);
    visit(current.cause);
  };
  visit(error);
  return found;
}

/** Servers put whole pages, and sometimes the whole request, into their errors. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
