import { basename, join } from 'node:path';
import { l10n, Uri, window, workspace, type TextDocument } from 'vscode';
import * as z from 'zod';
import { LoopToolError } from '../../core/errors.ts';
import { samplesAtMethod, samplesAtSchema, type SamplesAt, type SamplesAtParams } from '../../protocol/lsp/samplesAt.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { sampleStatusText } from './statusText.ts';

/** What lenses hand over; the palette has the cursor of the active editor instead. */
const argumentSchema = z.object({ uri: z.string(), record: z.number().int(), step: z.number().int().optional() });

type OneSample = SamplesAt['samples'][number];
export type SampleTarget = OneSample & { readonly document: TextDocument; readonly record: number; readonly project: Project };

/** The sample of a lens, or the one at the cursor. Of several the person picks; undefined when that is left, or when there is none. */
export async function sampleTarget(services: Services, argument: unknown): Promise<SampleTarget | undefined> {
  const asked = argumentSchema.safeParse(argument);
  const editor = window.activeTextEditor;
  const document = asked.success ? await workspace.openTextDocument(Uri.parse(asked.data.uri, true)) : editor?.document;
  const at: SamplesAtParams['at'] | undefined = asked.success ? { record: asked.data.record } : editor?.selection.active && { line: editor.selection.active.line, character: editor.selection.active.character };
  const found = document && at ? samplesAtSchema.safeParse(await services.language.request(samplesAtMethod, { uri: document.uri.toString(), at })).data : undefined;
  if (document === undefined || found === undefined || found.samples.length === 0) {
    void window.showInformationMessage(l10n.t('There is no sample here. Open a dataset and put the cursor on a record.'));
    return undefined;
  }
  const project = projectOf(services, document) ?? (document.uri.scheme === 'file' ? undefined : await services.projects.choose());
  if (project === undefined) throw new LoopToolError('config-missing', l10n.t('This file belongs to no project: there is no looptool.json beside it or above it. Create one first.'));
  const sample = await pick(found, asked.success ? asked.data.step : found.current);
  return sample && { ...sample, document, record: found.record, project };
}

/** The path that the sample's process reads, and the text where that is not what is on the disk. */
export function sourceOf({ document, project }: SampleTarget): { readonly file: string; readonly text?: string } {
  if (document.uri.scheme !== 'file') return { file: join(project.directory, basename(document.uri.path)), text: document.getText() };
  return { file: document.uri.fsPath, ...(document.isDirty ? { text: document.getText() } : {}) };
}

/** The innermost one, where projects lie in each other. */
function projectOf({ projects }: Services, { uri }: TextDocument): Project | undefined {
  if (uri.scheme !== 'file') return undefined;
  const inside = projects.all.filter((project) => uri.path.startsWith(`${project.uri.path.replace(/\/$/, '')}/`));
  return inside.sort((a, b) => b.directory.length - a.directory.length)[0];
}

async function pick({ samples, record }: SamplesAt, step: number | undefined): Promise<OneSample | undefined> {
  const [first] = samples;
  if (samples.length === 1) return first;
  const chosen = samples.find((sample) => sample.step === step);
  if (chosen !== undefined) return chosen;
  // What stands in a dataset must not become an icon.
  const items = samples.map((sample) => ({ label: l10n.t('Step {0}', sample.step + 1), description: sampleStatusText(sample.status), detail: sample.title.replaceAll('$(', '$ ('), sample }));
  const picked = await window.showQuickPick(items, { title: l10n.t('LoopTool: which sample of record {0}?', record + 1), matchOnDetail: true });
  return picked?.sample;
}
