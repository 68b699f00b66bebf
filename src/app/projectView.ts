import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectConfigSchema, type ProjectConfig } from '../core/config/projectConfig.ts';
import { decisionOperationSchema } from '../core/review/decision.ts';
import { foldDecisions, type DecisionState } from '../core/review/foldDecisions.ts';
import { roundManifestSchema, stageNames, type RoundManifest, type StageName } from '../core/rounds/manifest.ts';
import { roundReportSchema, type RoundReport } from '../core/rounds/roundReport.ts';
import { systemErrorCode } from '../node/atomicFile.ts';
import { FollowedLines } from './followedLines.ts';
import { readJobs, type JobView, type ProcessProbe } from './jobView.ts';

/** `interrupted`: the manifest says running, but no job runs; running the stage again goes on where it stood. */
export type StageStatus = 'pending' | 'running' | 'done' | 'failed' | 'stopped' | 'interrupted';

export type StageProgress = { readonly done: number; readonly total: number; readonly rate: number | undefined; readonly secondsLeft: number | undefined };

export type StageView = {
  readonly stage: StageName;
  readonly status: StageStatus;
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly error: string | undefined;
  /** Of the job that runs it now. */
  readonly progress: StageProgress | undefined;
  /** It belongs to the latest round, and the stages that it needs are done. */
  readonly runnable: boolean;
};

export type RoundView = {
  readonly round: number;
  readonly directory: string;
  readonly createdAt: string;
  readonly stages: readonly StageView[];
  readonly models: RoundManifest['models'];
  /** Roles whose answers are simulated in this round. */
  readonly simulated: readonly string[];
};

/** What the tree shows of a project at its first two levels: small files only. */
export type ProjectView = {
  readonly directory: string;
  readonly name: string;
  readonly config: ProjectConfig | undefined;
  /** Why looptool.json cannot be used, as one sentence. */
  readonly problem: string | undefined;
  readonly rounds: readonly RoundView[];
  /** The latest first. */
  readonly jobs: readonly JobView[];
};

const decisionsOfNobody = foldDecisions([]);

export function roundsDirectory(directory: string): string {
  return join(directory, '.looptool', 'rounds');
}

export function roundDirectory(directory: string, round: number): string {
  return join(roundsDirectory(directory), String(round).padStart(4, '0'));
}

/** Reads manifests and job files anew; a round whose manifest cannot be read is left out. */
export async function readProjectView(directory: string, probe: ProcessProbe): Promise<ProjectView> {
  const [reading, jobs, numbers] = await Promise.all([readConfig(directory), readJobs(directory, probe), roundNumbers(directory)]);
  const running = jobs.find((j) => j.state === 'running');
  const rounds: RoundView[] = [];
  for (const number of numbers) {
    const manifest = await readManifest(directory, number);
    if (manifest) rounds.push(roundView(directory, manifest, running, number === numbers.at(-1)));
  }
  return { directory, ...reading, rounds, jobs };
}

/** The report of a round that has come to its end; undefined before that. */
export async function readRoundReport(directory: string, round: number): Promise<RoundReport | undefined> {
  const value = await readJson(join(roundDirectory(directory, round), 'report.json'));
  const parsed = roundReportSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** People's decisions, as they stand now. */
export async function readDecisions(directory: string): Promise<DecisionState> {
  const lines = new FollowedLines(join(directory, '.looptool', 'decisions.jsonl'), (value) => {
    const parsed = decisionOperationSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  });
  await lines.refresh();
  return lines.items.length === 0 ? decisionsOfNobody : foldDecisions(lines.items);
}

export async function readConfig(directory: string): Promise<{ readonly name: string; readonly config: ProjectConfig | undefined; readonly problem: string | undefined }> {
  const fallback = directory.split(/[\\/]/).at(-1) ?? directory;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(directory, 'looptool.json'), 'utf8'));
  } catch (error) {
    return { name: fallback, config: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
  const parsed = projectConfigSchema.safeParse(value);
  if (parsed.success) return { name: parsed.data.name, config: parsed.data, problem: undefined };
  const issue = parsed.error.issues[0];
  return { name: fallback, config: undefined, problem: issue ? `${issue.path.join('.') || 'looptool.json'}: ${issue.message}` : 'not a project file' };
}

async function roundNumbers(directory: string): Promise<readonly number[]> {
  try {
    const names = await readdir(roundsDirectory(directory));
    return names.filter((n) => /^\d{4,}$/.test(n)).map(Number).sort((a, b) => a - b);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readManifest(directory: string, round: number): Promise<RoundManifest | undefined> {
  const parsed = roundManifestSchema.safeParse(await readJson(join(roundDirectory(directory, round), 'round.json')));
  return parsed.success ? parsed.data : undefined;
}

/** Undefined where the file is missing or no JSON. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function roundView(directory: string, manifest: RoundManifest, running: JobView | undefined, latest: boolean): RoundView {
  const done = (stage: StageName): boolean => manifest.stages[stage].status === 'done';
  const stages = stageNames.map((stage): StageView => {
    const state = manifest.stages[stage];
    const job = running?.job.round === manifest.round && running.job.stage === stage ? running.job : undefined;
    const status = state.status === 'running' && !running ? 'interrupted' : job && state.status !== 'done' ? 'running' : state.status;
    return {
      stage,
      status,
      counts: state.counts,
      notes: state.notes,
      error: state.error,
      progress: job?.total === undefined ? undefined : { done: job.done ?? 0, total: job.total, rate: job.rate, secondsLeft: job.secondsLeft },
      runnable: latest && running === undefined && status !== 'done' && needs[stage].every(done),
    };
  });
  const roles = ['policy', 'judge', 'generator'] as const;
  return {
    round: manifest.round,
    directory: roundDirectory(directory, manifest.round),
    createdAt: manifest.createdAt,
    stages,
    models: manifest.models,
    simulated: roles.filter((role) => manifest.config.endpoints[role].kind === 'simulated'),
  };
}

const needs: Readonly<Record<StageName, readonly StageName[]>> = {
  train: [],
  probe: ['train'],
  verify: ['probe'],
  expand: ['verify'],
  compose: ['expand'],
  evaluate: ['train'],
};
