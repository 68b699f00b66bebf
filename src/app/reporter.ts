import type { StageName } from '../core/rounds/manifest.ts';
import type { RoundReport } from '../core/rounds/roundReport.ts';
import type { RunnerEvent } from '../protocol/runnerEvents.ts';
import type { Clock } from '../node/clock.ts';

export type Emit = (event: RunnerEvent) => void;

const progressEveryMs = 200;
const rateWindowMs = 10_000;

/** Turns what use cases do into events: throttled progress with its rate and the time left. */
export class Reporter {
  private readonly clock: Clock;
  private readonly emit: Emit;

  constructor(clock: Clock, emit: Emit) {
    this.clock = clock;
    this.emit = emit;
  }

  note(message: string): void {
    this.emit({ at: this.at(), type: 'note', message });
  }

  warning(message: string): void {
    this.emit({ at: this.at(), type: 'warning', message });
  }

  jobStart(jobId: string, project: string, command: string): void {
    this.emit({ at: this.at(), type: 'job-start', jobId, project, command });
  }

  jobEnd(status: 'done' | 'failed' | 'stopped', code?: string, message?: string): void {
    this.emit({ at: this.at(), type: 'job-end', status, ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) });
  }

  report(report: RoundReport): void {
    this.emit({ at: this.at(), type: 'round-report', report });
  }

  result(command: string, data: unknown): void {
    this.emit({ at: this.at(), type: 'result', command, data });
  }

  stage(round: number, stage: StageName): StageProgress {
    return new StageProgress(this.clock, this.emit, round, stage);
  }

  private at(): string {
    return new Date(this.clock.now()).toISOString();
  }
}

/** Progress of one stage; `total` may grow while the stage plans further requests. */
export class StageProgress {
  private done = 0;
  private total = 0;
  private detail: string | undefined;
  private metrics: Readonly<Record<string, number>> | undefined;
  private lastEmitMs = -Infinity;
  private unsaid = false;
  private readonly marks: { readonly atMs: number; readonly done: number }[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly emit: Emit,
    private readonly round: number,
    private readonly stage: StageName,
  ) {}

  start(total: number, done: number): void {
    this.total = total;
    this.done = done;
    // A stage may have several parts, each with a start of its own.
    this.marks.splice(0, this.marks.length, { atMs: this.clock.now(), done });
    this.lastEmitMs = -Infinity;
    this.emit({ at: this.at(), type: 'stage-start', round: this.round, stage: this.stage, total, done });
  }

  add(count: number): void {
    this.update({ done: this.done + count });
  }

  grow(count: number): void {
    this.total += count;
  }

  update(change: { readonly done?: number; readonly total?: number; readonly detail?: string; readonly metrics?: Readonly<Record<string, number>> }): void {
    this.done = change.done ?? this.done;
    this.total = change.total ?? this.total;
    this.detail = change.detail ?? this.detail;
    this.metrics = change.metrics ?? this.metrics;
    const now = this.clock.now();
    // Progress is for people: five times a second is enough, but the last one is always said.
    this.unsaid = true;
    if (now - this.lastEmitMs < progressEveryMs && this.done < this.total) return;
    this.say(now);
  }

  private say(now: number): void {
    this.lastEmitMs = now;
    this.unsaid = false;
    const rate = this.rate(now);
    const secondsLeft = rate > 0 ? Math.max(0, (this.total - this.done) / rate) : undefined;
    this.emit({
      at: this.at(),
      type: 'progress',
      round: this.round,
      stage: this.stage,
      done: this.done,
      total: this.total,
      rate,
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.metrics === undefined ? {} : { metrics: { ...this.metrics } }),
    });
  }

  /** `partial`: the stage has more to do later in the round. */
  end(status: 'done' | 'failed' | 'stopped', counts: Readonly<Record<string, number>>, notes: readonly string[], partial = false): void {
    // A stage that stops early has not said its last.
    if (this.unsaid) this.say(this.clock.now());
    this.emit({ at: this.at(), type: 'stage-end', round: this.round, stage: this.stage, status, ...(partial ? { partial } : {}), counts: { ...counts }, notes: [...notes] });
  }

  /** Items a second over the last moments. */
  private rate(now: number): number {
    this.marks.push({ atMs: now, done: this.done });
    while (this.marks.length > 2 && now - (this.marks[1]?.atMs ?? now) > rateWindowMs) this.marks.shift();
    const first = this.marks[0];
    if (!first || now <= first.atMs) return 0;
    return Math.round(((this.done - first.done) / (now - first.atMs)) * 1_000_000) / 1000;
  }

  private at(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
