import { join } from 'node:path';
import { commands, env, l10n, Position, Range, Selection, TextEditorRevealType, Uri, window, workspace, type TextDocument } from 'vscode';
import * as z from 'zod';
import type { Occurrence } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import { parseLine } from '../../node/jsonLine.ts';
import { companionsOf } from '../../node/datasetFiles.ts';
import { memberOf, parseTree } from '../../core/json/tree.ts';
import { configFileName, ProjectFiles } from '../../node/projectFiles.ts';
import { placeOfSample } from '../../app/samplePlace.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { targetOf } from '../roundTarget.ts';
import { isTreeNode, type SampleNode } from '../tree/nodes.ts';

export async function openConfig(services: Services, argument: unknown): Promise<void> {
  const project = (await targetOf(services, argument))?.project;
  if (!project) return;
  const setting = settingSchema.safeParse(argument).data?.setting;
  if (setting !== undefined) return await openSetting(project, setting);
  const place = isTreeNode(argument) && argument.kind === 'mistake' ? new Position(argument.mistake.line - 1, argument.mistake.column - 1) : undefined;
  await window.showTextDocument(Uri.joinPath(project.uri, configFileName), place ? { selection: new Range(place, place) } : {});
}

const settingSchema = z.object({ setting: z.string() });

/** looptool.json at a member of it; where that is absent at its end, with what to write. */
async function openSetting(project: Project, setting: string): Promise<void> {
  const document = await workspace.openTextDocument(Uri.joinPath(project.uri, configFileName));
  const tree = parseTree(document.getText());
  const member = tree.ok ? memberOf(tree.node, setting) : undefined;
  const at = document.positionAt(member?.key.start ?? (tree.ok ? tree.node.end - 1 : 0));
  const editor = await window.showTextDocument(document, { selection: new Range(at, at) });
  editor.revealRange(new Range(at, at), TextEditorRevealType.InCenterIfOutsideViewport);
  if (member === undefined) window.setStatusBarMessage(l10n.t('There is no "{0}" in looptool.json yet: the defaults hold. Write it here.', setting), 10_000);
}

/** The journal of a stage, or the manifest of a round. */
export async function openJournal(services: Services, argument: unknown): Promise<void> {
  if (!isTreeNode(argument) || (argument.kind !== 'stage' && argument.kind !== 'round')) return;
  const { project, round } = argument;
  const file = argument.kind === 'round' ? join(round.directory, 'round.json') : (await services.tree.reader(project.directory, round.round)).journal(argument.stage.stage);
  await window.showTextDocument(await openOrExplain(file));
}

/** The sample's record in its dataset file, with the label selected. */
export async function openSample(services: Services, argument: unknown): Promise<void> {
  if (!isSample(argument)) return;
  const { occurrence } = argument.sample;
  if (!occurrence) return showSample(services, argument);
  await openOccurrence(argument.project, occurrence, argument.sample.sampleId);
}

/** Opens a dataset file with the label of a sample in view. */
export async function openOccurrence(project: Project, occurrence: Occurrence, sampleId: string): Promise<void> {
  const files = new ProjectFiles(project.directory);
  const config = await files.readConfig();
  const dataset = [...config.datasets.seed, ...config.datasets.heldOut].find((d) => d.path === occurrence.file);
  const document = await openOrExplain(files.absolute(occurrence.file));
  const text = document.getText();
  const companions = await companionsOf(files.absolute(occurrence.file), text, { dialect: dataset?.dialect, companions: files.companions(dataset ?? {}) });
  const place = placeOfSample(text, { file: occurrence.file, dialect: dataset?.dialect, steps: dataset?.steps ?? 'last', companions }, sampleId, occurrence.record);
  const editor = await window.showTextDocument(document, { preview: true });
  if (!place) {
    void window.showWarningMessage(l10n.t('The sample is no longer in {0}: the file changed after the round was made.', occurrence.file));
    return;
  }
  const range = new Range(document.positionAt(place.start), document.positionAt(place.end));
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The sample and the journal's last word on it, pretty-printed in a document of their own. */
export async function showSample(services: Services, argument: unknown): Promise<void> {
  if (!isSample(argument)) return;
  const reader = await services.tree.reader(argument.project.directory, argument.round);
  const { row, entry } = await reader.texts(argument.sample);
  const pretty = (text: string | undefined): string => {
    const parsed = text === undefined ? undefined : parseLine(text);
    return parsed?.ok ? stringifyJson(parsed.value, 2) : 'null';
  };
  const indent = (text: string): string => text.replaceAll('\n', '\n  ');
  const content = `{\n  "sample": ${indent(pretty(row))},\n  "${argument.stage}": ${indent(pretty(entry))}\n}\n`;
  const uri = services.documents.put(`${argument.sample.sampleId}.json`, content);
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}

export async function copySampleId(_services: Services, argument: unknown): Promise<void> {
  if (isSample(argument)) await env.clipboard.writeText(argument.sample.sampleId);
}

export async function showMore(services: Services, argument: unknown): Promise<void> {
  if (isTreeNode(argument) && argument.kind === 'more') services.tree.showMore(argument.bucketNode);
}

function isSample(argument: unknown): argument is SampleNode {
  return isTreeNode(argument) && argument.kind === 'sample';
}

async function openOrExplain(file: string): Promise<TextDocument> {
  try {
    return await workspace.openTextDocument(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    await commands.executeCommand('revealInExplorer', Uri.file(file)).then(undefined, () => undefined);
    throw new LoopToolError('dataset-unreadable', l10n.t('{0} cannot be opened in the editor: {1}', file, reason), { cause });
  }
}
