import { stageNames, stageNeeds, type StageName } from '../core/rounds/manifest.ts';
import { LoopToolError } from '../core/errors.ts';
import { removeLeftovers } from '../node/atomicFile.ts';
import { acquireLock } from '../node/roundLock.ts';
import { makeStateFolder } from '../node/stateFolder.ts';
import { Connections } from './connections.ts';
import { Meter } from './meter.ts';
import type { AppPorts } from './ports.ts';
import { openProject, type Project } from './project.ts';
import { makeReport } from './report.ts';
import type { Reporter } from './reporter.ts';
import { bringUpToDate, currentRound, openRound, settingsOf, type Round } from './round.ts';
import { acceptedLabels } from '../core/review/acceptedLabels.ts';
import type { ExpansionResult, ExpansionYield } from '../core/loop/expansions.ts';
import { compileTextKinds } from '../core/toolcall/textKinds.ts';
import { readDecisions } from './decisionsFile.ts';
import { runEvaluateBefore } from './stages/evaluate.ts';
import { probeAgain } from './stages/probe.ts';
import { runStage, type RoundJob } from './stages/stage.ts';
import { stageRuns } from './stages/stageRuns.ts';

export type RunOptions = { readonly project: string; readonly signal: AbortSignal; readonly reporter: Reporter };

/** Runs rounds until `rounds` of them are finished, going on where the project stands; finished ones are only reported. */
export async function runRounds(ports: AppPorts, options: RunOptions & { readonly rounds: number }): Promise<void> {
  const project = await openProject(options.project);
  // Round 1 is made before anything else, so that its lock has a folder and its errors come first.
  await withLockedProject(project, ports, 'run', () => currentRound(project, ports.clock));
  const meter = new Meter(project.config.budgets, ports.clock);
  for (let number = 1; number <= options.rounds; number += 1) {
    const round = await openRound(project, number);
    if (!round.isDone()) await inLockedRound(ports, project, number, 'run', options, meter, (job) => runWholeRound(job));
    options.reporter.report(await makeReport(project, await openRound(project, number)));
  }
}

async function runWholeRound(job: RoundJob): Promise<void> {
  const { round } = job;
  const measuredBefore = Object.keys(round.stage('evaluate').counts).some((name) => name.includes('.before.'));
  const heldOut = round.manifest.config.datasets.heldOut.length > 0;
  // A remote policy can be measured before training only now; an embedded one is measured now all the same, for the order on screen.
  if (heldOut && !measuredBefore && round.stage('train').status !== 'done') await runStage(job, 'evaluate', runEvaluateBefore);
  for (const stage of stageNames) if (round.stage(stage).status !== 'done') await runStage(job, stage, stageRuns[stage]);
}

/** Runs one stage of one round, by default of the round that is under way. A stage that is done stays as it is; `again` asks so many of its probed samples once more. */
export async function runOneStage(ports: AppPorts, options: RunOptions & { readonly stage: StageName; readonly round?: number | undefined; readonly again?: number | undefined }): Promise<void> {
  const { stage, reporter, again } = options;
  const asksAgain = stage === 'probe' && again !== undefined;
  const project = await openProject(options.project);
  const found = options.round === undefined ? await withLockedProject(project, ports, stage, () => currentRound(project, ports.clock)) : await openRound(project, options.round);
  await inLockedRound(ports, project, found.number, stage, options, new Meter(project.config.budgets, ports.clock), async (job) => {
    const { round } = job;
    if (round.stage(stage).status === 'done' && !asksAgain) {
      reporter.note(`${stage} of round ${round.number} is done already.`);
      return;
    }
    // Without training there is nothing to wait for, and nothing to lose by doing it now.
    if (stage !== 'train' && round.stage('train').status !== 'done' && settingsOf(round, project).trainer.kind === 'none') await runStage(job, 'train', stageRuns.train);
    requireEarlier(round, stage);
    if (asksAgain && round.stage('compose').status === 'done') reporter.note(`The set of round ${round.number + 1} is made already: what is found now changes nothing in it.`);
    await runStage(job, stage, asksAgain ? probeAgain(again) : stageRuns[stage]);
  });
  reporter.report(await makeReport(project, await openRound(project, found.number)));
}

export type ExpansionPreview = { readonly round: number; readonly results: readonly ExpansionResult[]; readonly yields: ExpansionYield; readonly simulated: readonly string[] };

/**
 * Makes and judges the first few expansions of a round (`expand.preview`), spread over its seeds. They are in its journal, so
 * that the whole run goes on from them; asked again, it shows the same.
 */
export async function previewExpansions(ports: AppPorts, options: RunOptions & { readonly round?: number | undefined }): Promise<ExpansionPreview> {
  const project = await openProject(options.project);
  const found = options.round === undefined ? await currentRound(project, ports.clock) : await openRound(project, options.round);
  return await inLockedRound(ports, project, found.number, 'expand --preview', options, new Meter(project.config.budgets, ports.clock), async (job) => {
    const { round, reporter } = job;
    requireEarlier(round, 'expand');
    const config = settingsOf(round, project);
    const decisions = await readDecisions(project.files.root);
    const progress = reporter.stage(round.number, 'expand');
    const context = { ...job, config, textKinds: compileTextKinds(config.textKinds), accepted: acceptedLabels(decisions.state), progress };
    const { expandRound } = await import('./stages/expand.ts');
    const { expansions, simulated } = await expandRound(context, config.expand.preview);
    const { results, yields } = expansions;
    return { round: round.number, results, simulated, yields: { ...yields, asked: results.length } };
  });
}

function requireEarlier(round: Round, stage: StageName): void {
  const missing = stageNeeds[stage].find((earlier) => round.stage(earlier).status !== 'done');
  if (missing === undefined) return;
  throw new LoopToolError('usage', `${stage} of round ${round.number} needs ${missing} first. Run: looptool ${missing} --round ${round.number} (or looptool run, which does all stages).`);
}

async function inLockedRound<T>(ports: AppPorts, project: Project, number: number, command: string, options: RunOptions, meter: Meter, work: (job: RoundJob) => Promise<T>): Promise<T> {
  const lock = await acquireLock(project.files.round(number).lock(), `looptool ${command}`, () => ports.clock.now());
  try {
    // Read under the lock: another job may have gone on with it until just now.
    await removeLeftovers(project.files.round(number).directory);
    const round = await bringUpToDate(project, await openRound(project, number), ports.clock, (message) => options.reporter.note(message));
    const connections = new Connections(ports, project, settingsOf(round, project), meter);
    return await work({ ports, project, round, connections, reporter: options.reporter, signal: options.signal });
  } finally {
    await lock.release();
  }
}

/** Two jobs must not both make round 1. */
async function withLockedProject<T>(project: Project, ports: AppPorts, command: string, work: () => Promise<T>): Promise<T> {
  await makeStateFolder(project.files);
  const lock = await acquireLock(project.files.round(1).lock(), `looptool ${command}`, () => ports.clock.now());
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
