import { l10n, ProgressLocation, window, workspace } from 'vscode';
import { readApplied } from '../../app/review/appliedLog.ts';
import { readDecisions } from '../../app/decisionsFile.ts';
import { readProjectView } from '../../app/projectView.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { AppliedChange } from '../../core/review/applied.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { runCommandLine } from '../commandLine.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { projectOfNode } from '../tree/nodes.ts';

type Choice = { readonly label: string; readonly description: string; readonly argv: readonly string[] };

/** Takes applied labels and decisions back: one batch, all of a judge, of a rule, of a day or of a person. Shown before it is done. */
export async function revertCorrections(services: Services, argument: unknown): Promise<void> {
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  if (!project) return;
  const choices = await choicesOf(project);
  if (choices.length === 0) {
    void window.showInformationMessage(l10n.t('There is nothing to take back: no label was applied, and no decision was made.'));
    return;
  }
  const choice = await window.showQuickPick(choices, { title: l10n.t('LoopTool: what is to be taken back?'), matchOnDescription: true });
  if (choice === undefined) return;
  const preview = await revert(services, project, choice.argv);
  const uri = services.documents.put(l10n.t('Revert, {0}', project.label.replaceAll('/', ' ')), preview);
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  const yes = l10n.t('Take Back');
  if ((await window.showWarningMessage(l10n.t('Take back {0}? The page shows what would change.', choice.label), { modal: true }, yes)) !== yes) return;
  assertSaved(project);
  const done = await revert(services, project, [...choice.argv, '--write']);
  services.documents.put(l10n.t('Revert, {0}', project.label.replaceAll('/', ' ')), done);
  services.log.info(done);
  void window.showInformationMessage(l10n.t('Taken back: {0}.', choice.label));
  await services.refresh();
}

async function choicesOf(project: Project): Promise<readonly Choice[]> {
  const files = new ProjectFiles(project.directory);
  const [{ state: applied }, { state: decisions }, view] = await Promise.all([readApplied(files), readDecisions(project.directory), readProjectView(project.directory, Date.now())]);
  const standing = applied.standing.filter(({ file, reverts }) => file !== undefined && reverts === undefined);
  const batches = grouped(standing, ({ batch }) => batch).map(([batch, changes]): Choice => ({ label: l10n.t('What was applied at {0}', new Date(changes[0]?.at ?? '').toLocaleString()), description: l10n.t('{0} labels', changes.length), argv: [batch] }));
  const judges = [...new Set([...standing.flatMap(({ judge }) => judge ?? []), ...view.rounds.map(({ models }) => models.judge)])].map((judge): Choice => ({ label: l10n.t('All that the judge {0} replaced', judge), description: '', argv: ['--judge', judge] }));
  const rules = grouped(standing.filter(({ source }) => source.startsWith('rule:')), ({ source }) => source.slice('rule:'.length)).map(([rule, changes]): Choice => ({ label: l10n.t('All that the rule {0} changed', rule), description: l10n.t('{0} labels', changes.length), argv: ['--rule', rule] }));
  const days = grouped(decisions.standing, ({ at }) => at.slice(0, 10)).map(([day, made]): Choice => ({ label: l10n.t('All of {0}', day), description: l10n.t('{0} decisions', made.length), argv: ['--day', day] }));
  const people = grouped(decisions.standing, ({ by }) => by).map(([person, made]): Choice => ({ label: l10n.t('All of {0}', person), description: l10n.t('{0} decisions', made.length), argv: ['--person', person] }));
  if (standing.length === 0 && decisions.standing.length === 0) return [];
  return [...batches.reverse(), ...judges, ...rules, ...days.reverse(), ...people];
}

function grouped<T extends AppliedChange | { readonly at: string }>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}

/** Files are written on the disk: what is unsaved in an editor would be lost, or would hide it. */
function assertSaved({ uri }: Project): void {
  const unsaved = workspace.textDocuments.find((document) => document.isDirty && document.uri.scheme === 'file' && document.uri.path.startsWith(`${uri.path}/`));
  if (unsaved !== undefined) throw new LoopToolError('usage', l10n.t('{0} has changes that are not saved. Save them, then take back again.', workspace.asRelativePath(unsaved.uri)));
}

async function revert(services: Services, project: Project, argv: readonly string[]): Promise<string> {
  const cli = services.context.asAbsolutePath('dist/cli.js');
  const { exitCode, output, errors } = await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('LoopTool: taking back') }, () => runCommandLine(cli, ['review', 'revert', ...argv, '--project', project.directory], project.directory));
  // 1: something was refused, and is named.
  if (exitCode > 1 || exitCode < 0) throw new LoopToolError('engine-failed', errors.trim() || l10n.t('It could not be taken back ({0}). The log says more.', exitCode));
  return output;
}
