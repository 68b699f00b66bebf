import { commands, l10n, window, type LogOutputChannel } from 'vscode';
import { isAbort, isLoopToolError, type LoopToolError } from '../core/errors.ts';

/** A notification is narrow, and its button opens the file: of each mistake the line and column are enough. */
function withoutPaths({ code, userMessage }: LoopToolError): string {
  return code === 'config-invalid' ? userMessage.replace(/^ {2}.*?looptool\.json:(?=\d+:\d+ )/gm, '') : userMessage;
}

/** Tells the person what went wrong and what to do next; the log has the rest. Cancellation is silent. */
export function reportError(log: LogOutputChannel, error: unknown): void {
  if (isAbort(error)) return;
  log.error(error instanceof Error ? error : String(error));
  const text = isLoopToolError(error) ? withoutPaths(error) : l10n.t('LoopTool: {0}', error instanceof Error ? error.message : String(error));
  // Servers have a say in it, and notifications make links of what looks like one, to commands too.
  const message = text.replaceAll('](', '] (');
  const show = l10n.t('Show Log');
  const open = l10n.t('Open looptool.json');
  const next = isLoopToolError(error) && error.code === 'config-invalid' ? [open, show] : [show];
  void window.showErrorMessage(message, ...next).then((answer) => {
    if (answer === open) void commands.executeCommand('looptool.openConfig');
    if (answer === show) void commands.executeCommand('looptool.showLog');
  });
}
