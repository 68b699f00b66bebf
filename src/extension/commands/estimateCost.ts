import { l10n } from 'vscode';
import { jsonCommand } from '../jsonCommand.ts';
import { estimatePage, estimateSchema } from '../report/estimatePage.ts';
import { reportPages } from '../report/reportPages.ts';
import { targetOf } from '../roundTarget.ts';
import type { Services } from '../services.ts';
import { isTreeNode } from '../tree/nodes.ts';
import { readProjectView } from '../../app/projectView.ts';
import { runMore } from '../../app/jobAction.ts';

/** What the next round, or a stage of the tree, would send and cost; sends nothing. */
export async function estimateCost(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (target === undefined) return;
  const { project } = target;
  const stage = isTreeNode(argument) && argument.kind === 'stage' ? argument : undefined;
  const next = runMore(await readProjectView(project.directory, Date.now()), 1);
  const argv = stage === undefined || stage.stage.stage === 'train' || stage.stage.stage === 'compose' ? ['run', '--rounds', String(next.kind === 'run' ? next.rounds : 1)] : [stage.stage.stage, '--round', String(stage.round.round)];
  const estimate = await jsonCommand(services, project, [...argv, '--estimate'], { schema: estimateSchema, title: l10n.t('LoopTool: estimating, without sending') });
  await reportPages(services).show(`${project.label}, ${l10n.t('estimate')}`, estimatePage(estimate, { directory: project.directory, command: argv.join(' ') }));
}
