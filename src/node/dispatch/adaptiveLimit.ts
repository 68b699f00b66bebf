/** How many requests one server is given at a time, and what its answers say about that. */
export interface ConcurrencyLimit {
  /** At least 1. */
  readonly limit: number;
  /** An attempt ended. `overload`: the server refused for being asked too much. `busy`: requests were waiting for a place. */
  ended(how: 'answered' | 'overload' | 'failed', at: { readonly now: number; readonly busy: boolean }): void;
}

export function fixedLimit(limit: number): ConcurrencyLimit {
  return { limit, ended: () => undefined };
}

const first = 8;
const leastAnswers = 8;
/** Doubling goes on while it brings this much. */
const worthDoubling = 1.15;
/** A step is kept when it brings this much; less is noise. */
const worthStep = 1.03;
const longestHold = 32;
const holdAfterRefusal = 1;

/**
 * Looks for the limit with the highest rate of answers. It doubles while that pays, then holds, and now and then tries
 * a step up and a step down: the rate alone decides, so that it finds the number of slots of a server that queues, the
 * top of one that gets slower under load, and stays under a rate limit, where each refusal takes it down.
 *
 * A rate is measured over whole multiples of the limit, and not before the requests of the limit before have ended:
 * answers come in waves as wide as the limit.
 */
export class AdaptiveLimit implements ConcurrencyLimit {
  private current: number;
  private phase: 'doubling' | 'holding' | 'up' | 'down' = 'doubling';
  /** Best limit that was measured, and its rate in answers per millisecond. */
  private best: { limit: number; rate: number };
  private settle: number;
  private measuredFrom = 0;
  private answers = 0;
  private hold = 2;
  private held = 0;
  /** Refusals of requests that were under way when the limit went down say nothing new: so many answers long. */
  private deaf = 0;

  constructor(private readonly most: number) {
    this.current = Math.min(first, most);
    this.best = { limit: this.current, rate: 0 };
    this.settle = this.current;
  }

  get limit(): number {
    return this.current;
  }

  ended(how: 'answered' | 'overload' | 'failed', { now, busy }: { readonly now: number; readonly busy: boolean }): void {
    // A server that answers nothing at all is heard in the end.
    if (this.deaf > 0) this.deaf -= how === 'overload' ? 0.25 : 1;
    if (how === 'overload') return this.refused();
    // A request that failed otherwise counts for the pace: it was taken and ended.
    if (!busy) return this.restart();
    if (this.settle > 0) {
      this.settle -= 1;
      if (this.settle === 0) this.measuredFrom = now;
      return;
    }
    this.answers += 1;
    if (this.answers % this.current !== 0 || this.answers < leastAnswers || now <= this.measuredFrom) return;
    const rate = this.answers / (now - this.measuredFrom);
    this.measured(rate);
  }

  private measured(rate: number): void {
    const { best } = this;
    switch (this.phase) {
      case 'doubling':
        if (rate > best.rate * worthStep) this.best = { limit: this.current, rate };
        if (rate >= best.rate * worthDoubling && this.current < this.most) return this.go(this.current * 2, 'doubling');
        return this.go(this.best.limit, 'holding');
      case 'holding':
        // Servers change: what is compared with is what the limit brings now.
        this.best = { limit: this.current, rate: this.held === 0 ? rate : best.rate * 0.7 + rate * 0.3 };
        this.held += 1;
        if (this.held < this.hold) return this.restart();
        return this.go(this.step(1.25), 'up');
      case 'up':
        if (rate > best.rate * worthStep) return this.keep(rate, 'up');
        return this.go(Math.max(1, Math.min(best.limit - 1, Math.round(best.limit * 0.8))), 'down');
      case 'down':
        if (rate > best.rate * worthStep) return this.keep(rate, 'down');
        this.hold = Math.min(longestHold, this.hold * 2);
        return this.go(best.limit, 'holding');
    }
  }

  /** A step that paid is the new best, and the next step goes the same way. */
  private keep(rate: number, way: 'up' | 'down'): void {
    this.best = { limit: this.current, rate };
    this.hold = 2;
    this.go(this.step(way === 'up' ? 1.25 : 0.8), way);
  }

  private step(factor: number): number {
    return factor > 1 ? Math.max(this.current + 1, Math.round(this.current * factor)) : Math.min(this.current - 1, Math.round(this.current * factor));
  }

  private refused(): void {
    if (this.deaf > 0) return;
    this.deaf = this.current;
    this.hold = holdAfterRefusal;
    this.go(Math.floor(this.current * 0.95), 'holding');
  }

  private go(limit: number, phase: AdaptiveLimit['phase']): void {
    this.current = Math.max(1, Math.min(this.most, limit));
    this.phase = phase;
    this.held = 0;
    this.settle = this.current;
    this.answers = 0;
  }

  private restart(): void {
    this.answers = 0;
    // What is in flight belongs to this limit already.
    this.settle = 1;
  }
}
