import { stageNames, type StageName, type StageState } from '../core/rounds/manifest.ts';
import type { RoundReport } from '../core/rounds/roundReport.ts';
import type { JobFile } from '../protocol/jobFile.ts';
import { isRunning, readJobs } from '../node/jobs.ts';
import { findServer } from '../node/serverProcess.ts';
import { atProject } from './atProject.ts';
import type { AppPorts } from './ports.ts';
import { openProject } from './project.ts';
import { makeReport } from './report.ts';
import { Round } from './round.ts';

export type StageStatus = Readonly<StageState> & { readonly stage: StageName };
export type ProjectStatus = {
  readonly project: string;
  readonly name: string;
  readonly rounds: readonly { readonly round: number; readonly stages: readonly StageStatus[]; readonly report: RoundReport }[];
  readonly jobs: readonly JobFile[];
  readonly server: { readonly baseUrl: string; readonly pid: number } | undefined;
  /** What to do next. */
  readonly next: string;
};

export async function projectStatus(ports: AppPorts, root: string): Promise<ProjectStatus> {
  const project = await openProject(root);
  const jobs = (await readJobs(project.files)).filter((job) => isRunning(job, ports.clock.now()));
  const rounds = [];
  for (const number of await project.files.listRounds()) {
    const manifest = await project.files.round(number).readManifest();
    if (!manifest) continue;
    const round = new Round(project.files.round(number), manifest);
    const stages = stageNames.map((stage) => ({ stage, ...round.stage(stage), status: shownStatus(round.stage(stage).status, jobs.length > 0) }));
    rounds.push({ round: number, stages, report: await makeReport(project, round), done: round.isDone() });
  }
  const server = await findServer(project.files, new AbortController().signal);
  const finished = rounds.filter(({ done }) => done).length;
  return {
    project: project.files.root,
    name: project.config.name,
    rounds: rounds.map(({ done: _done, ...round }) => round),
    jobs,
    server: server && { baseUrl: server.baseUrl, pid: server.pid },
    next: jobs.length > 0 ? 'A job is running; wait for it, or stop it.' : `looptool run --rounds ${finished + 1}${atProject(root)}`,
  };
}

/** A job that was killed could not write that it ended. */
function shownStatus(status: StageState['status'], jobRuns: boolean): StageState['status'] {
  return status === 'running' && !jobRuns ? 'stopped' : status;
}
