import { commands, l10n, ProgressLocation, window } from 'vscode';
import * as z from 'zod';
import { readProjectView } from '../../app/projectView.ts';
import { expansionOutcomes, expansionViewSchema, type ExpansionOutcome, type ExpansionView } from '../../protocol/expansionView.ts';
import { jsonCommand } from '../jsonCommand.ts';
import { bucketLabel } from '../l10nLabels.ts';
import { expansionPage } from '../report/expansionPage.ts';
import { composeDryRunSchema, flowsPage } from '../report/flowsPage.ts';
import { reportPages } from '../report/reportPages.ts';
import { newestRoundWith, targetOf, type RoundTarget } from '../roundTarget.ts';
import { runRunner } from '../samples/runnerProcess.ts';
import type { Services } from '../services.ts';
import { isTreeNode } from '../tree/nodes.ts';
import { refuseSecondJob } from './jobCommands.ts';

/** Makes the first few expansions of a round and shows what the gates say of them, before the whole run. */
export async function previewExpansions(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (target === undefined || refuseSecondJob(services)) return;
  const { project } = target;
  const round = await roundToPreview(services, target);
  if (round === undefined) return;
  const request = { kind: 'preview' as const, project: project.directory, round, keys: await services.keys.forProject(project.directory) };
  const runner = services.context.asAbsolutePath('dist/runner.js');
  services.log.info(`Preview of expansions: round ${round} in ${project.directory}`);
  const data = await window.withProgress({ location: ProgressLocation.Notification, title: l10n.t('Making the first expansions of round {0}', round), cancellable: true }, (progress, token) =>
    runRunner(runner, request, token, (event) => {
      if (event.type === 'note' || event.type === 'warning') services.log.info(event.message);
      else if (event.type === 'progress') progress.report({ message: `${event.done}/${event.total}` });
    }),
  );
  services.tree.refresh();
  if (data === undefined) return;
  await show(services, target, expansionViewSchema.parse(data), { preview: true });
}

/** The round whose expansions are to come; a finished one is shown as it is, and what is missing before it is said. */
async function roundToPreview(services: Services, { project, round }: RoundTarget): Promise<number | undefined> {
  const { rounds } = await readProjectView(project.directory, Date.now());
  const chosen = round === undefined ? (rounds.find(({ stages }) => stages.some(({ stage, runnable }) => stage === 'expand' && runnable)) ?? rounds.at(-1)) : rounds.find((one) => one.round === round);
  const expand = chosen?.stages.find(({ stage }) => stage === 'expand');
  if (chosen !== undefined && expand?.runnable === true) return chosen.round;
  if (chosen !== undefined && expand?.status === 'done') {
    const list = l10n.t('Show Them');
    const answer = await window.showInformationMessage(l10n.t('The expansions of round {0} are made already.', chosen.round), list);
    if (answer === list) await showExpansions(services, { directory: project.directory, round: chosen.round });
    return undefined;
  }
  const stage = l10n.t('Run Stage...');
  const answer = await window.showInformationMessage(l10n.t('Expansions are made from the errors that verification found: run the stages up to Verify first.'), stage);
  if (answer === stage) await commands.executeCommand('looptool.runStage');
  return undefined;
}

const listSchema = z.object({ outcome: z.enum(expansionOutcomes).optional() });

/** What became of a round's expansions, or of those of a bucket of the tree: seeds, new samples, gates and reasons. */
export async function showExpansions(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (target === undefined) return;
  const round = target.round ?? (await newestRoundWith(target.project, 'expand', ({ status }) => status !== 'pending'))?.round;
  if (round === undefined) {
    void window.showInformationMessage(l10n.t('There are no expansions yet.'));
    return;
  }
  const outcome = outcomeOf(argument);
  const argv = ['expand', '--list', ...(outcome === undefined ? [] : [outcome]), '--round', String(round)];
  const view = await jsonCommand(services, target.project, argv, { schema: expansionViewSchema, title: l10n.t('LoopTool: reading the expansions') });
  await show(services, target, view, { preview: false, outcome });
}

/** A bucket of the tree is of one outcome; those that wait for the judge are open. */
function outcomeOf(argument: unknown): ExpansionOutcome | undefined {
  if (!isTreeNode(argument)) return listSchema.safeParse(argument).data?.outcome;
  const key = argument.kind === 'bucket' && argument.stage === 'expand' ? argument.bucket.key : undefined;
  return key === 'pending' ? 'open' : expansionOutcomes.find((outcome) => outcome === key);
}

type Shown = { readonly preview: boolean; readonly outcome?: ExpansionOutcome | undefined };

async function show(services: Services, { project }: RoundTarget, view: ExpansionView, { preview, outcome }: Shown): Promise<void> {
  const { round } = view;
  const title = preview ? l10n.t('Preview of expansions, round {0}', round) : outcome === undefined ? l10n.t('Expansions, round {0}', round) : l10n.t('Expansions, round {0}: {1}', round, bucketLabel(outcome === 'open' ? 'pending' : outcome));
  await reportPages(services).show(`${project.label}, ${title}`, expansionPage(view, { place: { directory: project.directory, round }, preview, all: outcome === undefined, title }));
}

/** Where every sample would go if the next set were composed now. */
export async function composeDryRun(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (target === undefined) return;
  const { project } = target;
  const round = target.round ?? (await newestRoundWith(project, 'probe', ({ status }) => status !== 'pending'))?.round;
  if (round === undefined) {
    void window.showInformationMessage(l10n.t('A set is composed of what the probe of a round found, and no round was probed yet.'));
    return;
  }
  const result = await jsonCommand(services, project, ['compose', '--dry-run', '--round', String(round)], { schema: composeDryRunSchema, title: l10n.t('LoopTool: composing, without writing') });
  const view = (await readProjectView(project.directory, Date.now())).rounds.find((one) => one.round === round);
  const compose = view?.stages.find(({ stage }) => stage === 'compose');
  await reportPages(services).show(`${project.label}, ${l10n.t('compose, dry run of round {0}', round)}`, flowsPage(result, { directory: project.directory, composed: compose?.status === 'done', runnable: compose?.runnable === true }));
}
