import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { l10n, window, type LogOutputChannel } from 'vscode';
import { LoopToolError } from '../../core/errors.ts';
import type { JobRequest } from '../../protocol/jobFile.ts';
import type { JobMonitor, WatchedJob } from './jobMonitor.ts';
import type { EndpointKeys } from '../endpointKeys.ts';
import type { Project } from '../projects.ts';

export type JobAction = JobRequest['action'];

const startWithinMs = 15_000;

/** Starts jobs as processes of their own, which no window owns, and asks them to stop. */
export class JobLauncher {
  constructor(
    private readonly runner: string,
    private readonly keys: EndpointKeys,
    private readonly monitor: JobMonitor,
    private readonly log: LogOutputChannel,
  ) {}

  /**
   * Resolves when the job has written its job file. Where a process that this window did not know of works on the round already,
   * that job is shown in its place, and a message says so. Throws LoopToolError: `config-invalid`, or `engine-failed` when the job ends before that.
   */
  async start(project: Project, action: JobAction): Promise<void> {
    const { openProject } = await import('../../app/project.ts');
    const { files } = await openProject(project.directory);
    if (await this.#attach(project, action)) return;
    const id = jobId(new Date());
    mkdirSync(files.jobs(), { recursive: true });
    const logFile = files.jobLog(id);
    const request: JobRequest = { project: project.directory, id, action, keys: await this.keys.forProject(project.directory) };
    const ended = this.#spawn(project, request, logFile);
    this.log.info(`Job ${id} started in ${project.directory}, log ${logFile}`);
    for (let waitedMs = 0; waitedMs < startWithinMs; waitedMs += 100) {
      if (existsSync(files.jobFile(id))) return this.monitor.refresh();
      const code = await Promise.race([ended, sleep(100)]);
      // A short job may have written its file and ended since the last look: then the file says how it went.
      if (code !== undefined && !existsSync(files.jobFile(id))) throw await this.#failure(code, logFile);
    }
    throw new LoopToolError('engine-failed', l10n.t('The job did not report within {0} seconds. Its log is {1}.', startWithinMs / 1000, logFile));
  }

  async #attach(project: Project, action: JobAction): Promise<boolean> {
    const { jobInTheWay } = await import('../../app/followJob.ts');
    const other = await jobInTheWay(project.directory, action, Date.now());
    if (other === undefined) return false;
    await this.monitor.refresh();
    void window.showInformationMessage(l10n.t('Round {0} is being worked on already, by process {1} ({2}). It is shown here and goes on.', other.round, other.job.pid, other.job.command));
    return true;
  }

  /** Runs again what the interrupted job did; what is finished costs nothing. */
  async resume(job: WatchedJob): Promise<void> {
    const { actionOf } = await import('../../app/jobAction.ts');
    await this.start(job.project, actionOf(job.view.job.command));
  }

  /** Asks the process to end; it keeps everything that is finished. Throws `engine-failed` for a job that is not this machine's to end. */
  stop({ view: { job } }: WatchedJob): void {
    // A shared folder shows jobs of other machines, whose process numbers mean other processes here.
    if (job.host !== hostname()) throw new LoopToolError('engine-failed', l10n.t('The job runs on another machine, {0}, as process {1}. Stop it there.', job.host, job.pid));
    this.log.info(`Stopping job ${job.id} (process ${job.pid})`);
    try {
      process.kill(job.pid, 'SIGTERM');
    } catch (cause) {
      throw new LoopToolError('engine-failed', l10n.t('The job could not be stopped: process {0} takes no signal from here. It may have ended, or belong to another user.', job.pid), { cause });
    }
  }

  /** Resolves to the exit code. The job keeps its log itself; what a crash writes to standard error goes there too. */
  #spawn(project: Project, request: JobRequest, logFile: string): Promise<number> {
    const log = openSync(logFile, 'a', 0o600);
    try {
      const child = spawn(process.execPath, [this.runner], {
        cwd: project.directory,
        detached: true,
        windowsHide: true,
        stdio: ['pipe', 'ignore', log],
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      });
      const ended = new Promise<number>((resolve) => {
        child.once('error', (error) => {
          this.log.error(error);
          resolve(-1);
        });
        child.once('exit', (code) => resolve(code ?? -1));
      });
      child.stdin?.on('error', (error) => this.log.error(error));
      child.stdin?.end(`${JSON.stringify(request)}\n`);
      child.unref();
      return ended;
    } finally {
      closeSync(log);
    }
  }

  async #failure(code: number, logFile: string): Promise<LoopToolError> {
    const { lastMessage } = await import('../../app/jobLog.ts');
    const said = await lastMessage(logFile);
    return new LoopToolError('engine-failed', said ?? l10n.t('The job ended at once with exit code {0}. Its log is {1}.', code, logFile));
  }
}

/** Sorts by time, and two windows never make the same. */
function jobId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${Math.floor(Math.random() * 0xffff_ffff).toString(16).padStart(8, '0')}`;
}

function sleep(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
