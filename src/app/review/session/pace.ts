import type { Decision } from '../../../core/review/decision.ts';

/** A longer gap between two decisions is a break, and no time of reviewing. */
const longestGapMs = 5 * 60_000;
const hourMs = 3_600_000;
const fewest = 5;

/** Decisions of one person as a rate: over their last hour of reviewing, breaks left out. */
export class Pace {
  #recent: { readonly id: string; readonly at: number; readonly elapsedMs: number }[] = [];

  constructor(private readonly user: string) {}

  /** From all that stands, newest last; looks no further back than it has to. */
  load(standing: readonly Decision[]): void {
    const found: Decision[] = [];
    for (let i = standing.length - 1; i >= 0 && found.length < 1000; i--) {
      const decision = standing[i];
      if (decision !== undefined && this.#counts(decision)) found.push(decision);
    }
    this.#recent = [];
    for (const decision of found.reverse()) this.add(decision);
  }

  add(decision: Decision): void {
    if (!this.#counts(decision)) return;
    this.#recent.push({ id: decision.id, at: Date.parse(decision.at), elapsedMs: decision.elapsedMs ?? 0 });
    if (this.#recent.length > 2000) this.#recent.splice(0, 1000);
  }

  remove(decisions: readonly Decision[]): void {
    const ids = new Set(decisions.map(({ id }) => id));
    this.#recent = this.#recent.filter(({ id }) => !ids.has(id));
  }

  /** Undefined before there are five. */
  get perHour(): number | undefined {
    let spentMs = 0;
    let count = 0;
    for (let i = this.#recent.length - 1; i >= 0 && spentMs < hourMs; i--) {
      const decision = this.#recent[i];
      if (decision === undefined) break;
      const gap = decision.at - (this.#recent[i - 1]?.at ?? Number.NEGATIVE_INFINITY);
      spentMs += gap >= 0 && gap <= longestGapMs ? gap : Math.min(decision.elapsedMs, longestGapMs);
      count++;
    }
    return count < fewest || spentMs <= 0 ? undefined : (count * hourMs) / spentMs;
  }

  #counts({ by, way }: Decision): boolean {
    return by === this.user && (way === undefined || way === 'single' || way === 'cherryPick');
  }
}
