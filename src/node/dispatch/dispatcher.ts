import type { CompletionFailure, CompletionOutcome, CompletionPort, CompletionRequest } from '../../core/llm/completionPort.ts';
import { abortReason, throwIfAborted, type Clock } from '../clock.ts';
import { retryDelayMs } from '../retry.ts';
import type { Attempt } from '../openaiTarget.ts';
import { isOutOfOrder } from './circuitBreaker.ts';
import { hedged } from './hedge.ts';
import { Lane, type Replica } from './lane.ts';

export type DispatchOptions = {
  readonly model: string;
  readonly simulated: boolean;
  /** How many requests the port wants to be given at a time; what its servers do not take waits here, in order. */
  readonly concurrency: number;
  /** Per request, over all replicas. */
  readonly maxAttempts: number;
  /** A request without an answer for so long is sent to a second server too, see `hedged`; absent: never. */
  readonly hedgeAfterMs?: number | undefined;
};

export type DispatchPorts = { readonly clock: Clock; readonly random: () => number };

/** `again`: it has failed before, and is not spent on trying whether a server is back. */
type Wish = { readonly failedOn: ReadonlySet<Lane>; readonly again: boolean };
type Waiter = Wish & { readonly resolve: (lane: Lane) => void };

/**
 * One model on one or more servers. Every request has one outcome and at most `maxAttempts` attempts, whichever server
 * they went to. Which server answers changes no request and no key.
 */
export class Dispatcher implements CompletionPort {
  readonly description: CompletionPort['description'];
  readonly concurrency: number;
  private readonly lanes: readonly Lane[];
  private waiting: Waiter[] = [];
  private alarm: (AbortController & { readonly dueAt: number }) | undefined;

  /** @param replicas At least one. */
  constructor(
    replicas: readonly Replica[],
    private readonly options: DispatchOptions,
    private readonly ports: DispatchPorts,
  ) {
    this.lanes = replicas.map((replica) => new Lane(replica, ports));
    this.description = { model: options.model, host: this.lanes.map(({ host }) => host).join(', '), simulated: options.simulated };
    this.concurrency = options.concurrency;
  }

  async complete(request: Omit<CompletionRequest, 'model'>, signal: AbortSignal): Promise<CompletionOutcome> {
    const { clock, random } = this.ports;
    const failedOn = new Set<Lane>();
    let startedAt: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const lane = await this.place({ failedOn, again: attempt > 1 }, signal);
      // The time in our own queue is not the server's.
      startedAt ??= clock.now();
      const { result, sent } = await this.send(lane, request, signal, attempt);
      attempt += sent - 1;
      const end = { attempts: attempt, elapsedMs: clock.now() - startedAt };
      if (result.ok) return { ok: true, reply: result.reply, ...end };
      if (result.learnt) continue;
      const { retryAfterMs, ...failure } = result.failure;
      failedOn.add(lane);
      const elsewhere = isOutOfOrder(failure) && this.lanes.some((other) => !failedOn.has(other) && !other.breaker.isDown);
      if (!(failure.retryable || elsewhere) || attempt >= this.options.maxAttempts) return { ok: false, failure: this.told(failure), ...end };
      if (this.lanes.some((other) => !failedOn.has(other) && other.breaker.isClosed)) continue;
      failedOn.clear();
      // With Retry-After it is the server that is left alone, and this request waits for it in front of the others.
      if (retryAfterMs === undefined) await clock.sleep(retryDelayMs(attempt, undefined, random), signal);
    }
  }

  /** One attempt; two where the first takes too long and another server has nothing else to do. */
  private async send(lane: Lane, request: Omit<CompletionRequest, 'model'>, signal: AbortSignal, attempt: number): Promise<{ readonly result: Attempt; readonly sent: number }> {
    const on = (one: Lane) => (stop: AbortSignal) => one.attempt(request, stop, attempt, () => this.waiting.length > 0).finally(() => this.pump());
    const { hedgeAfterMs, maxAttempts } = this.options;
    if (hedgeAfterMs === undefined || this.lanes.length === 1 || attempt >= maxAttempts) return { result: await on(lane)(signal), sent: 1 };
    const another = () => {
      const idle = this.lanes.find((other) => other !== lane && other.breaker.isClosed && other.hasRoom);
      // Whoever waits comes first.
      if (idle === undefined || this.waiting.length > 0) return undefined;
      idle.take();
      return on(idle);
    };
    return await hedged(on(lane), another, { afterMs: hedgeAfterMs, clock: this.ports.clock, signal });
  }

  /** What the failure of one request says about the endpoint as a whole. */
  private told(failure: CompletionFailure): CompletionFailure {
    const { retryable, kind } = failure;
    if (this.lanes.every(({ breaker }) => breaker.isDown)) return this.lanes.length === 1 ? { ...failure, down: true } : { ...failure, down: true, message: `${failure.message} (the last of ${this.lanes.length} servers)` };
    const oneOfSeveral = this.lanes.length > 1 && (isOutOfOrder(failure) || kind === 'refused');
    return oneOfSeveral ? { ...failure, kind: 'network', retryable } : failure;
  }

  /** Waits for a server that has room. Whoever was sent before goes first. */
  private place(wish: Wish, signal: AbortSignal): Promise<Lane> {
    throwIfAborted(signal);
    const free = this.waiting.length === 0 || wish.again ? this.choose(wish) : undefined;
    if (free) {
      free.take();
      return Promise.resolve(free);
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.waiting = this.waiting.filter((other) => other !== waiter);
        if (this.waiting.length === 0) this.alarm?.abort();
        reject(abortReason(signal));
      };
      const waiter: Waiter = {
        ...wish,
        resolve: (lane) => {
          signal.removeEventListener('abort', onAbort);
          resolve(lane);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (wish.again) this.waiting.unshift(waiter);
      else this.waiting.push(waiter);
      this.pump();
    });
  }

  private choose({ failedOn, again }: Wish): Lane | undefined {
    const careful = again && this.lanes.some(({ breaker }) => breaker.isClosed);
    let chosen: Lane | undefined;
    for (const lane of this.lanes) {
      if (!lane.hasRoom || (careful && !lane.breaker.isClosed)) continue;
      const better = chosen === undefined || (failedOn.has(chosen) && !failedOn.has(lane)) || (failedOn.has(chosen) === failedOn.has(lane) && lane.load < chosen.load);
      if (better) chosen = lane;
    }
    return chosen;
  }

  private pump(): void {
    for (let waiter = this.waiting[0]; waiter; waiter = this.waiting[0]) {
      const lane = this.choose(waiter);
      if (!lane) break;
      this.waiting.shift();
      lane.take();
      waiter.resolve(lane);
    }
    if (this.waiting.length > 0) this.setAlarm();
    else this.alarm?.abort();
  }

  /** Wakes the queue when the first closed server may be asked again. Nothing is set while nobody waits: it would keep the process. */
  private setAlarm(): void {
    const closed = this.lanes.filter(({ waitMs }) => waitMs > 0);
    if (closed.length === 0) return;
    const waitMs = Math.min(...closed.map((lane) => lane.waitMs));
    const dueAt = this.ports.clock.now() + waitMs;
    if (this.alarm) {
      // An earlier one is needed: it is set when this one has ended.
      if (dueAt < this.alarm.dueAt - 1) this.alarm.abort();
      return;
    }
    const due = closed.filter((lane) => lane.waitMs <= waitMs);
    const alarm = Object.assign(new AbortController(), { dueAt });
    this.alarm = alarm;
    const ring = (awake: boolean) => {
      this.alarm = undefined;
      if (awake) due.forEach((lane) => lane.waitMs <= waitMs && lane.reopen());
      this.pump();
    };
    this.ports.clock.sleep(waitMs, alarm.signal).then(
      () => ring(true),
      () => ring(false),
    );
  }
}
