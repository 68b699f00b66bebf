import { isRunning, readJobs as readJobFiles } from '../node/jobs.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import type { JobFile } from '../protocol/jobFile.ts';

/** `interrupted`: the file says running, but the process is gone or silent; running the same again goes on where it stood. */
export type JobState = 'running' | 'interrupted' | 'done' | 'failed' | 'stopped';

export type JobView = { readonly job: JobFile; readonly state: JobState; readonly logFile: string };

/** All jobs of a project as they really are at `nowMs`, the latest first. */
export async function readJobViews(directory: string, nowMs: number): Promise<readonly JobView[]> {
  const files = new ProjectFiles(directory);
  const jobs = await readJobFiles(files);
  return jobs.map((job): JobView => ({ job, state: jobState(job, nowMs), logFile: files.jobLog(job.id) })).reverse();
}

function jobState(job: JobFile, nowMs: number): JobState {
  if (job.status !== 'running') return job.status;
  return isRunning(job, nowMs) ? 'running' : 'interrupted';
}
