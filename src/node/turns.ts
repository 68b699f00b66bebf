/** Work in pieces goes on for so long, in milliseconds, before others are let in. */
const longestTurn = 5;

/** Long work, cut into turns by the time that they take; `letIn` resolves when others had theirs. */
export class Turns {
  private end = performance.now() + longestTurn;

  constructor(private readonly letIn: () => Promise<void>) {}

  get isOver(): boolean {
    return performance.now() >= this.end;
  }

  async next(): Promise<void> {
    await this.letIn();
    this.end = performance.now() + longestTurn;
  }
}
