import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/**
 * What the `openai` package sends its requests through in place of the platform's fetch. It speaks node:http over
 * connections that are kept, and leaves the body of a good answer as the stream that came: to read a reply of 60
 * events through web streams costs several times what everything else about the request does.
 */
export type HttpTransport = {
  /** Errors and their bodies come as an ordinary Response; of a good answer the Response has no body, see `bodyOf`. */
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The unread body of a Response that `fetch` returned; undefined where the Response has it. */
  readonly bodyOf: (response: Response) => Readable | undefined;
};

/** Kept idle beyond the work in flight; more would only hold the server's file handles. */
const keptSockets = 1024;
/**
 * Some servers (llama.cpp) close the connection behind a streamed reply without saying so. What is sent into such a
 * connection is lost; after so many losses without one success connections are not used again.
 */
const lostReuses = 3;
const longestErrorBytes = 1 << 20;

export function createHttpTransport(): HttpTransport {
  const bodies = new WeakMap<Response, Readable>();
  const agents = { kept: agentPair(true), single: agentPair(false) };
  let lost = 0;

  const send = (url: URL, init: RequestInit, settle: { resolve: (incoming: IncomingMessage) => void; reject: (error: Error) => void }): void => {
    const { http, https } = lost < lostReuses ? agents.kept : agents.single;
    const headers = plainHeaders(init.headers, init.body);
    const options = { method: init.method ?? 'GET', headers };
    const sent: ClientRequest = url.protocol === 'https:' ? httpsRequest(url, { ...options, agent: https }) : httpRequest(url, { ...options, agent: http });
    const { signal } = init;
    const abort = () => sent.destroy(new DOMException('The request was aborted', 'AbortError'));
    signal?.addEventListener('abort', abort, { once: true });
    sent.once('close', () => signal?.removeEventListener('abort', abort));
    sent.once('response', (incoming) => {
      if (sent.reusedSocket) lost = 0;
      settle.resolve(incoming);
    });
    // Stays on: an error behind the response is the body's to tell.
    sent.on('error', (error) => {
      if (sent.reusedSocket && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) lost += 1;
      settle.reject(error);
    });
    if (signal?.aborted) abort();
    else sent.end(typeof init.body === 'string' ? init.body : undefined);
  };

  return {
    bodyOf: (response) => bodies.get(response),
    async fetch(target, init = {}) {
      const url = new URL(target instanceof Request ? target.url : target);
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => send(url, init, { resolve, reject }));
      const status = incoming.statusCode ?? 0;
      const headers = responseHeaders(incoming);
      const body = decoded(incoming);
      if (status >= 200 && status < 300) {
        const response = new Response(null, { status, headers });
        bodies.set(response, body);
        return response;
      }
      const text = await errorText(body);
      const location = incoming.headers.location;
      // A redirected POST would lose its body or take the key elsewhere.
      const told = status >= 300 && status < 400 && location !== undefined ? `the server sends the request on to ${location}: set baseUrl to that place` : text;
      return new Response(nullBody(status) ? null : told, { status: status < 200 || status > 599 ? 502 : status, headers });
    },
  };
}

function agentPair(keepAlive: boolean): { readonly http: HttpAgent; readonly https: HttpsAgent } {
  // The one used last is the one most likely to be open still.
  const options = { keepAlive, maxFreeSockets: keptSockets, scheduling: 'lifo' as const };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

function plainHeaders(given: RequestInit['headers'], body: RequestInit['body']): Record<string, string> {
  const headers: Record<string, string> = {};
  new Headers(given).forEach((value, name) => (headers[name] = value));
  if (typeof body === 'string') headers['content-length'] = String(Buffer.byteLength(body));
  return headers;
}

function responseHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}

/** We do not ask for compression; some gateways compress all the same. */
function decoded(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers['content-encoding'];
  const decoder = encoding === 'gzip' ? createGunzip() : encoding === 'deflate' ? createInflate() : encoding === 'br' ? createBrotliDecompress() : undefined;
  if (!decoder) return incoming;
  incoming.once('error', (error) => decoder.destroy(error));
  return incoming.pipe(decoder);
}

function nullBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

async function errorText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > longestErrorBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
