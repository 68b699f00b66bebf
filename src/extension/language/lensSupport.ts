import { l10n, window, workspace, type CodeLens, type Command, type Disposable, type TextDocument, type TextEditor } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { refreshResultsMethod, visibleLinesMethod } from '../../protocol/lsp/lensMethods.ts';
import type { LensArgument, LensCommand } from '../../protocol/lsp/sampleLens.ts';
import type { VisibleLines } from '../../protocol/lsp/visibleLines.ts';
import { statusText } from '../samples/statusText.ts';

/** Every lens is a line of the editor's, seen or not: of longer documents only those around what is seen are asked for. */
const shortDocument = 500;
const settleMs = 150;

export type LensClient = { readonly notify: (method: string, params: object) => Promise<void>; readonly request: (method: string) => Promise<unknown> };

/** Lenses in the person's language, switched off by a setting, and for long documents only where they are seen. */
export function lensMiddleware(client: LensClient): Pick<Middleware, 'provideCodeLenses' | 'resolveCodeLens'> {
  return {
    provideCodeLenses: async (document, token, next) => {
      if (!areEnabled(document)) return [];
      const editor = window.visibleTextEditors.find((one) => one.document === document);
      // On its way before the question is: the server answers for what is seen.
      if (editor !== undefined && document.lineCount > shortDocument) await client.notify(visibleLinesMethod, visibleLines(editor));
      const lenses = await next(document, token);
      for (const lens of lenses ?? []) translate(lens);
      return lenses;
    },
    resolveCodeLens: async (lens, token, next) => {
      const resolved = await next(lens, token);
      if (resolved) translate(resolved);
      return resolved;
    },
  };
}

/** Tells the server what is seen of long documents, and has lenses asked for anew when they are switched on or off. */
export function followLenses(client: LensClient, isOpen: (document: TextDocument) => boolean): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const subscriptions = [
    window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      if (textEditor.document.lineCount <= shortDocument || !isOpen(textEditor.document)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void client.notify(visibleLinesMethod, visibleLines(textEditor)).catch(() => undefined), settleMs);
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('looptool.codeLens.enabled')) void client.request(refreshResultsMethod).catch(() => undefined);
    }),
  ];
  return {
    dispose: () => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function areEnabled(document: TextDocument): boolean {
  return workspace.getConfiguration('looptool', document).get<boolean>('codeLens.enabled', true);
}

function visibleLines({ document, visibleRanges }: TextEditor): VisibleLines {
  const lines = visibleRanges.flatMap(({ start, end }) => [start.line, end.line]);
  return { uri: document.uri.toString(), first: Math.min(...lines, document.lineCount - 1), last: Math.max(...lines, 0) };
}

const titles: Readonly<Record<LensCommand, () => string>> = {
  'looptool.probeSample': () => l10n.t('Probe'),
  'looptool.judgeSample': () => l10n.t('Ask the judge'),
  'looptool.expandSample': () => l10n.t('Expand'),
  'looptool.reviewSample': () => l10n.t('Review'),
  'looptool.showConversation': () => l10n.t('Show as conversation'),
};

function translate(lens: CodeLens): void {
  if (lens.command !== undefined) lens.command = { ...lens.command, title: titleOf(lens.command) };
}

/** The server's own words where it says something that is not known here. */
function titleOf({ command, title, arguments: [argument] = [] }: Command): string {
  const { statuses } = (argument ?? {}) as Partial<LensArgument>; // Made by our own server.
  if (statuses !== undefined && statuses.length > 0) return statusText(statuses);
  return Object.hasOwn(titles, command) ? titles[command as LensCommand]() : title;
}
