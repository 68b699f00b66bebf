/** What was answered and is on its way to the disk: bounded, and waited for at the end. The first failure is kept. */
export class PendingWrites {
  private readonly writes = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;
  private waiting: (() => void)[] = [];

  /** @param most So many may be under way before `room` waits. */
  constructor(private readonly most: number) {}

  /** `then` runs when it is written. */
  add(written: Promise<void>, then: () => void): void {
    const tracked: Promise<void> = written.then(then).then(
      () => this.ended(tracked),
      (error: unknown) => {
        this.failure ??= { error };
        this.ended(tracked);
      },
    );
    this.writes.add(tracked);
  }

  /** Resolves when the disk has caught up: a slow one must not fill the memory. */
  async room(): Promise<void> {
    while (this.writes.size > this.most) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async all(): Promise<void> {
    await Promise.all(this.writes);
  }

  throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }

  private ended(tracked: Promise<void>): void {
    this.writes.delete(tracked);
    if (this.writes.size <= this.most) this.waiting.splice(0).forEach((resume) => resume());
  }
}
