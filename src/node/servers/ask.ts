import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { stringifyJson } from '../../core/json/stringify.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { UnreachableKind } from '../../protocol/serverReport.ts';
import { abortReason, throwIfAborted } from '../clock.ts';
import { jsonOrUndefined } from '../../core/json/jsonOrUndefined.ts';

export type Unreachable = { readonly kind: UnreachableKind; readonly message: string };

/** One answer, whatever its status; or why there is none. */
export type Asked =
  | { readonly ok: true; readonly status: number; readonly type: string; readonly text: string; readonly json: unknown; readonly elapsedMs: number }
  | { readonly ok: false; readonly problem: Unreachable };

export type AskOptions = {
  readonly body?: JsonObject;
  readonly key?: string | undefined;
  /** For the whole answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

const mostBytes = 4 << 20;

/**
 * One request to one address, with no retry and no redirect: a key goes where it was configured to go and nowhere else.
 * A connection of its own each time, so that what an earlier answer left behind shows in nothing. Cancellation alone throws.
 */
export async function ask(address: string, options: AskOptions): Promise<Asked> {
  throwIfAborted(options.signal);
  const url = new URL(address);
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  const since = performance.now();
  try {
    const incoming = await send(url, options, signal);
    const text = redacted(await readAll(incoming), options.key);
    const status = incoming.statusCode ?? 0;
    const { location } = incoming.headers;
    if (status >= 300 && status < 400 && location !== undefined) return unreachable('redirect', `the server sends requests on to ${originOf(location, url)}`);
    return { ok: true, status, type: incoming.headers['content-type'] ?? '', text, json: jsonOrUndefined(text), elapsedMs: performance.now() - since };
  } catch (error) {
    if (options.signal.aborted) throw abortReason(options.signal);
    if (deadline.aborted) return unreachable('timeout', `no answer within ${options.timeoutMs / 1000} s`);
    return { ok: false, problem: problemOf(error, url) };
  }
}

function send(url: URL, { body, key }: AskOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : stringifyJson(body);
  const headers: Record<string, string> = { accept: 'application/json, text/event-stream', connection: 'close' };
  if (key !== undefined) headers['authorization'] = `Bearer ${key}`;
  if (text !== undefined) Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) });
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method: text === undefined ? 'GET' : 'POST', headers, agent: false, signal });
    sent.once('response', resolve);
    sent.on('error', reject);
    sent.end(text);
  });
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // What is asked here has small answers; something that sends without an end is no model server.
    if (bytes > mostBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Servers repeat the key in their refusals. */
function redacted(text: string, key: string | undefined): string {
  return key === undefined || key === '' ? text : text.replaceAll(key, '***');
}

function originOf(location: string, base: URL): string {
  try {
    const { origin, pathname } = new URL(location, base);
    return `${origin}${pathname}`;
  } catch {
    return location.slice(0, 100);
  }
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER|HOSTNAME_MISMATCH/;

function problemOf(error: unknown, url: URL): Unreachable {
  const codes = codesOf(error);
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim().slice(0, 200) || (codes[0] ?? 'unknown');
  const has = (pattern: RegExp): string | undefined => codes.find((code) => pattern.test(code));
  const kind = ((): UnreachableKind => {
    if (has(/^(ENOTFOUND|EAI_\w+)$/)) return 'dns';
    if (has(/^(ECONNREFUSED|EADDRNOTAVAIL)$/)) return 'refused';
    if (has(/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^EPROTO$/) || /wrong version number/i.test(message)) return url.protocol === 'https:' ? 'plainHttp' : 'notHttp';
    if (has(certificateCodes)) return 'certificate';
    if (has(/^HPE_/)) return 'notHttp';
    return 'network';
  })();
  const code = has(certificateCodes) ?? codes[0];
  return { kind, message: code === undefined || message.includes(code) ? message : `${message} (${code})` };
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : codesOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? [error.code, ...inner] : inner;
}

function unreachable(kind: UnreachableKind, message: string): Asked {
  return { ok: false, problem: { kind, message } };
}
