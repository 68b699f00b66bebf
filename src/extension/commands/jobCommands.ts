import { commands, l10n, window, type QuickPickItem } from 'vscode';
import * as z from 'zod';
import { runMore } from '../../app/jobAction.ts';
import { readProjectView, roundUnderWay, runnableStages, type RoundView } from '../../app/projectView.ts';
import { stageNameSchema, type StageName } from '../../core/rounds/manifest.ts';
import type { JobAction } from '../jobs/jobLauncher.ts';
import { stageLabel, stageMeaning, statusLabel } from '../l10nLabels.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { targetOf } from '../roundTarget.ts';
import { isTreeNode } from '../tree/nodes.ts';

type StageAction = Extract<JobAction, { kind: 'stage' }>;

const mostRounds = 100;
const mostAgain = 1_000_000;
const mostRepeats = 256;

/** A button of one of our pages names the stage. */
const stageOfPage = z.object({ directory: z.string(), round: z.number().int(), stage: stageNameSchema });

/** Asks how many rounds and starts the job. */
export async function startIteration(services: Services, argument: unknown): Promise<void> {
  const project = (await targetOf(services, argument))?.project;
  if (!project || refuseSecondJob(services)) return;
  const answer = await window.showInputBox({
    title: l10n.t('LoopTool: start iteration in {0}', project.label),
    prompt: l10n.t('How many rounds? A round that is not finished goes on and counts as one.'),
    value: '1',
    valueSelection: [0, 1],
    validateInput: (text) => (wholeFrom(text, mostRounds) === undefined ? l10n.t('A whole number from 1 to {0}', mostRounds) : undefined),
  });
  const rounds = answer === undefined ? undefined : wholeFrom(answer, mostRounds);
  if (rounds !== undefined) await start(services, project, runMore(await readProjectView(project.directory, Date.now()), rounds));
}

/** Starts one stage of one round: those of the tree item, or what the person picks; without a round in the tree, of the one under way. */
export async function runStage(services: Services, argument: unknown): Promise<void> {
  const project = (await targetOf(services, argument))?.project;
  if (!project || refuseSecondJob(services)) return;
  const asked = stageOfPage.safeParse(argument).data;
  if (asked !== undefined) return await start(services, project, { kind: 'stage', stage: asked.stage, round: asked.round });
  const node = isTreeNode(argument) ? argument : undefined;
  const action = node?.kind === 'stage' ? stageAction(node.stage.stage, node.round) : await pickStage(project, node?.kind === 'round' ? node.round : undefined);
  if (action) await start(services, project, action);
}

/** Asks how many samples of a probed round are asked a second time, and starts the job: of the round of the tree item, else of the newest that was probed. */
export async function probeAgain(services: Services, argument: unknown): Promise<void> {
  const probed = await probedRound(services, argument);
  if (probed === undefined) return;
  const again = await askNumber({
    title: l10n.t('LoopTool: ask samples of round {0} again', probed.round),
    prompt: l10n.t('How many samples? They are asked the same question a second time: what is answered otherwise is marked, and replaces no label.'),
    value: 50,
    most: mostAgain,
  });
  if (again !== undefined) await start(services, probed.project, { kind: 'stage', stage: 'probe', round: probed.round, again });
}

/** The same for sampled answers: how many to each sample. */
export async function probeRepeats(services: Services, argument: unknown): Promise<void> {
  const probed = await probedRound(services, argument);
  if (probed === undefined) return;
  const repeats = await askNumber({
    title: l10n.t('LoopTool: sampled repeats of round {0}', probed.round),
    prompt: l10n.t('How many answers to each sample? They are sampled, not greedy, and give pass rates, flaky samples and a forecast of groups that teach nothing. probe.repeats.samples asks fewer samples.'),
    value: 4,
    most: mostRepeats,
  });
  if (repeats !== undefined) await start(services, probed.project, { kind: 'stage', stage: 'probe', round: probed.round, repeats });
}

/** Of what a command was called on, else the newest that was probed; says so where there is none. */
async function probedRound(services: Services, argument: unknown): Promise<{ readonly project: Project; readonly round: number } | undefined> {
  const target = await targetOf(services, argument);
  if (target === undefined || refuseSecondJob(services)) return undefined;
  const { project } = target;
  const isProbed = ({ round, stages }: RoundView): boolean => (target.round === undefined || round === target.round) && stages.some(({ stage, status }) => stage === 'probe' && status === 'done');
  const round = (await readProjectView(project.directory, Date.now())).rounds.findLast(isProbed)?.round;
  if (round !== undefined) return { project, round };
  void window.showInformationMessage(target.round === undefined ? l10n.t('No round was probed yet.') : l10n.t('Round {0} is not probed yet.', target.round));
  return undefined;
}

async function askNumber({ title, prompt, value, most }: { readonly title: string; readonly prompt: string; readonly value: number; readonly most: number }): Promise<number | undefined> {
  const validateInput = (text: string): string | undefined => (wholeFrom(text, most) === undefined ? l10n.t('A whole number from 1 to {0}', most) : undefined);
  const answer = await window.showInputBox({ title, prompt, value: String(value), validateInput });
  return answer === undefined ? undefined : wholeFrom(answer, most);
}

export async function stop(services: Services): Promise<void> {
  const { running } = services.monitor;
  if (!running) {
    void window.showInformationMessage(l10n.t('No job of LoopTool is running.'));
    return;
  }
  services.launcher.stop(running);
  window.setStatusBarMessage(l10n.t('$(debug-stop) LoopTool: stopping, what is finished is kept'), endOf(services.monitor));
  await services.monitor.refresh();
}

export async function resume(services: Services): Promise<void> {
  const { resumable } = services.monitor;
  if (!resumable || refuseSecondJob(services)) return;
  await services.launcher.resume(resumable);
}

/** What can be done about the job of the status bar. */
export async function jobMenu(services: Services): Promise<void> {
  const { running, resumable } = services.monitor;
  type Action = QuickPickItem & { readonly command: string };
  const always: readonly Action[] = [
    { label: `$(output) ${l10n.t('Show log')}`, command: 'looptool.showLog' },
    { label: `$(list-tree) ${l10n.t('Show rounds')}`, command: 'looptool.rounds.focus' },
  ];
  const first: readonly Action[] = running
    ? [{ label: `$(debug-stop) ${l10n.t('Stop')}`, description: l10n.t('what is finished is kept'), command: 'looptool.stop' }]
    : resumable
      ? [{ label: `$(debug-restart) ${l10n.t('Resume')}`, description: l10n.t('goes on where it stood'), command: 'looptool.resume' }]
      : [{ label: `$(play) ${l10n.t('Start an iteration')}`, command: 'looptool.startIteration' }];
  const shown = running ?? resumable;
  const title = shown ? `LoopTool: ${shown.view.job.command} (${statusLabel(shown.view.state)})` : 'LoopTool';
  const picked = await window.showQuickPick([...first, ...always], { title });
  if (picked) await commands.executeCommand(picked.command);
}

/** Resolves when no job runs any more. */
function endOf(monitor: Services['monitor']): Promise<void> {
  return new Promise((resolve) => {
    const subscription = monitor.onDidChange(() => {
      if (monitor.running) return;
      subscription.dispose();
      resolve();
    });
  });
}

async function start(services: Services, project: Project, action: JobAction): Promise<void> {
  await window.withProgress({ location: { viewId: 'looptool.rounds' } }, () => services.launcher.start(project, action));
  await commands.executeCommand('looptool.rounds.focus');
}

/** True, and said, where a job runs: two would be after one round. */
export function refuseSecondJob(services: Services): boolean {
  const { running } = services.monitor;
  if (!running) return false;
  const stopIt = l10n.t('Stop It');
  void window.showInformationMessage(l10n.t('A job is running in {0}. Stop it first, or wait for its end.', running.project.label), stopIt).then((answer) => {
    if (answer === stopIt) void commands.executeCommand('looptool.stop');
  });
  return true;
}

/** Before round 1 exists there is no number to name: the job makes it. */
function stageAction(stage: StageName, round: RoundView | undefined): StageAction {
  return round ? { kind: 'stage', stage, round: round.round } : { kind: 'stage', stage };
}

async function pickStage(project: Project, chosen: RoundView | undefined): Promise<StageAction | undefined> {
  const view = await readProjectView(project.directory, Date.now());
  const round = chosen ?? roundUnderWay(view.rounds);
  const items = runnableStages(view, round).map((stage) => {
    const status = round?.stages.find((s) => s.stage === stage)?.status;
    return { label: stageLabel(stage), description: status === undefined || status === 'pending' ? '' : statusLabel(status), detail: stageMeaning(stage), stage };
  });
  if (round && items.length === 0) {
    void window.showInformationMessage(l10n.t('No stage of round {0} can run now: a round is finished before the next one begins.', round.round));
    return undefined;
  }
  const title = round ? l10n.t('LoopTool: run one stage of round {0}', round.round) : l10n.t('LoopTool: run one stage of the first round');
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Stages that can run now: what they read is done'), matchOnDescription: true });
  return picked && stageAction(picked.stage, round);
}

function wholeFrom(text: string, most: number): number | undefined {
  if (!/^\s*\d{1,7}\s*$/.test(text)) return undefined;
  const whole = Number(text);
  return whole >= 1 && whole <= most ? whole : undefined;
}
