import { endpointModel, type ProjectConfig } from '../core/config/projectConfig.ts';
import type { TrainRow } from '../core/dataset/sample.ts';
import { firstSet } from '../core/loop/compose.ts';
import { droppedSamples } from '../core/review/droppedSamples.ts';
import { stageNames, type RoundManifest, type StageName, type StageState } from '../core/rounds/manifest.ts';
import { LoopToolError } from '../core/errors.ts';
import type { Clock } from '../node/clock.ts';
import type { RoundFiles } from '../node/projectFiles.ts';
import { readDecisions } from './decisionsFile.ts';
import { readCorpus, type Project } from './project.ts';

/** A round's manifest in memory; every change is on disk when the promise resolves. */
export class Round {
  private current: RoundManifest;

  constructor(
    readonly files: RoundFiles,
    manifest: RoundManifest,
  ) {
    this.current = manifest;
  }

  get manifest(): RoundManifest {
    return this.current;
  }

  get number(): number {
    return this.current.round;
  }

  stage(stage: StageName): StageState {
    return this.current.stages[stage];
  }

  isDone(): boolean {
    return stageNames.every((stage) => this.stage(stage).status === 'done');
  }

  async update(change: Partial<RoundManifest>): Promise<void> {
    this.current = { ...this.current, ...change };
    await this.files.writeManifest(this.current);
  }

  async updateStage(stage: StageName, state: StageState): Promise<void> {
    await this.update({ stages: { ...this.current.stages, [stage]: state } });
  }
}

/** Settings that a round goes by: its own, but with the endpoints, the budgets and the trainer of today, since addresses change. */
export function settingsOf(round: Round, project: Project): ProjectConfig {
  return { ...round.manifest.config, endpoints: project.config.endpoints, budgets: project.config.budgets, trainer: project.config.trainer };
}

export async function openRound(project: Project, round: number): Promise<Round> {
  const files = project.files.round(round);
  const manifest = await files.readManifest();
  if (!manifest) throw new LoopToolError('round-missing', `There is no round ${round} yet. The rounds that exist: ${(await project.files.listRounds()).join(', ') || 'none'}. looptool run makes the first one.`);
  return new Round(files, manifest);
}

/** The round to go on with: the first that is not finished, else the last; round 1 is made where there is none. */
export async function currentRound(project: Project, clock: Clock): Promise<Round> {
  return (await newestRound(project)) ?? (await createFirstRound(project, clock));
}

/** The first round that is not finished, else the last; undefined where there is none yet. */
export async function newestRound(project: Project): Promise<Round | undefined> {
  let last: Round | undefined;
  for (const number of await project.files.listRounds()) {
    // A folder without a manifest is a round whose making was cut off: it is made again.
    const manifest = await project.files.round(number).readManifest();
    if (!manifest) break;
    last = new Round(project.files.round(number), manifest);
    if (!last.isDone()) return last;
  }
  return last;
}

/**
 * Brings a round that nothing has been done in to the settings of today; for one that is under way says that its own
 * settings hold. Half a round by one set of rules and half by another could not be repeated.
 */
export async function bringUpToDate(project: Project, round: Round, clock: Clock, say: (message: string) => void): Promise<Round> {
  if (sameSettings(round.manifest.config, project.config)) return round;
  // The first thing that a round finds out is the policy that it starts from.
  if (round.manifest.initial !== undefined) {
    say(`looptool.json has changed since round ${round.number} was begun. The round goes on with the settings that it began with, endpoints and trainer apart; the next one takes the new ones.`);
    return round;
  }
  if (round.number === 1) return await createFirstRound(project, clock);
  await round.update({ config: project.config, seed: project.config.seed });
  return round;
}

function sameSettings(a: ProjectConfig, b: ProjectConfig): boolean {
  const own = ({ endpoints: _endpoints, budgets: _budgets, trainer: _trainer, ...rest }: ProjectConfig) => JSON.stringify(rest);
  return own(a) === own(b);
}

async function createFirstRound(project: Project, clock: Clock): Promise<Round> {
  const { config, files } = project;
  const corpus = await readCorpus(files, config);
  const dropped = droppedSamples((await readDecisions(files.root)).state);
  const rows = firstSet(corpus.samples.filter(({ sample }) => !dropped.has(sample.id)), { seed: config.seed, roundSize: config.datasets.roundSize });
  return await createRound(project, 1, rows, corpus.files, clock, corpus.notes);
}

/** Writes the training set first and the manifest last: a round exists when its manifest does. */
export async function createRound(
  project: Project,
  number: number,
  rows: readonly TrainRow[],
  datasets: readonly RoundManifest['datasets'][number][],
  clock: Clock,
  notes: readonly string[] = [],
): Promise<Round> {
  const { config } = project;
  const files = project.files.round(number);
  await files.writeTrainRows(rows);
  const pending = (): StageState => ({ status: 'pending', counts: {}, notes: [] });
  const round = new Round(files, {
    v: 1,
    round: number,
    createdAt: new Date(clock.now()).toISOString(),
    seed: config.seed,
    config,
    models: { policy: modelName(config, 'policy'), judge: modelName(config, 'judge'), generator: modelName(config, 'generator') },
    datasets: [...datasets],
    stages: {
      train: { ...pending(), counts: { rows: rows.length }, notes: [...notes] },
      probe: pending(),
      verify: pending(),
      expand: pending(),
      compose: pending(),
      evaluate: pending(),
    },
  });
  await round.update({});
  return round;
}

function modelName(config: ProjectConfig, role: 'policy' | 'judge' | 'generator'): string {
  return endpointModel(config.endpoints[role]);
}
