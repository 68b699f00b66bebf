import { isLoopToolError } from '../../core/errors.ts';
import type { HostMessage, ReviewMode, ReviewRequest, ReviewSnapshot } from '../../protocol/review/messages.ts';
import type { Preview } from './session/bulk.ts';
import { startCalibration } from './session/calibrating.ts';
import { annotate, decide, decideBulk, previewBulk, previewSimilar, redo, undo, type Answer } from './session/deciding.ts';
import { ReviewRefusal } from './session/reviewTexts.ts';
import type { SessionPorts } from './session/sessionPorts.ts';
import { SessionState, type SnapshotExtras } from './session/sessionState.ts';
import type { ReviewPair } from './reviewSource.ts';

/**
 * One person's way through the pairs of one source: the host side of `protocol/review/messages.ts`. Requests are answered one
 * after the other, each by exactly one message. What others write and what changes in the source is pushed.
 */
export class ReviewSession {
  readonly #state: SessionState;
  readonly #watch: { dispose(): void };
  #work: Promise<unknown> = Promise.resolve();
  #preview: Preview | undefined;
  #disposed = false;

  constructor(private readonly ports: SessionPorts) {
    this.#state = new SessionState(ports);
    this.#watch = ports.log.watch(() => void this.refresh());
  }

  /** Never throws: what goes wrong is an answer that says what to do next. */
  async handle(request: ReviewRequest): Promise<HostMessage> {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (error instanceof ReviewRefusal && error.outdated) void this.#push({}, 'always');
      return { type: 'failure', requestId: request.requestId, message: this.#failureText(error) };
    }
  }

  /** For hosts that see the source change, or show a panel again: pushes a snapshot where anything is other than before. */
  async refresh(): Promise<void> {
    await this.#push({}, 'changed');
  }

  /** Goes to a sample, where the source has it, and shows it; false where it has not. */
  async goTo(sampleId: string): Promise<boolean> {
    const found = await this.#inTurn(async () => {
      await this.#state.sync();
      return this.#state.queue.show([sampleId]);
    });
    if (found) await this.#push({}, 'always');
    return found;
  }

  /** Other pairs to decide, from outside of the page: the tree, a command. */
  async setMode(mode: ReviewMode): Promise<void> {
    await this.#inTurn(async () => this.#enter(mode));
    await this.#push({ facets: true }, 'always');
  }

  dispose(): void {
    this.#disposed = true;
    this.#watch.dispose();
    this.ports.source.dispose();
  }

  async #answer(request: ReviewRequest): Promise<HostMessage> {
    const { requestId } = request;
    switch (request.type) {
      case 'openSource':
        return this.#aside(request.sampleId, requestId, async (pair) => this.ports.openSource(pair).then(() => undefined));
      case 'askAgain':
        return this.#aside(request.sampleId, requestId, async (pair) => this.ports.askAgain(pair, request.what));
      case 'exportIssue':
        return this.#aside(request.sampleId, requestId, async (pair) => this.ports.exportIssue(pair));
      case 'apply':
        return this.#apply(requestId);
      case 'measure': {
        const facts = await this.#inTurn(async () => {
          await this.#state.sync();
          return { items: this.#state.queue.items, state: this.ports.log.state };
        });
        return { type: 'measurement', requestId, measurement: await this.ports.measure(facts) };
      }
      default:
        return this.#inTurn(async () => {
          const answer = await this.#inState(request);
          return answer.type === 'snapshot' ? { ...answer, requestId } : answer;
        });
    }
  }

  async #inState(request: Exclude<ReviewRequest, { readonly type: 'openSource' | 'askAgain' | 'exportIssue' | 'apply' | 'measure' }>): Promise<Answer> {
    const state = this.#state;
    if (!state.isOpen) {
      await state.sync();
      this.#followReading();
    }
    switch (request.type) {
      case 'ready':
        await state.sync(true);
        return state.snapshot({ facets: true });
      case 'decide':
      case 'edit':
        return this.#thenReadAhead(decide(state, request));
      case 'note':
        return annotate(state, request);
      case 'undo':
        return undo(state);
      case 'redo':
        return redo(state);
      case 'move':
        return this.#thenReadAhead(this.#move(request.to));
      case 'goTo':
        state.queue.moveTo(request.position);
        return state.snapshot();
      case 'setQueue':
        if (state.queue.mode.kind === 'calibration') throw new ReviewRefusal(state.say('A calibration sample is decided whole and in the order in which it was drawn. Leave it to filter.'));
        await state.sync(true);
        await state.set(request.spec, state.queue.mode);
        return state.snapshot({ facets: true });
      case 'setMode':
        await this.#enter(request.mode);
        return state.snapshot({ facets: true });
      case 'setBlind':
        state.setBlind(request.blind);
        return state.snapshot();
      case 'saveQueue':
      case 'deleteQueue':
        return this.#saveQueue(request);
      case 'previewBulk':
        return this.#keepPreview(await previewBulk(state, request.requestId, request.ruling));
      case 'previewSimilar':
        return this.#keepPreview(await previewSimilar(state, request));
      case 'decideBulk': {
        const preview = this.#preview;
        const answer = await decideBulk(state, preview, request.previewId);
        this.#preview = undefined;
        return answer;
      }
      case 'startCalibration':
        return startCalibration(state, request);
    }
  }

  /** A large source may be open before it is read to its end: the rest joins the queue then. */
  #followReading(): void {
    const { source } = this.ports;
    if ((source.unread ?? 0) === 0 || source.settled === undefined) return;
    void source.settled().then(async () => this.refresh(), async () => this.refresh());
  }

  async #enter(mode: ReviewMode): Promise<void> {
    const state = this.#state;
    await state.sync(true);
    if (mode.kind === 'calibration' && !state.facts.state.calibrations.has(mode.id)) throw new ReviewRefusal(state.say('This calibration sample is not in the decisions file. Draw a new one.'));
    await state.set(state.queue.spec, mode);
  }

  async #move(to: Extract<ReviewRequest, { readonly type: 'move' }>['to']): Promise<ReviewSnapshot> {
    const { queue } = this.#state;
    if (to === 'nextUndecided') queue.toNextUndecided();
    else queue.moveTo(to === 'next' ? queue.position + 1 : to === 'previous' ? queue.position - 1 : to === 'first' ? 0 : queue.total - 1);
    return this.#state.snapshot();
  }

  /** The pair behind the one that is shown is read while the person looks at this one. */
  async #thenReadAhead<T>(answer: Promise<T>): Promise<T> {
    const given = await answer;
    const { queue, pairs } = this.#state;
    const next = queue.itemAt(queue.undecidedFrom(queue.position + 1));
    if (next !== undefined) setTimeout(() => void pairs.get(next).catch(() => undefined), 0);
    return given;
  }

  async #saveQueue(request: Extract<ReviewRequest, { readonly type: 'saveQueue' | 'deleteQueue' }>): Promise<ReviewSnapshot> {
    const state = this.#state;
    const { queues } = this.ports;
    const name = request.name.trim();
    if (request.type === 'deleteQueue') await queues.delete(request.name);
    else if (name === '') throw new ReviewRefusal(state.say('A queue needs a name. Give it one.'));
    else await queues.save(name, state.queue.spec);
    await state.recountQueues();
    return state.snapshot({ announcement: request.type === 'saveQueue' ? state.say('Queue {0} saved.', name) : state.say('Queue {0} deleted.', name) });
  }

  #keepPreview({ preview, answer }: { readonly preview: Preview; readonly answer: Answer }): Answer {
    this.#preview = preview;
    return answer;
  }

  /** What a host does with one pair takes its time: the person goes on meanwhile. */
  async #aside(sampleId: string, requestId: number, act: (pair: ReviewPair) => Promise<string | undefined>): Promise<HostMessage> {
    const state = this.#state;
    const { pair } = await this.#inTurn(async () => {
      await state.sync();
      return state.pairFor(sampleId);
    });
    const announcement = await act(pair);
    return this.#inTurn(async () => {
      await state.sync();
      return { ...(await state.snapshot(announcement === undefined ? {} : { announcement })), requestId };
    });
  }

  async #apply(requestId: number): Promise<HostMessage> {
    const state = this.#state;
    const decisions = await this.#inTurn(async () => {
      await state.sync();
      return state.queue.pendingItems().flatMap(({ sampleId }) => state.facts.state.inForce.get(sampleId) ?? []);
    });
    const announcement = await this.ports.apply(decisions);
    return this.#inTurn(async () => {
      await state.readApplied();
      await state.sync();
      return { ...(await state.snapshot({ announcement })), requestId };
    });
  }

  async #push(extras: SnapshotExtras, when: 'always' | 'changed'): Promise<void> {
    if (this.#disposed) return;
    try {
      const message = await this.#inTurn(async () => {
        // A page that has not asked yet is told all when it does.
        if (!this.#state.isOpen) return undefined;
        const { source, decisions } = await this.#state.sync();
        if (when === 'changed' && !source && !decisions) return undefined;
        return this.#state.snapshot({ ...extras, ...(source ? { facets: true } : {}) });
      });
      if (message !== undefined && !this.#disposed) this.ports.post(message);
    } catch {
      // What the page asks for next meets the same trouble, and is answered with its reason.
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  #failureText(error: unknown): string {
    if (error instanceof ReviewRefusal) return error.message;
    if (isLoopToolError(error)) return error.userMessage;
    return this.#state.say('{0} Open the review again; what was stored is kept.', error instanceof Error ? `${error.message}.` : String(error));
  }
}
