import { l10n, window, workspace } from 'vscode';
import type { PromptPreview } from '../../protocol/promptPreview.ts';
import type { Services } from '../services.ts';

const rule = '─'.repeat(60);
const mostPieces = 4000;

/** Opens the prompt of a sample, read-only: what is to be said of it, its exact text, then its tokens. */
export async function showPromptDocument(services: Services, path: string, prompt: PromptPreview): Promise<void> {
  const uri = services.documents.put(path, promptDocument(prompt));
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}

function promptDocument(prompt: PromptPreview): string {
  const { text, pieces } = prompt;
  const parts = [headOf(prompt).join('\n')];
  if (text !== undefined) parts.push(`${rule} ${l10n.t('text')}`, text);
  if (pieces !== undefined) {
    parts.push(`${rule} ${l10n.t('tokens')}`, pieces.slice(0, mostPieces).map((piece, index) => `${index + 1}\t${JSON.stringify(piece)}`).join('\n'));
    if (pieces.length > mostPieces) parts.push(l10n.t('… {0} more', pieces.length - mostPieces));
  }
  return `${parts.join('\n')}\n`;
}

function headOf({ model, host, mode, template, text, tokens, context, maxTokens, refusal, warnings }: PromptPreview): readonly string[] {
  const made = mode === 'chat' ? l10n.t('made by the template of the server') : l10n.t('made here with the template {0} ({1})', template?.name ?? '', template?.hash ?? '');
  const count = tokens === undefined ? l10n.t('the server does not count tokens') : l10n.t('{0} tokens', tokens);
  const limit = context === undefined ? l10n.t('context unknown') : l10n.t('context {0}', context);
  return [
    `${model} @ ${host}: ${made}`,
    `${count} · ${limit} · ${l10n.t('up to {0} for the answer', maxTokens)}`,
    ...(text === undefined ? [l10n.t('The server makes the prompt and does not show it.')] : []),
    ...(refusal === undefined ? [] : [`✗ ${l10n.t('It would not be sent: {0}', refusal)}`]),
    ...warnings.map((warning) => `⚠ ${warningText(warning)}`),
  ];
}

function warningText(warning: PromptPreview['warnings'][number]): string {
  switch (warning.kind) {
    case 'toolMissing':
      return l10n.t('These tools are not in the prompt: {0}. The template leaves tools out; take one that declares them.', warning.tools.join(', '));
    case 'messageMissing':
      return l10n.t('The text of message {0} ({1}) is not in the prompt: the template drops or shortens it.', warning.message + 1, warning.role);
    case 'callMissing':
      return l10n.t('The call of {0} in message {1} is not in the prompt: the template leaves calls out.', warning.name, warning.message + 1);
    case 'specialInData':
      return warning.tool === undefined
        ? l10n.t('{0} stands in message {1}: the tokeniser may take it for a mark of the template.', warning.mark, (warning.message ?? 0) + 1)
        : l10n.t('{0} stands in the tool {1}: the tokeniser may take it for a mark of the template.', warning.mark, warning.tool);
    case 'emptyToolBlock':
      return l10n.t('The system message has a place for tools that stays empty, and the template writes them elsewhere. With the template "chatml" they stand in their place.');
    case 'twoBeginnings':
      return l10n.t('The prompt begins with {0} twice.', warning.token);
  }
}
