import type * as z from 'zod';
import { decodeMessage, encodeMessage } from '../../src/protocol/wire.ts';
import { t } from './words.ts';

type VsCodeApi = { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };
declare function acquireVsCodeApi(): VsCodeApi;

/** A request as its page knows it: the id is the connection's business. */
export type WithoutId<T> = T extends { readonly requestId: number } ? Omit<T, 'requestId'> : never;

type Waiting<TReply> = { readonly resolve: (reply: TReply) => void };

/** The host did not answer in time: it may be gone. */
export class NoAnswer extends Error {}

/**
 * Requests and answers over the webview's message channel. Every request ends: by its answer, or by `NoAnswer` when the host
 * does not answer in time. Messages that do not fit the schema are dropped; they can come from hostile frames.
 */
export class HostConnection<TRequest extends { readonly requestId: number }, TReply extends { readonly requestId?: number | undefined }> {
  private readonly api = acquireVsCodeApi();
  private readonly waiting = new Map<number, Waiting<TReply>>();
  private nextId = 1;

  constructor(
    private readonly replies: z.ZodType<TReply>,
    private readonly onPush: (message: TReply) => void,
  ) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => this.receive(event));
    const kept = this.remembered();
    this.remember(typeof kept === 'object' && kept !== null ? kept : {});
  }

  async send(request: WithoutId<TRequest>, timeoutMs = 30_000): Promise<TReply> {
    const requestId = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(requestId);
        reject(new NoAnswer(t('The editor does not answer. Try again, or close this panel and open the review again.')));
      }, timeoutMs);
      this.waiting.set(requestId, {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
      });
      this.api.postMessage(encodeMessage({ ...request, requestId }));
    });
  }

  /** What the page keeps when it is hidden and thrown away: only what is being typed. */
  remember(state: object): void {
    this.api.setState({ ...state, place: placeOfPage() });
  }

  remembered(): unknown {
    return this.api.getState();
  }

  private receive(event: MessageEvent<unknown>): void {
    // VS Code's own outer frame has this page's origin; a framed stranger has another.
    if (event.origin !== window.origin) return;
    const parsed = this.replies.safeParse(decodeMessage(event.data));
    if (!parsed.success) return;
    const id = parsed.data.requestId;
    const waiting = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || !waiting) {
      this.onPush(parsed.data);
      return;
    }
    this.waiting.delete(id);
    waiting.resolve(parsed.data);
  }
}

/** What the host needs to open the same page again after the window was loaded anew: it is kept with what the page keeps. */
function placeOfPage(): unknown {
  try {
    return JSON.parse(document.body.dataset['state'] ?? 'null');
  } catch {
    return null;
  }
}
