import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAbort, isLoopToolError } from '../../core/errors.ts';
import { ApiError } from './apiError.ts';
import { refuseBrowsers, requireKey, requireOwner } from './http/guard.ts';
import { sendJson } from './http/reply.ts';
import { chatCompletions } from './routes/chatCompletions.ts';
import { completions } from './routes/completions.ts';
import type { Route } from './routes/context.ts';
import { changeCheckpoint, shutDown } from './routes/control.ts';
import { listModels, retrieveModel } from './routes/models.ts';
import { applyTemplate, tokenize } from './routes/prompts.ts';
import type { ServedModel } from './servedModel.ts';

export type OpenaiServerOptions = {
  /** Served under their ids; whoever made them closes them, after the server. */
  readonly models: readonly ServedModel[];
  /** Bearer key; without one everyone on this machine may ask, and nobody may change the server. */
  readonly key?: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Closes by itself after so long without a request. */
  readonly idleExitMs?: number;
  readonly bodyLimitBytes?: number;
  /** What the server could not foresee; request texts are never part of it. */
  readonly log: (message: string, error: unknown) => void;
  readonly now: () => number;
};

type Access = 'open' | 'key' | 'owner';
type Entry = { readonly method: 'GET' | 'POST'; readonly access: Access; readonly run: Route };

const BODY_LIMIT_BYTES = 32 * 1024 * 1024;
/** Clients reuse idle connections; Node's own 5 s would cut some just as the next request is on its way. */
const KEEP_ALIVE_MS = 75_000;
const HOST = '127.0.0.1';
const MODEL_PATH = '/v1/models/';

const ENTRIES: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['/health', { method: 'GET', access: 'open', run: ({ response }) => sendJson(response, 200, { status: 'ok' }) }],
  ['/v1/models', { method: 'GET', access: 'key', run: listModels }],
  ['/v1/chat/completions', { method: 'POST', access: 'key', run: chatCompletions }],
  ['/v1/completions', { method: 'POST', access: 'key', run: completions }],
  ['/apply-template', { method: 'POST', access: 'key', run: applyTemplate }],
  ['/tokenize', { method: 'POST', access: 'key', run: tokenize }],
  ['/looptool/checkpoint', { method: 'POST', access: 'owner', run: changeCheckpoint }],
  ['/looptool/shutdown', { method: 'POST', access: 'owner', run: shutDown }],
]);

/**
 * An OpenAI-compatible server on the loopback address. Requests run side by side without a limit of their own: the
 * models queue them. A client that goes away ends its request.
 */
export class OpenaiServer {
  private readonly server: Server;
  private readonly inFlight = new Set<AbortController>();
  private readonly startedAt: number;
  private readonly closedPromise: Promise<void>;
  private closing: Promise<void> | undefined;
  private whenDrained: (() => void) | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private served = 0;

  private constructor(private readonly options: OpenaiServerOptions) {
    this.startedAt = Math.floor(options.now() / 1000);
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.closedPromise = new Promise((resolve) => this.server.once('close', resolve));
  }

  /** Listens on 127.0.0.1. Rejects with Node's error when the port is taken. */
  static async start(options: OpenaiServerOptions): Promise<OpenaiServer> {
    const one = new OpenaiServer(options);
    await new Promise<void>((resolve, reject) => {
      one.server.once('error', reject);
      one.server.listen(options.port ?? 0, HOST, resolve);
    });
    one.watchIdle();
    return one;
  }

  get port(): number {
    // A TCP server that listens has an address of this shape.
    return (this.server.address() as AddressInfo).port;
  }

  /** What clients call base URL, `/v1` included. */
  get baseUrl(): string {
    return `http://${HOST}:${this.port}/v1`;
  }

  /** Requests under way. */
  get running(): number {
    return this.inFlight.size;
  }

  /** Resolves once the server has closed, for whatever reason. */
  get closed(): Promise<void> {
    return this.closedPromise;
  }

  /** Takes no more requests, waits up to `graceMs` for those under way, then ends them. */
  close(graceMs = 10_000): Promise<void> {
    this.closing ??= this.closeOnce(graceMs);
    return this.closing;
  }

  private async closeOnce(graceMs: number): Promise<void> {
    clearTimeout(this.idleTimer);
    this.server.close();
    this.server.closeIdleConnections();
    const drained = new Promise<void>((resolve) => {
      this.whenDrained = resolve;
      if (this.inFlight.size === 0) resolve();
    });
    const timer = setTimeout(() => {
      for (const controller of this.inFlight) controller.abort();
    }, graceMs);
    await drained;
    clearTimeout(timer);
    this.server.closeAllConnections();
    await this.closedPromise;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController();
    this.inFlight.add(controller);
    clearTimeout(this.idleTimer);
    // A client that goes away in the middle is no error; `close` follows.
    response.on('error', () => undefined);
    response.once('close', () => {
      if (!response.writableFinished) controller.abort();
      this.inFlight.delete(controller);
      if (this.inFlight.size === 0) this.whenDrained?.();
      this.watchIdle();
    });
    try {
      await this.route(request, response, controller.signal);
    } catch (error) {
      this.writeError(request, response, error);
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    refuseBrowsers(request);
    if (this.closing) throw shuttingDown();
    const path = new URL(request.url ?? '/', `http://${HOST}`).pathname;
    const entry = ENTRIES.get(path) ?? modelEntry(path);
    if (entry?.access === 'key' || !entry) requireKey(request, this.options.key);
    if (entry?.access === 'owner') requireOwner(request, this.options.key);
    if (!entry) throw new ApiError(404, 'not_found_error', `There is nothing at ${path}.`, 'unknown_url');
    if (request.method !== entry.method) throw new ApiError(405, 'invalid_request_error', `${path} takes ${entry.method} requests.`, 'method_not_allowed');
    await entry.run({
      request,
      response,
      signal,
      models: this.options.models,
      bodyLimitBytes: this.options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
      createdAt: entry.method === 'GET' ? this.startedAt : Math.floor(this.options.now() / 1000),
      requestId: `${randomUUID().slice(0, 8)}${this.served++}`,
      shutDown: () => void this.close(),
    });
  }

  /** Errors after the first event end the stream with an event of their own, as other servers do. */
  private writeError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed || response.writableEnded) return;
    // The client is still there, so it was the end of the server's grace that ended the request.
    const reason = isAbort(error) ? shuttingDown() : error;
    const known = reason instanceof ApiError ? reason : serverError(reason);
    if (!(reason instanceof ApiError)) this.options.log('A request failed.', error);
    if (response.headersSent) {
      response.end(`data: ${JSON.stringify(known.body())}\n\n`);
      return;
    }
    // The rest of the body is not read, so the connection cannot be used again.
    if (!request.complete || this.closing) response.setHeader('connection', 'close');
    sendJson(response, known.status, known.body());
  }

  private watchIdle(): void {
    clearTimeout(this.idleTimer);
    const { idleExitMs } = this.options;
    if (idleExitMs === undefined || this.closing || this.inFlight.size > 0) return;
    this.idleTimer = setTimeout(() => void this.close(), idleExitMs);
  }
}

function modelEntry(path: string): Entry | undefined {
  if (!path.startsWith(MODEL_PATH)) return undefined;
  return { method: 'GET', access: 'key', run: (context) => retrieveModel(context, decodeId(path.slice(MODEL_PATH.length))) };
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function shuttingDown(): ApiError {
  return new ApiError(503, 'service_unavailable', 'The server is shutting down.', 'shutting_down');
}

function serverError(error: unknown): ApiError {
  const message = isLoopToolError(error) ? error.userMessage : 'The server failed to answer; its log says more.';
  return new ApiError(500, 'server_error', message, isLoopToolError(error) ? error.code : 'internal_error');
}
