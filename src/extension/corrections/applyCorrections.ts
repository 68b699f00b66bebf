import { basename } from 'node:path';
import { commands, l10n, Range, Uri, window, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import * as z from 'zod';
import { labelChanges, planCorrections, type FileCorrections } from '../../app/corrections.ts';
import { readDecisions } from '../../app/decisionsFile.ts';
import { AppliedWriting, batchStamp, changeOf } from '../../app/review/appliedLog.ts';
import { openReviewFolder, withFiles } from '../../app/review/reviewFolder.ts';
import { applyEdits } from '../../core/dataset/labelEdit.ts';
import { LoopToolError } from '../../core/errors.ts';
import { companionsOf } from '../../node/datasetFiles.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { projectOfNode } from '../tree/nodes.ts';
import { BesideFiles, openAnswers, ownersOf } from './answerFiles.ts';
import { closeTabs } from './closeTabs.ts';
import type { PreviewedFile } from './pendingCorrections.ts';

export const correctionsScheme = 'looptool-corrections';

/** Shows what the decisions would change in the dataset files, as a diff, and asks. Nothing is written before the answer. */
export async function previewCorrections(services: Services, argument: unknown): Promise<void> {
  const target = await targetOf(services, argument);
  if (!target) return;
  const { project } = target;
  const files = await plan(services, target);
  for (const { plan: { file, refused } } of files) for (const { reason, record, sampleId, message } of refused) if (reason === 'kept') services.log.info(`${file} record ${record + 1} (${sampleId}): ${message}`);
  reportRefused(services, project, files);
  const changed = files.filter((f) => f.plan.corrections.length > 0);
  if (changed.length === 0) {
    await services.corrections.set(undefined);
    const applied = files.reduce((n, f) => n + f.plan.applied.length, 0);
    void window.showInformationMessage(applied > 0 ? l10n.t('Nothing to apply: all {0} decided labels stand in the dataset already.', applied) : l10n.t('Nothing to apply: no decision changes a label. Review some mismatches first.'));
    return;
  }
  await services.corrections.set({ project, files: changed });
  await showDiff(services, changed);
  await ask(changed);
}

/** Applies the previewed edits through the editor, with undo, and saves. Refused when a file changed after the preview. */
export async function confirmCorrections(services: Services): Promise<void> {
  const { preview } = services.corrections;
  if (!preview) return;
  const edit = new WorkspaceEdit();
  const documents: TextDocument[] = [];
  for (const { path, version, plan: filePlan } of preview.files) {
    const opened = await workspace.openTextDocument(path);
    if (opened.version !== version) throw new LoopToolError('label-changed', l10n.t('{0} changed after the preview. Run Apply Corrections again.', basename(path)));
    documents.push(opened);
    for (const { start, end, newText } of filePlan.corrections.flatMap((c) => c.edits)) edit.replace(opened.uri, new Range(opened.positionAt(start), opened.positionAt(end)), newText);
  }
  const [document] = documents;
  const place = document && preview.files[0] && placeOfFirst(document, preview.files[0].plan);
  const writing = new AppliedWriting(new ProjectFiles(preview.project.directory), batchStamp(Date.now));
  await writing.intend(preview.files.flatMap((previewed) => ownersOf(previewed).flatMap(({ file, corrections }) => corrections.map((correction) => changeOf(file, correction, writing.stamp)))));
  const count = countOf(preview.files);
  const unsaved = await applyAndSave(edit, preview.files, documents, writing);
  await services.corrections.set(undefined);
  await closeTabs(correctionsScheme);
  services.log.info(`${count} corrections applied in ${preview.project.directory}`);
  if (document) await window.showTextDocument(document, place ? { selection: place } : {});
  void window.showInformationMessage(unsaved > 0 ? l10n.t('{0} labels corrected; some files could not be saved.', count) : l10n.t('{0} labels corrected. Undo takes them back.', count));
  await services.refresh();
}

/** The audit says of each file whether its labels are on the disk. Gives how many files could not be saved. */
async function applyAndSave(edit: WorkspaceEdit, files: readonly PreviewedFile[], documents: readonly TextDocument[], writing: AppliedWriting): Promise<number> {
  if (!(await workspace.applyEdit(edit))) {
    for (const { file, answers } of files.flatMap(ownersOf)) await writing.failed(file, answers);
    throw new LoopToolError('write-failed', l10n.t('The editor did not take the edits. Close other editors of these files and try again.'));
  }
  let unsaved = 0;
  for (const [index, document] of documents.entries()) {
    // A file that is not saved now is settled by the next apply, which looks at its labels.
    const previewed = files[index];
    if (!(await document.save())) unsaved += 1;
    else if (previewed !== undefined) for (const { file, answers } of ownersOf(previewed)) await writing.done(file, answers);
  }
  return unsaved;
}

export async function discardCorrections(services: Services): Promise<void> {
  await services.corrections.set(undefined);
  await closeTabs(correctionsScheme);
}

/** `datasets`: files that the review's pairs stand in, beside those of looptool.json. */
type Target = { readonly project: Project; readonly datasets: readonly string[] };

const reviewArgumentSchema = z.object({ folder: z.string(), datasets: z.array(z.string()) });

async function targetOf(services: Services, argument: unknown): Promise<Target | undefined> {
  const review = reviewArgumentSchema.safeParse(argument);
  if (!review.success) {
    const project = projectOfNode(argument) ?? (await services.projects.choose());
    return project && { project, datasets: [] };
  }
  const { folder, datasets } = review.data;
  return { project: services.projects.find(folder) ?? { uri: Uri.file(folder), directory: folder, label: basename(folder) }, datasets };
}

async function plan(services: Services, { project, datasets }: Target): Promise<readonly PreviewedFile[]> {
  const projectFiles = new ProjectFiles(project.directory);
  const { state, warnings } = await readDecisions(project.directory);
  warnings.forEach((warning) => services.log.warn(warning));
  const changes = labelChanges(state);
  const files: PreviewedFile[] = [];
  const beside = new BesideFiles();
  for (const options of withFiles(await openReviewFolder(project.directory), datasets).datasets) {
    const { file } = options;
    const path = projectFiles.absolute(file);
    let document: TextDocument;
    try {
      document = await workspace.openTextDocument(path);
    } catch (cause) {
      throw new LoopToolError('dataset-unreadable', l10n.t('{0} cannot be opened in the editor: {1}', file, cause instanceof Error ? cause.message : String(cause)), { cause });
    }
    const companions = await companionsOf(path, document.getText(), { dialect: options.dialect, companions: projectFiles.companions(options.configured ?? {}) });
    const answers = await openAnswers(path, companions);
    const answerTexts = new Map([...answers].map(([name, opened]) => [name, opened.getText()]));
    const filePlan = planCorrections(document.getText(), { ...options, companions, answerTexts }, changes);
    files.push({ path, version: document.version, plan: filePlan });
    beside.add(path, filePlan, answers);
  }
  files.push(...beside.files());
  services.log.info(`Corrections in ${project.directory}: ${changes.size} decided labels, ${countOf(files)} to apply`);
  return files;
}

async function showDiff(services: Services, files: readonly PreviewedFile[]): Promise<void> {
  const pairs: [Uri, Uri, string][] = [];
  let place: Range | undefined;
  for (const { path, plan: filePlan } of files) {
    const document = await workspace.openTextDocument(path);
    const corrected = applyEdits(document.getText(), filePlan.corrections.flatMap((c) => c.edits));
    place ??= placeOfFirst(document, filePlan);
    pairs.push([document.uri, services.previews.put(path, corrected), basename(path)]);
  }
  const [only, ...others] = pairs;
  const title = l10n.t('Corrections ({0})', countOf(files));
  if (only && others.length === 0) await commands.executeCommand('vscode.diff', only[0], only[1], `${only[2]}: ${title}`, { preview: false, selection: place });
  else await commands.executeCommand('vscode.changes', title, pairs.map(([original, corrected]) => [original, original, corrected]));
}

/** Where the first edit begins: records are long lines, and the change would be out of sight. Before it both sides are the same. */
function placeOfFirst(document: TextDocument, { corrections }: FileCorrections): Range | undefined {
  const start = corrections[0]?.edits[0]?.start;
  return start === undefined ? undefined : new Range(document.positionAt(start), document.positionAt(start));
}

async function ask(files: readonly PreviewedFile[]): Promise<void> {
  const apply = l10n.t('Apply');
  const discard = l10n.t('Discard');
  const question = files.length === 1 ? l10n.t('Apply {0} corrections to {1}?', countOf(files), basename(files[0]?.path ?? '')) : l10n.t('Apply {0} corrections to {1} files?', countOf(files), files.length);
  // Not awaited: the buttons of the diff's title do the same, and the question may be dismissed.
  void window.showInformationMessage(question, apply, discard).then((answer) => {
    if (answer === apply) void commands.executeCommand('looptool.confirmCorrections');
    if (answer === discard) void commands.executeCommand('looptool.discardCorrections');
  });
}

function reportRefused(services: Services, project: Project, files: readonly PreviewedFile[]): void {
  const refused = files.flatMap(({ plan: filePlan }) => filePlan.refused.filter(({ reason }) => reason !== 'kept').map((r) => ({ ...r, file: filePlan.file })));
  if (refused.length === 0) return;
  services.log.warn(`Decisions not applied in ${project.directory}:`);
  for (const { file, record, sampleId, message } of refused) services.log.warn(`  ${file} record ${record + 1} (${sampleId}): ${message}`);
  const show = l10n.t('Show Which');
  void window.showWarningMessage(l10n.t('{0} decisions are not applied: the label changed since, or its record cannot hold the new one. Review these samples again.', refused.length), show).then((answer) => {
    if (answer === show) services.log.show();
  });
}

function countOf(files: readonly { readonly plan: FileCorrections }[]): number {
  return files.reduce((n, f) => n + f.plan.corrections.length, 0);
}
