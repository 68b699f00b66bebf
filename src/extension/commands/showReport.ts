import { l10n, ProgressLocation, window, workspace } from 'vscode';
import { LoopToolError } from '../../core/errors.ts';
import { runCommandLine } from '../commandLine.ts';
import type { Services } from '../services.ts';
import { projectOfNode } from '../tree/nodes.ts';

/** The table of each round, as the command line shows it: made in a process of its own, because it reads every journal. */
export async function showReport(services: Services, argument: unknown): Promise<void> {
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  if (!project) return;
  const cli = services.context.asAbsolutePath('dist/cli.js');
  const { exitCode, output, errors } = await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('LoopTool: making the report') }, () => runCommandLine(cli, ['status', '--project', project.directory], project.directory));
  if (exitCode !== 0) throw new LoopToolError('engine-failed', errors.trim() || l10n.t('The report could not be made. The log says more.'));
  // The tab names the project already.
  const report = output.replace(` (${project.directory})`, '');
  const uri = services.documents.put(l10n.t('LoopTool report, {0}', project.label.replaceAll('/', ' ')), report);
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}
