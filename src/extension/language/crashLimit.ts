/** Says when it has crashed too often: more than `most` times within `withinMs`. */
export class CrashLimit {
  #times: readonly number[] = [];

  constructor(
    private readonly most: number,
    private readonly withinMs: number,
  ) {}

  /** One more crash, at this time in milliseconds; whether to try again. */
  add(now: number): boolean {
    this.#times = [...this.#times.filter((time) => now - time < this.withinMs), now];
    return this.#times.length <= this.most;
  }

  reset(): void {
    this.#times = [];
  }
}
