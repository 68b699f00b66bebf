import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { finished } from 'node:stream/promises';
import { jobFileSchema, type JobFile } from '../protocol/jobFile.ts';
import type { RunnerEvent } from '../protocol/runnerEvents.ts';
import { systemErrorCode, writeFileAtomic } from './atomicFile.ts';
import type { Clock } from './clock.ts';
import { isAlive } from './processes.ts';
import { readText, type ProjectFiles } from './projectFiles.ts';
import { makeStateFolder } from './stateFolder.ts';

const heartbeatMs = 2000;

/** Keeps `jobs/<id>.json` (heartbeat, progress) and `jobs/<id>.log` (the events) while a job runs. */
export class JobRecord {
  private file: JobFile;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private logFailed = false;

  private constructor(
    private readonly files: ProjectFiles,
    private readonly clock: Clock,
    private readonly log: WriteStream,
    file: JobFile,
  ) {
    this.file = file;
    // A log that cannot be written must not stop the job either; without a listener the error would end the process.
    log.on('error', () => (this.logFailed = true));
  }

  static async start(files: ProjectFiles, id: string, command: string, clock: Clock, budgets: JobFile['budgets'] = {}): Promise<JobRecord> {
    await makeStateFolder(files);
    await mkdir(files.jobs(), { recursive: true });
    const at = new Date(clock.now()).toISOString();
    const record = new JobRecord(files, clock, createWriteStream(files.jobLog(id), { flags: 'a' }), {
      v: 1,
      id,
      pid: process.pid,
      host: hostname(),
      command,
      startedAt: at,
      heartbeatAt: at,
      status: 'running',
      ...(Object.keys(budgets).length === 0 ? {} : { budgets }),
    });
    await record.write();
    record.timer = setInterval(() => void record.write(), heartbeatMs);
    record.timer.unref();
    return record;
  }

  /** Takes an event into the log and into what the job file shows with its next heartbeat. */
  record(event: RunnerEvent): void {
    if (!this.logFailed) this.log.write(`${JSON.stringify(event)}\n`);
    if (event.type === 'stage-start') {
      const { rate: _rate, secondsLeft: _left, ...rest } = this.file;
      this.file = { ...rest, round: event.round, stage: event.stage, done: event.done, total: event.total };
    } else if (event.type === 'progress') {
      const { secondsLeft: _left, ...rest } = this.file;
      this.file = { ...rest, round: event.round, stage: event.stage, done: event.done, total: event.total, rate: event.rate, ...(event.secondsLeft === undefined ? {} : { secondsLeft: event.secondsLeft }), ...(event.metrics === undefined ? {} : { metrics: { ...rest.metrics, ...event.metrics } }) };
    } else if (event.type === 'job-end') {
      this.file = { ...this.file, status: event.status, ...(event.code === undefined ? {} : { code: event.code }), ...(event.message === undefined ? {} : { message: event.message }) };
    }
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
    if (this.logFailed) return;
    this.log.end();
    await finished(this.log).catch(() => undefined);
  }

  /** One write at a time; a job file that cannot be written must not stop the job. */
  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      this.file = { ...this.file, heartbeatAt: new Date(this.clock.now()).toISOString() };
      await writeFileAtomic(this.files.jobFile(this.file.id), `${JSON.stringify(this.file)}\n`).catch(() => undefined);
    });
    return this.writing;
  }
}

/** All job files that can be read, oldest first. */
export async function readJobs(files: ProjectFiles): Promise<readonly JobFile[]> {
  const names = await readdir(files.jobs()).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const jobs: JobFile[] = [];
  for (const name of names.filter((entry) => entry.endsWith('.json'))) {
    const job = await readJob(files, name.slice(0, -'.json'.length));
    if (job) jobs.push(job);
  }
  return jobs.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** Undefined where there is no such file, or none that can be read. */
export async function readJob(files: ProjectFiles, id: string): Promise<JobFile | undefined> {
  return jobFileSchema.safeParse(tryParse(await readText(files.jobFile(id)))).data;
}

/** A job says `running` for ever when it was killed: on this host its process decides, elsewhere its heartbeat. */
export function isRunning(job: JobFile, now: number): boolean {
  if (job.status !== 'running') return false;
  if (job.host === hostname() && !isAlive(job.pid)) return false;
  return now - Date.parse(job.heartbeatAt) < 30_000;
}

function tryParse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
