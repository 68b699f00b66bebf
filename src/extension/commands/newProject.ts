import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commands, l10n, Uri, window, workspace, type QuickPickItem } from 'vscode';
import { LoopToolError } from '../../core/errors.ts';
import { runCommandLine } from '../commandLine.ts';
import type { Services } from '../services.ts';

type Template = 'sample' | 'smoke' | 'empty';

const templateArguments: Readonly<Record<Template, readonly string[]>> = { sample: ['--sample'], smoke: ['--smoke'], empty: [] };
const folderNames: Readonly<Record<Template, string>> = { sample: 'looptool-sample', smoke: 'looptool-smoke', empty: 'looptool-project' };

/** Asks which kind of project and makes it. */
export async function newProject(services: Services): Promise<void> {
  const items: readonly (QuickPickItem & { readonly template: Template })[] = [
    { template: 'sample', label: `$(beaker) ${l10n.t('Sample project')}`, detail: l10n.t('Planted label errors, a small model that learns on this machine, minutes a round') },
    { template: 'smoke', label: `$(zap) ${l10n.t('Sample project, tiny')}`, detail: l10n.t('The same cut down to seconds a round: shows how it works, not what it gains') },
    { template: 'empty', label: `$(file) ${l10n.t('My own data')}`, detail: l10n.t('A looptool.json to fill in: your dataset, your servers') },
  ];
  const picked = await window.showQuickPick(items, { title: l10n.t('LoopTool: new project'), placeHolder: l10n.t('What kind of project?') });
  if (picked) await create(services, picked.template);
}

/** The sample project, without a question. */
export async function newSampleProject(services: Services): Promise<void> {
  await create(services, 'sample');
}

async function create(services: Services, template: Template): Promise<void> {
  const directory = await chooseDirectory(template);
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  const cli = services.context.asAbsolutePath('dist/cli.js');
  const { exitCode, output, errors } = await window.withProgress({ location: { viewId: 'looptool.rounds' } }, () => runCommandLine(cli, ['init', ...templateArguments[template], '--project', directory], directory));
  if (output.trim() !== '') services.log.info(output.trim());
  if (exitCode !== 0) throw new LoopToolError('write-failed', errors.trim() || l10n.t('The project could not be made in {0}.', directory));
  await services.refresh();
  await commands.executeCommand('looptool.rounds.focus');
  if (template === 'empty') await window.showTextDocument(Uri.file(join(directory, 'looptool.json')));
}

/** An empty workspace folder itself; in one that has files already, a folder of its own. */
async function chooseDirectory(template: Template): Promise<string | undefined> {
  const folders = (workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === 'file');
  const folder = folders.length > 1 ? await window.showWorkspaceFolderPick({ placeHolder: l10n.t('Where should the project be made?') }) : folders[0];
  if (!folder) {
    if (folders.length === 0) throw new LoopToolError('usage', l10n.t('Open a folder first: the project is made in it.'));
    return undefined;
  }
  const root = folder.uri.fsPath;
  const names = readdirSync(root).filter((name) => !name.startsWith('.'));
  if (names.length === 0 || (template === 'empty' && !names.includes('looptool.json'))) return root;
  for (let i = 1; ; i++) {
    const name = i === 1 ? folderNames[template] : `${folderNames[template]}-${i}`;
    if (!names.includes(name)) return join(root, name);
  }
}
