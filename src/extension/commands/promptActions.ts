import { resolve } from 'node:path';
import { l10n, Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { ListedPrompt } from '../../app/prompts/promptCommands.ts';
import type { Project } from '../projects.ts';
import { promptCommands } from '../lazyBundles.ts';
import type { Services } from '../services.ts';
import { projectOfNode } from '../tree/nodes.ts';

/** Writes the prompts that the person chooses into the project, and opens the first. */
export async function ejectPrompts(services: Services, argument: unknown): Promise<void> {
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  if (project === undefined) return;
  const { ejectPrompts: eject, listPrompts } = await promptCommands();
  const fresh = (await listPrompts({ project: project.directory })).filter(({ file }) => file === undefined);
  if (fresh.length === 0) {
    void window.showInformationMessage(l10n.t('All prompts stand in the project already. To have a shipped text again, remove its file.'));
    return;
  }
  const picked = await window.showQuickPick(fresh.map(item), { title: l10n.t('LoopTool: which prompts shall be files of {0}?', project.label), canPickMany: true, matchOnDetail: true });
  if (picked === undefined || picked.length === 0) return;
  const { written } = await eject({ project: project.directory, names: picked.map(({ prompt }) => prompt.name) });
  services.log.info(`Prompts written: ${written.join(', ')}`);
  const [first] = written;
  if (first !== undefined) await openOwn(project, first);
  void window.showInformationMessage(l10n.t('The project uses {0} prompt files from now on. What you change makes a prompt a version of its own; jobs check the files before they ask anything.', written.length));
}

/** Shows a prompt: the project's own file, else the shipped text, read-only. */
export async function showPromptTemplate(services: Services): Promise<void> {
  const project = services.projects.all.length === 0 ? undefined : await services.projects.choose();
  if (project === undefined && services.projects.all.length > 0) return;
  const { listPrompts, showPrompt } = await promptCommands();
  const directory = project?.directory ?? services.context.extensionPath;
  const picked = await window.showQuickPick((await listPrompts({ project: directory })).map(item), { title: l10n.t('LoopTool: which prompt?'), matchOnDetail: true });
  if (picked === undefined) return;
  const { name, file } = picked.prompt;
  if (project !== undefined && file !== undefined) return await openOwn(project, file);
  const { text } = await showPrompt({ project: directory, name, shipped: true });
  const document = await workspace.openTextDocument(services.documents.put(`${l10n.t('shipped prompts')}/${name}.md`, text));
  await window.showTextDocument(document, { preview: true });
}

async function openOwn({ directory }: Project, file: string): Promise<void> {
  await window.showTextDocument(Uri.file(resolve(directory, file)));
}

function item(prompt: ListedPrompt): QuickPickItem & { readonly prompt: ListedPrompt } {
  return { label: prompt.name, description: [prompt.version, ...(prompt.file === undefined ? [] : [prompt.file])].join(' · '), detail: prompt.purpose, prompt };
}
