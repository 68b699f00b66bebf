import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** Takes the data of one event; false ends the reading. */
type OnData = (data: string) => boolean;

/**
 * Cuts server-sent events (WHATWG HTML, section 9.2.6) out of the pieces that a body comes in. Only `data` is of use
 * here: other fields and comments (servers' signs of life) are passed over.
 */
export class EventCutter {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private data: string | undefined;
  private atStart = true;

  constructor(private readonly onData: OnData) {}

  /** False when the reader has enough. */
  push(bytes: Buffer): boolean {
    let text = this.rest + this.decoder.write(bytes);
    if (this.atStart && text !== '') {
      this.atStart = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    return this.lines(text, false);
  }

  /** The end of the body. An event that no empty line ends counts all the same: servers are sloppy about the last one. */
  end(): void {
    if (this.lines(`${this.rest}${this.decoder.end()}\n`, true)) this.dispatch();
  }

  private lines(text: string, ended: boolean): boolean {
    let start = 0;
    // A lone CR is a line end to the letter of the standard, and in no server's mouth; inside of JSON it is escaped.
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', start)) {
      const end = at > start && text.charCodeAt(at - 1) === 13 ? at - 1 : at;
      if (!this.line(text, start, end)) return false;
      start = at + 1;
    }
    this.rest = ended ? '' : start === 0 ? text : text.slice(start);
    return true;
  }

  private line(text: string, start: number, end: number): boolean {
    if (start === end) return this.dispatch();
    if (!text.startsWith('data', start)) return true;
    const colon = start + 4;
    if (colon < end && text.charCodeAt(colon) !== 58) return true;
    const from = text.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
    const value = from < end ? text.slice(from, end) : '';
    this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    return true;
  }

  private dispatch(): boolean {
    const { data } = this;
    this.data = undefined;
    return data === undefined || this.onData(data);
  }
}

/**
 * Gives the data of each event of a body to `onData` until that returns false or the body ends. `onBytes` is told of
 * every piece, comments included. Rejects with the connection's error, or when the body is cut off.
 */
export function readEvents(body: Readable, onData: OnData, onBytes: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const cutter = new EventCutter(onData);
    let settled = false;
    const fail = (error: unknown) => {
      if (settled) return;
      settled = true;
      body.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const guarded = (work: () => void) => {
      try {
        work();
      } catch (error) {
        fail(error);
      }
    };
    body.on('data', (bytes: Buffer) => {
      if (settled) return;
      onBytes();
      guarded(() => {
        if (cutter.push(bytes)) return;
        settled = true;
        // What follows is read and dropped, so that the connection can be used again; a server that never ends loses it.
        const late = setTimeout(() => body.destroy(), 2000).unref();
        body.once('close', () => clearTimeout(late));
        resolve();
      });
    });
    body.on('end', () =>
      guarded(() => {
        if (settled) return;
        cutter.end();
        settled = true;
        resolve();
      }),
    );
    body.on('error', fail);
    body.on('close', () => fail(new Error('the connection was closed in the middle of the reply')));
  });
}

/** The whole body as text. */
export async function readText(body: Readable, onBytes: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) {
    onBytes();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
