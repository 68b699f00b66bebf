import { isWanted } from './waiting.ts';

/** Lets messages in that have arrived meanwhile: changes and cancellations. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Work in pieces goes on for so long, in milliseconds, before others are let in. */
const longestTurn = 5;
/** Background work lets requests pass for so long at most, in milliseconds: one of them may wait for just this work. */
const longestWait = 100;

/** Long work of a request, cut into turns by the time that they take. */
export class Turns {
  private end = performance.now() + longestTurn;

  get isOver(): boolean {
    return performance.now() >= this.end;
  }

  async next(): Promise<void> {
    await pause();
    this.end = performance.now() + longestTurn;
  }
}

/** Work that nobody waits for, cut into turns; between two of them whatever somebody waits for is done first. */
export class BackgroundTurns extends Turns {
  /** `isUrgent`: a request waits for this work. */
  constructor(private readonly isUrgent: () => boolean = () => false) {
    super();
  }

  override async next(): Promise<void> {
    await super.next();
    const until = performance.now() + longestWait;
    while (isWanted() && !this.isUrgent() && performance.now() < until) await super.next();
  }
}
