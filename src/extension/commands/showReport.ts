import { l10n, window } from 'vscode';
import * as z from 'zod';
import { stageNameSchema } from '../../core/rounds/manifest.ts';
import { roundReportSchema } from '../../core/rounds/roundReport.ts';
import { jsonCommand } from '../jsonCommand.ts';
import { reportPages } from '../report/reportPages.ts';
import { reportPage, roundToShow } from '../report/reportPage.ts';
import { targetOf } from '../roundTarget.ts';
import type { Services } from '../services.ts';

/** What is used of the result of `looptool status --json`. */
const statusSchema = z.object({
  name: z.string(),
  rounds: z.array(z.object({ round: z.number().int(), stages: z.array(z.object({ stage: stageNameSchema, status: z.string() })), report: roundReportSchema })),
});

/** The report of a round, by default the newest that was probed, with a table of all rounds. */
export async function showReport(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (target === undefined) return;
  const { project } = target;
  const { name, rounds } = await jsonCommand(services, project, ['status'], { schema: statusSchema, title: l10n.t('LoopTool: making the report') });
  const round = roundToShow(rounds, target.round);
  if (round === undefined) {
    void window.showInformationMessage(l10n.t('There is no round yet: start an iteration, and its report is here.'));
    return;
  }
  const content = reportPage({ project: { name, directory: project.directory }, rounds, round });
  await reportPages(services).show(l10n.t('LoopTool report, {0}, round {1}', project.label, round), content);
}
