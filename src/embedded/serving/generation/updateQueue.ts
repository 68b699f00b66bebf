/** Hands items from callbacks to one `for await`. Ends after `finish`, throws what `fail` was given. */
export class UpdateQueue<T> {
  private readonly items: T[] = [];
  private outcome: { readonly error?: unknown } | undefined;
  private wake: (() => void) | undefined;

  push(item: T): void {
    this.items.push(item);
    this.wake?.();
  }

  finish(): void {
    this.outcome ??= {};
    this.wake?.();
  }

  fail(error: unknown): void {
    this.outcome ??= { error };
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      for (let item = this.items.shift(); item !== undefined; item = this.items.shift()) yield item;
      if (this.outcome && 'error' in this.outcome) throw this.outcome.error;
      if (this.outcome) return;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
