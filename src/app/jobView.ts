import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { jobFileSchema, type JobFile } from '../protocol/jobFile.ts';
import { systemErrorCode } from '../node/atomicFile.ts';
import { isAlive } from '../node/processes.ts';

/** `interrupted`: the file says running, but the process is gone or silent; running the same again goes on where it stood. */
export type JobState = 'running' | 'interrupted' | 'done' | 'failed' | 'stopped';

export type JobView = { readonly job: JobFile; readonly state: JobState; readonly logFile: string };

/** How a job's process is looked at; replaced in tests. */
export type ProcessProbe = { readonly host: string; readonly nowMs: number; readonly isAlive: (pid: number) => boolean };

/** A job renews its heartbeat every 5 s; a machine that was asleep, or a slow shared disk, gets some grace. */
const silentAfterMs = 30_000;

/** This machine's processes at this moment. */
export function localProcesses(nowMs: number): ProcessProbe {
  return { host: hostname(), nowMs, isAlive };
}

/** What is really the case with a job. A process of another machine is judged by its heartbeat alone. */
export function jobState(job: JobFile, probe: ProcessProbe): JobState {
  if (job.status !== 'running') return job.status;
  const silentMs = probe.nowMs - Date.parse(job.heartbeatAt);
  if (silentMs > silentAfterMs) return 'interrupted';
  if (job.host === probe.host && !probe.isAlive(job.pid)) return 'interrupted';
  return 'running';
}

/** All jobs of a project, the latest first. Files that are not job files are left out. */
export async function readJobs(directory: string, probe: ProcessProbe): Promise<readonly JobView[]> {
  const folder = jobsDirectory(directory);
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const views: JobView[] = [];
  for (const name of names.filter((n) => n.endsWith('.json'))) {
    const job = await readJobFile(join(folder, name));
    if (job) views.push({ job, state: jobState(job, probe), logFile: join(folder, `${job.id}.log`) });
  }
  return views.sort((a, b) => (a.job.startedAt < b.job.startedAt ? 1 : -1));
}

export function jobsDirectory(directory: string): string {
  return join(directory, '.looptool', 'jobs');
}

/** Undefined where there is no such file, or nothing readable in it. */
export async function readJobFile(file: string): Promise<JobFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const parsed = jobFileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
