import type { ReviewPair } from '../../../src/app/review/reviewSource.ts';
import { reviewRequestSchema, type HostMessage, type ReviewRequest } from '../../../src/protocol/review/messages.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/wire.ts';
import { sessionOver, type SessionOptions, type SessionUnderTest } from '../../builders/reviewSessions.ts';
import { openPage, type PageChannel, type PageOptions } from './pageServer.ts';

export type ReviewPageOptions = PageOptions & {
  readonly session?: SessionOptions;
  /** Comes between the page and the session: for hosts that are slow, silent or lie. Undefined is no answer. */
  readonly answer?: (request: ReviewRequest, handle: () => Promise<HostMessage>) => Promise<HostMessage | undefined>;
};

export type ReviewPage = PageChannel &
  SessionUnderTest & {
    /** What the page has asked, oldest first. */
    readonly requests: ReviewRequest[];
    /** Messages of the page that the protocol refuses. */
    readonly refused: unknown[];
    /** What the console said in red, and errors that nobody caught. */
    readonly errors: string[];
  };

/** The real page in a real browser, over the real protocol to the real session; its source and its log are in memory. */
export async function openReviewPage(pairs: readonly ReviewPair[], options: ReviewPageOptions = {}): Promise<ReviewPage> {
  const requests: ReviewRequest[] = [];
  const refused: unknown[] = [];
  const errors: string[] = [];
  const held: { channel?: PageChannel } = {};
  const under = sessionOver(pairs, {
    post: (message) => {
      under.pushed.push(message);
      void held.channel?.post(encodeMessage(message)).catch(() => undefined); // the page may be closing
    },
    ...options.session,
  });
  const receive = async (message: unknown): Promise<unknown> => {
    const parsed = reviewRequestSchema.safeParse(decodeMessage(message));
    if (!parsed.success) {
      refused.push(message);
      return undefined;
    }
    requests.push(parsed.data);
    const handle = async (): Promise<HostMessage> => under.session.handle(parsed.data);
    const answer = await (options.answer === undefined ? handle() : options.answer(parsed.data, handle));
    return answer === undefined ? undefined : encodeMessage(answer);
  };
  const channel = await openPage('review.js', 'looptool-review', receive, options);
  held.channel = channel;
  channel.page.on('pageerror', (error) => errors.push(error.message));
  channel.page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const close = async (): Promise<void> => {
    under.session.dispose();
    await channel.close();
  };
  return { ...channel, ...under, requests, refused, errors, close };
}
