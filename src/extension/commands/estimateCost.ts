import { l10n } from 'vscode';
import { runMore } from '../../app/jobAction.ts';
import { readProjectView } from '../../app/projectView.ts';
import { jsonCommand } from '../jsonCommand.ts';
import { estimatePage, estimateSchema } from '../report/estimatePage.ts';
import { reportPages } from '../report/reportPages.ts';
import { targetOf } from '../roundTarget.ts';
import type { Services } from '../services.ts';

/** What the next round, or what is left of the one under way, would send and cost; sends nothing. */
export async function estimateCost(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (target === undefined) return;
  const { project } = target;
  const next = runMore(await readProjectView(project.directory, Date.now()), 1);
  const argv = ['run', '--rounds', String(next.kind === 'run' ? next.rounds : 1)];
  const estimate = await jsonCommand(services, project, [...argv, '--estimate'], { schema: estimateSchema, title: l10n.t('LoopTool: estimating, without sending') });
  await reportPages(services).show(`${project.label}, ${l10n.t('estimate')}`, estimatePage(estimate, { directory: project.directory, command: argv.join(' ') }));
}
