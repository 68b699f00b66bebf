import type { Disposable, LogOutputChannel } from 'vscode';
import type { FollowedLines } from '../../app/followedLines.ts';
import type { RunnerEvent } from '../../protocol/runnerEvents.ts';
import type { JobMonitor, WatchedJob } from './jobMonitor.ts';

/** Writes what the attached job says into the output channel: its stages, notes and end, not each step of its progress. */
export class JobLogFollower implements Disposable {
  #job: string | undefined;
  #lines: FollowedLines<RunnerEvent> | undefined;
  #told = 0;
  #reading: Promise<void> = Promise.resolve();
  readonly #subscriptions: readonly Disposable[];

  constructor(
    monitor: JobMonitor,
    private readonly log: LogOutputChannel,
  ) {
    const follow = (job: WatchedJob | undefined): void => {
      if (job) this.#reading = this.#reading.then(() => this.#follow(job)).catch((error: unknown) => this.log.warn(String(error)));
    };
    this.#subscriptions = [monitor.onDidChange(() => follow(monitor.running)), monitor.onDidEnd(follow)];
  }

  async #follow({ view }: WatchedJob): Promise<void> {
    if (this.#job !== view.job.id || !this.#lines) {
      const [{ FollowedLines: Lines }, { runnerEventSchema }] = await Promise.all([import('../../app/followedLines.ts'), import('../../protocol/runnerEvents.ts')]);
      this.#job = view.job.id;
      this.#told = 0;
      this.#lines = new Lines(view.logFile, (value) => {
        const parsed = runnerEventSchema.safeParse(value);
        return parsed.success ? parsed.data : undefined;
      });
    }
    await this.#lines.refresh();
    for (const event of this.#lines.items.slice(this.#told)) this.#tell(event);
    this.#told = this.#lines.items.length;
  }

  #tell(event: RunnerEvent): void {
    switch (event.type) {
      case 'job-start':
        this.log.info(`Job ${event.jobId}: ${event.command} in ${event.project}`);
        break;
      case 'stage-start':
        this.log.info(`Round ${event.round} ${event.stage}: started, ${event.done} of ${event.total} done`);
        break;
      case 'stage-end':
        this.log.info(`Round ${event.round} ${event.stage}: ${event.status} ${JSON.stringify(event.counts)}`);
        for (const note of event.notes) this.log.info(`  ${note}`);
        break;
      case 'note':
        this.log.info(event.message);
        break;
      case 'warning':
        this.log.warn(event.message);
        break;
      case 'job-end':
        if (event.status === 'failed') this.log.error(`Job failed: ${event.message ?? event.code ?? ''}`);
        else this.log.info(`Job ${event.status}`);
        break;
      case 'progress':
      case 'reading':
      case 'round-report':
      case 'result':
        break;
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
