import { l10n, Uri, window, workspace, type QuickPickItem, type TextDocument } from 'vscode';
import { dialects } from '../../core/dataset/dialects.generated.ts';
import { dialectsResult } from '../../protocol/lsp/datasetStatus.ts';
import { dialectMethod, dialectsMethod } from '../../protocol/lsp/methods.ts';
import type { Services } from '../services.ts';
import { chooseInProject } from './projectDialect.ts';
import { isServedScheme, servedLanguages } from './servedDocuments.ts';

type Item = QuickPickItem & { readonly dialect: string | undefined };

/** Has the dialect of a document chosen, or recognised again. */
export async function chooseDialect(services: Services, argument: unknown): Promise<void> {
  const document = await documentOf(argument);
  if (document === undefined || !servedLanguages.includes(document.languageId) || !isServedScheme(document.uri)) {
    void window.showInformationMessage(l10n.t('Open a dataset first: a JSON or JSON Lines file.'));
    return;
  }
  const chosen = services.dialects.of(document.uri);
  const picked = await window.showQuickPick(await items(services, document.uri, chosen), {
    title: l10n.t('Dialect of {0}', document.uri.path.split('/').at(-1) ?? ''),
    placeHolder: l10n.t('How the records of this file are read'),
    matchOnDescription: true,
  });
  if (picked === undefined) return;
  await services.dialects.choose(document.uri, picked.dialect);
  if (services.language.isOpen(document.uri)) await services.language.request(dialectMethod, { uri: document.uri.toString(), dialect: picked.dialect ?? null });
  else services.language.adopt(document);
  const project = services.projects.of(document.uri);
  if (project !== undefined && workspace.isTrusted && document.uri.scheme === 'file') await chooseInProject(project.uri, document.uri, picked.dialect);
}

async function documentOf(argument: unknown): Promise<TextDocument | undefined> {
  return argument instanceof Uri ? workspace.openTextDocument(argument) : window.activeTextEditor?.document;
}

async function items(services: Services, uri: Uri, chosen: string | undefined): Promise<readonly Item[]> {
  const answer = dialectsResult.safeParse(await services.language.request(dialectsMethod, { uri: uri.toString() }));
  const ranked = answer.success && answer.data.length > 0 ? answer.data : dialects.map(({ id, name }) => ({ id, name, confidence: 0 }));
  const mark = (id: string | undefined): string => (id === chosen ? '$(check) ' : '');
  return [
    { label: `${mark(undefined)}${l10n.t('Recognise by content')}`, dialect: undefined },
    ...ranked.map(({ id, name, confidence }): Item => ({
      label: `${mark(id)}${name}`,
      description: confidence > 0 ? l10n.t('{0}, {1} % sure', id, Math.round(100 * confidence)) : id,
      dialect: id,
    })),
  ];
}
