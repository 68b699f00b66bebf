import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request for a completion, as it went through. `body`: hash of what was asked. */
export type Passed = { readonly body: string; outcome: 'under way' | 'answered' | 'refused' | 'lost' };

/**
 * Stands between the program and the server, passes everything on as it is, and counts. It cannot be reached while the
 * server cannot: whoever connects then is refused by the system, as it would be without a proxy.
 */
export class CountingProxy {
  readonly passed: Passed[] = [];
  /** Called when an answer has been passed on whole. */
  onAnswered: () => void = () => undefined;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly upstream: number,
    private port: number,
  ) {}

  static async start(upstream: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(upstream, 0);
    await proxy.open();
    return proxy;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  count(outcome: Passed['outcome']): number {
    return this.passed.filter((one) => one.outcome === outcome).length;
  }

  /** How often each question was answered. */
  answers(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { body, outcome } of this.passed) if (outcome === 'answered') counts.set(body, (counts.get(body) ?? 0) + 1);
    return counts;
  }

  async open(): Promise<void> {
    const server = createServer((incoming, response) => void this.pass(incoming, response));
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const entry: Passed = { body: createHash('sha256').update(body).digest('hex').slice(0, 16), outcome: 'under way' };
    if (incoming.url?.endsWith('/completions') === true) this.passed.push(entry);
    const lose = (): void => {
      if (entry.outcome === 'under way') entry.outcome = 'lost';
      response.destroy();
    };
    const sent = httpRequest({ host: '127.0.0.1', port: this.upstream, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, connection: 'close' }, agent: false }, (answer) => {
      const { connection: _connection, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(response);
      answer.once('error', lose);
      answer.once('aborted', lose);
      response.once('finish', () => {
        if (entry.outcome !== 'under way') return;
        entry.outcome = answer.statusCode === 200 ? 'answered' : 'refused';
        if (entry.outcome === 'answered') this.onAnswered();
      });
    });
    sent.once('error', lose);
    response.once('close', () => sent.destroy());
    sent.end(body);
  }
}
