import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length, 'cache-control': 'no-store' });
  response.end(bytes);
}

/** Server-sent events, at the pace at which the client takes them. */
export class EventStream {
  constructor(
    private readonly response: ServerResponse,
    private readonly signal: AbortSignal,
  ) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  }

  async send(data: unknown): Promise<void> {
    await this.write(`data: ${JSON.stringify(data)}\n\n`);
  }

  async end(): Promise<void> {
    await this.write('data: [DONE]\n\n');
    this.response.end();
  }

  private async write(text: string): Promise<void> {
    this.signal.throwIfAborted();
    if (!this.response.write(text)) await once(this.response, 'drain', { signal: this.signal });
  }
}
