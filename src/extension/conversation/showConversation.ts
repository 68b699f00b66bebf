import { l10n, Uri, window, workspace, type TextEditor } from 'vscode';
import * as z from 'zod';
import type { Services } from '../services.ts';
import { ConversationPreview } from './conversationPreview.ts';

/** What lenses hand over; the palette has the cursor of the active editor instead. */
const argumentSchema = z.object({ uri: z.string(), line: z.number().int().optional() });

let preview: ConversationPreview | undefined;

/** Shows the record at the cursor as a conversation beside it; from then on it follows the cursor. */
export async function showConversation(services: Services, argument: unknown): Promise<void> {
  const asked = argumentSchema.safeParse(argument);
  const editor = asked.success ? await editorOf(asked.data.uri) : window.activeTextEditor;
  if (editor === undefined) {
    void window.showInformationMessage(l10n.t('Open a dataset and put the cursor on a record first.'));
    return;
  }
  if (preview === undefined) {
    preview = new ConversationPreview(services);
    services.context.subscriptions.push(preview);
  }
  const line = asked.success ? asked.data.line : undefined;
  await preview.show(editor.document, line === undefined ? editor.selection.active : editor.document.lineAt(Math.min(line, editor.document.lineCount - 1)).range.start);
}

async function editorOf(uri: string): Promise<TextEditor> {
  const open = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri);
  return open ?? window.showTextDocument(await workspace.openTextDocument(Uri.parse(uri, true)), { preserveFocus: true });
}
