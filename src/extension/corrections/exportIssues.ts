import { l10n, ProgressLocation, window, workspace } from 'vscode';
import * as z from 'zod';
import { readDecisions } from '../../app/decisionsFile.ts';
import { LoopToolError } from '../../core/errors.ts';
import { changesLabel } from '../../core/review/foldDecisions.ts';
import { runCommandLine } from '../commandLine.ts';
import { reviewPlaceSchema, type ReviewPlace } from '../review/reviewPlace.ts';
import type { Services } from '../services.ts';
import { projectOfNode } from '../tree/nodes.ts';

/** What a review hands over. */
const argumentSchema = z.object({ place: reviewPlaceSchema, sampleIds: z.array(z.string()) });

/** Markdown for whoever keeps the dataset upstream: of the sample that the review shows, else of all decided labels that the person picks. */
export async function exportIssues(services: Services, argument: unknown): Promise<void> {
  const asked = argumentSchema.safeParse(argument);
  if (asked.success) return show(services, asked.data.place.folder, asked.data.sampleIds, sourceOptions(asked.data.place));
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  if (!project) return;
  const { state } = await readDecisions(project.directory);
  const decided = [...state.inForce.values()].filter(changesLabel).sort((a, b) => (a.at < b.at ? 1 : -1));
  if (decided.length === 0) {
    void window.showInformationMessage(l10n.t('There is nothing to export: no decision changes a label. Review some mismatches first.'));
    return;
  }
  const items = decided.map((decision) => ({ label: decision.sampleId, description: `${decision.by}, ${new Date(decision.at).toLocaleString()}`, detail: decision.note ?? '', picked: true }));
  const picked = await window.showQuickPick(items, { canPickMany: true, title: l10n.t('LoopTool: which corrected labels?'), matchOnDescription: true, matchOnDetail: true });
  if (picked !== undefined && picked.length > 0) await show(services, project.directory, picked.map(({ label }) => label), []);
}

function sourceOptions(place: ReviewPlace): readonly string[] {
  return place.of === 'round' ? ['--round', String(place.round)] : ['--predictions', place.file];
}

async function show(services: Services, folder: string, sampleIds: readonly string[], options: readonly string[]): Promise<void> {
  const cli = services.context.asAbsolutePath('dist/cli.js');
  const { exitCode, output, errors } = await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('LoopTool: writing the issue') }, () => runCommandLine(cli, ['review', 'export', ...sampleIds, '--project', folder, ...options], folder));
  if (output.trim() === '') throw new LoopToolError('engine-failed', errors.trim() || l10n.t('The issue could not be written ({0}). The log says more.', exitCode));
  const document = await workspace.openTextDocument({ language: 'markdown', content: output });
  await window.showTextDocument(document, { preview: false });
}
