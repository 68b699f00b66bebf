import { commands, EventEmitter, workspace, type Disposable, type Event, type LogOutputChannel, type Memento } from 'vscode';
import type { JobView } from '../../app/jobView.ts';
import type { Project, Projects } from '../projects.ts';

export type WatchedJob = { readonly project: Project; readonly view: JobView };

const pollMs = 1000;
const watchedKey = 'looptool.watchedJobs';

/**
 * What the job files say, for all projects of the window. A job is found whoever started it, and wherever: this is how a
 * window attaches after a reload. While one runs, its small file is read once a second, because watchers fail silently.
 */
export class JobMonitor implements Disposable {
  #running: WatchedJob | undefined;
  #resumable: WatchedJob | undefined;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #signature = '';
  readonly #changed = new EventEmitter<void>();
  readonly #ended = new EventEmitter<WatchedJob>();
  /** Anything that the status bar or the tree shows of a job is different now. */
  readonly onDidChange: Event<void> = this.#changed.event;
  /** A job that a window of this workspace saw running has come to its end; once for each job. */
  readonly onDidEnd: Event<WatchedJob> = this.#ended.event;

  constructor(
    private readonly projects: Projects,
    private readonly memory: Memento,
    private readonly log: LogOutputChannel,
  ) {}

  get running(): WatchedJob | undefined {
    return this.#running;
  }

  /** The latest job of a project where that is one that was cut off or stopped: running the same again goes on where it stood. */
  get resumable(): WatchedJob | undefined {
    return this.#resumable;
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh()
      .catch((error: unknown) => this.log.warn(`Job files could not be read: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        this.#refreshing = undefined;
        this.#schedule();
      });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    if (this.projects.all.length === 0) return this.#take(undefined, undefined, []);
    const { readJobViews } = await import('../../app/jobView.ts');
    let running: WatchedJob | undefined;
    let resumable: WatchedJob | undefined;
    const all: WatchedJob[] = [];
    for (const project of this.projects.all) {
      const views = await readJobViews(project.directory, Date.now());
      all.push(...views.map((view) => ({ project, view })));
      const live = views.find((v) => v.state === 'running');
      if (live) running ??= { project, view: live };
      const latest = views[0];
      if (latest?.state === 'interrupted' || latest?.state === 'stopped') resumable ??= { project, view: latest };
    }
    await this.#take(running, resumable, all);
  }

  async #take(running: WatchedJob | undefined, resumable: WatchedJob | undefined, all: readonly WatchedJob[]): Promise<void> {
    this.#running = running;
    this.#resumable = resumable;
    await this.#noteEnds(running, all);
    const signature = JSON.stringify([running?.view.job, resumable?.view.job.id]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    await commands.executeCommand('setContext', 'looptool.jobRunning', running !== undefined);
    await commands.executeCommand('setContext', 'looptool.jobResumable', running === undefined && resumable !== undefined);
    this.#changed.fire();
  }

  /** The memory of the workspace, not of the window: a job that ends while no window is open is told of in the next one. */
  async #noteEnds(running: WatchedJob | undefined, all: readonly WatchedJob[]): Promise<void> {
    const watched = new Set(this.memory.get<readonly string[]>(watchedKey, []));
    const before = watched.size;
    const ended = all.filter(({ view }) => view.state !== 'running' && watched.delete(view.job.id));
    if (running && !watched.has(running.view.job.id)) watched.add(running.view.job.id);
    if (ended.length > 0 || watched.size !== before) await this.memory.update(watchedKey, [...watched]);
    const latest = ended[0];
    if (latest && workspace.getConfiguration('looptool').get<boolean>('notifications.jobEnd', true)) this.#ended.fire(latest);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#running ? setTimeout(() => void this.refresh(), pollMs) : undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
    this.#ended.dispose();
  }
}
