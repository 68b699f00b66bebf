import { l10n, ViewColumn, window, workspace } from 'vscode';
import * as z from 'zod';
import { openLabelMethod, openLabelResultSchema } from '../../protocol/lsp/labelDocument.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { Services } from '../services.ts';
import { labelUri } from './labelFiles.ts';

/** What lenses hand over; the palette has the cursor of the active editor instead. */
const argumentSchema = z.object({ uri: z.string(), record: z.number().int(), step: z.number().int() });

/** Opens the label of a sample as a JSON document of its own; saving it changes the label in the dataset. */
export async function editLabel(services: Services, argument: unknown): Promise<void> {
  const asked = argumentSchema.safeParse(argument);
  const editor = window.activeTextEditor;
  if (!asked.success && editor === undefined) {
    void window.showInformationMessage(l10n.t('Open a dataset and put the cursor on a record first.'));
    return;
  }
  const uri = asked.success ? asked.data.uri : (editor?.document.uri.toString() ?? '');
  const { line = 0, character = 0 } = editor?.selection.active ?? {};
  const params = asked.success ? { textDocument: { uri }, at: asked.data.record, step: asked.data.step } : { textDocument: { uri }, at: { line, character } };
  const answer = openLabelResultSchema.safeParse(await services.language.request(openLabelMethod, params));
  if (!answer.success) throw new LoopToolError('dataset-unreadable', l10n.t('This is no dataset that LoopTool knows. Open one, and put the cursor on a record.'));
  if (!answer.data.ok) throw new LoopToolError('dataset-unreadable', answer.data.message);
  const { record, step, sampleId } = answer.data;
  const document = await workspace.openTextDocument(labelUri({ uri, record, step, sampleId }));
  await window.showTextDocument(document, { viewColumn: asked.success ? ViewColumn.Active : ViewColumn.Beside, preview: false });
}
