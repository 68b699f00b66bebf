import { basename } from 'node:path';
import { parseProjectConfig, type ConfigProblem } from '../core/config/parse.ts';
import type { ProjectConfig } from '../core/config/projectConfig.ts';
import { isLoopToolError } from '../core/errors.ts';
import { stageNames, stageNeeds, type RoundManifest, type StageName } from '../core/rounds/manifest.ts';
import { ProjectFiles, readText } from '../node/projectFiles.ts';
import { readJobViews, type JobView } from './jobView.ts';
import { stageFigures, type StageFigure } from './stageFigures.ts';

/** `interrupted`: the manifest says running, but no job runs; running the stage again goes on where it stood. */
export type StageStatus = 'pending' | 'running' | 'done' | 'failed' | 'stopped' | 'interrupted';

export type StageProgress = { readonly done: number; readonly total: number; readonly rate: number | undefined; readonly secondsLeft: number | undefined };

export type StageView = {
  readonly stage: StageName;
  readonly status: StageStatus;
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly error: string | undefined;
  /** What it found beside its buckets. */
  readonly figures: readonly StageFigure[];
  /** Of the job that runs it now. */
  readonly progress: StageProgress | undefined;
  /** It belongs to the round under way, and the stages that it needs are done. */
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
  /** Why looptool.json cannot be used. */
  readonly problem: string | undefined;
  /** Its mistakes, each with its place; empty when it is missing. */
  readonly mistakes: readonly ConfigProblem[];
  readonly rounds: readonly RoundView[];
  /** What cannot be read, as sentences. */
  readonly unreadable: readonly string[];
  /** The latest first. */
  readonly jobs: readonly JobView[];
};

/** Reads manifests and job files anew; a round whose manifest cannot be read is left out, and named in `unreadable`. */
export async function readProjectView(directory: string, nowMs: number): Promise<ProjectView> {
  const files = new ProjectFiles(directory);
  const [{ config, problem, mistakes }, jobs, numbers] = await Promise.all([tryConfig(files), readJobViews(directory, nowMs), files.listRounds()]);
  const running = jobs.find((j) => j.state === 'running');
  const read: { readonly directory: string; readonly manifest: RoundManifest }[] = [];
  const unreadable: string[] = [];
  for (const number of numbers) {
    const roundFiles = files.round(number);
    try {
      const manifest = await roundFiles.readManifest();
      if (manifest) read.push({ directory: roundFiles.directory, manifest });
    } catch (error) {
      if (!isLoopToolError(error)) throw error;
      unreadable.push(error.userMessage);
    }
  }
  const underWay = read.find(({ manifest }) => !isFinished(manifest))?.manifest;
  const rounds = read.map((round) => roundView(round.directory, round.manifest, running, round.manifest === underWay));
  return { directory, name: config?.name ?? basename(directory), config, problem, mistakes, rounds, unreadable, jobs };
}

/** The stages that one job may run now: those of the given round, of the one under way, or of the first one, which the job makes. */
export function runnableStages({ rounds, config }: ProjectView, chosen?: RoundView): readonly StageName[] {
  const round = chosen ?? roundUnderWay(rounds);
  if (round) return round.stages.filter((s) => s.runnable).map((s) => s.stage);
  return stageNames.filter((stage) => stageNeeds[stage].every((need) => config !== undefined && needsNoWait(need, config)));
}

/** Without a trainer, a stage that follows the training does the training itself: there is nothing to train. */
function needsNoWait(stage: StageName, { trainer }: ProjectConfig): boolean {
  return stage === 'train' && trainer.kind === 'none';
}

/** The project file, or why it cannot be used. */
async function tryConfig(files: ProjectFiles): Promise<Pick<ProjectView, 'config' | 'problem' | 'mistakes'>> {
  try {
    return { config: await files.readConfig(), problem: undefined, mistakes: [] };
  } catch (error) {
    if (!isLoopToolError(error)) throw error;
    const parsed = parseProjectConfig((await readText(files.config())) ?? '');
    return { config: undefined, problem: error.userMessage, mistakes: error.code === 'config-missing' || parsed.ok ? [] : parsed.problems };
  }
}

function isFinished(manifest: RoundManifest): boolean {
  return stageNames.every((stage) => manifest.stages[stage].status === 'done');
}

/** The round that a stage is run of when none is named: the first that is not finished, else the latest. */
export function roundUnderWay(rounds: readonly RoundView[]): RoundView | undefined {
  return rounds.find((round) => round.stages.some((s) => s.status !== 'done')) ?? rounds.at(-1);
}

function roundView(directory: string, manifest: RoundManifest, running: JobView | undefined, underWay: boolean): RoundView {
  const done = (stage: StageName): boolean => manifest.stages[stage].status === 'done' || needsNoWait(stage, manifest.config);
  const stages = stageNames.map((stage): StageView => {
    const state = manifest.stages[stage];
    const job = running?.job.round === manifest.round && running.job.stage === stage ? running.job : undefined;
    const status = state.status === 'running' && !running ? 'interrupted' : job && state.status !== 'done' ? 'running' : state.status;
    return {
      stage,
      status,
      counts: state.counts,
      notes: state.notes,
      figures: stageFigures(manifest, stage),
      error: state.error,
      progress: job?.total === undefined ? undefined : { done: job.done ?? 0, total: job.total, rate: job.rate, secondsLeft: job.secondsLeft },
      runnable: underWay && running === undefined && status !== 'done' && stageNeeds[stage].every(done),
    };
  });
  const roles = ['policy', 'judge', 'generator'] as const;
  return {
    round: manifest.round,
    directory,
    createdAt: manifest.createdAt,
    stages,
    models: manifest.models,
    simulated: roles.filter((role) => manifest.config.endpoints[role].kind === 'simulated'),
  };
}
