import { commands, l10n, window, type LogOutputChannel } from 'vscode';
import { isAbort, isLoopToolError } from '../core/errors.ts';

/** Tells the person what went wrong and what to do next; the log has the rest. Cancellation is silent. */
export function reportError(log: LogOutputChannel, error: unknown): void {
  if (isAbort(error)) return;
  log.error(error instanceof Error ? error : String(error));
  const message = isLoopToolError(error) ? error.userMessage : l10n.t('LoopTool: {0}', error instanceof Error ? error.message : String(error));
  const show = l10n.t('Show Log');
  void window.showErrorMessage(message, show).then((answer) => {
    if (answer === show) void commands.executeCommand('looptool.showLog');
  });
}
