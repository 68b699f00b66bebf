/** Time that the page was looked at since the last start, in ms: it stands while the page is hidden. */
export class Stopwatch {
  private gathered = 0;
  private since: number | undefined;

  constructor() {
    document.addEventListener('visibilitychange', () => this.pauseOrGoOn());
    this.restart();
  }

  restart(): void {
    this.gathered = 0;
    this.since = document.hidden ? undefined : performance.now();
  }

  elapsedMs(): number {
    return Math.round(this.gathered + (this.since === undefined ? 0 : performance.now() - this.since));
  }

  private pauseOrGoOn(): void {
    this.gathered = this.elapsedMs();
    this.since = document.hidden ? undefined : performance.now();
  }
}
