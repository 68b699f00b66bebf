import { commands, env, l10n, ProgressLocation, Range, Selection, Uri, window, workspace, WorkspaceEdit, type QuickPickItem } from 'vscode';
import type { ModelRole } from '../../app/testConnection.ts';
import { endpointEdit } from '../../core/config/endpointEdit.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { FoundServer } from '../../protocol/serverReport.ts';
import { doctor } from '../lazyBundles.ts';
import type { Project } from '../projects.ts';
import type { Services } from '../services.ts';
import { projectOfNode } from '../tree/nodes.ts';
import { roleLabel } from './roleLabel.ts';
import { signalOf } from './signalOf.ts';

type FoundModel = QuickPickItem & { readonly found?: FoundServer; readonly model?: string };

/** Looks at the usual ports of this machine, and writes the chosen model into looptool.json, or onto the clipboard. */
export async function discoverLocalServers(services: Services, argument: unknown): Promise<void> {
  const found = await window.withProgress({ location: ProgressLocation.Notification, title: l10n.t('Looking for servers on this machine'), cancellable: true }, async (_progress, token) => (await doctor()).findServers(signalOf(token)));
  const { titleOf } = await doctor();
  services.log.info(`Discovery: ${found.map(({ baseUrl, kind }) => `${kind} at ${baseUrl}`).join(', ') || 'nothing answers'}`);
  if (found.length === 0) {
    void window.showInformationMessage(l10n.t('No server answers on the usual ports of this machine (8000, 30000, 8080, 11434, 1234, 3000). Start one, or write its address into looptool.json.'));
    return;
  }
  const picked = await window.showQuickPick<FoundModel>(found.flatMap((one) => itemsOf(one, titleOf(one))), { title: l10n.t('LoopTool: servers on this machine'), placeHolder: l10n.t('Choose the model that a role shall be bound to') });
  if (picked?.found?.endpoint === undefined || picked.found.endpoint === null) return;
  const endpoint = { ...picked.found.endpoint, model: picked.model ?? picked.found.endpoint.model };
  if (services.projects.all.length === 0) return copyEntry(endpoint);
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  const role = project && (await chooseRole());
  if (project && role) await writeEndpoint(project, role, endpoint);
}

function itemsOf(found: FoundServer, title: string): readonly FoundModel[] {
  const address = found.baseUrl.replace(/^https?:\/\//, '');
  const detail = [found.loading ? l10n.t('loading its model') : '', found.needsKey ? l10n.t('asks for a key: set it afterwards') : '', found.remark ?? ''].filter((part) => part !== '').join(' · ');
  const shown = { description: `${title} · ${address}`, ...(detail === '' ? {} : { detail }) };
  if (found.endpoint === null) return [{ label: `$(circle-slash) ${address}`, ...(detail === '' ? {} : { detail }) }];
  const models = found.models ?? [found.endpoint.model];
  return models.map((model) => ({ label: `$(server) ${model}`, ...shown, found, model }));
}

async function copyEntry(endpoint: object): Promise<void> {
  await env.clipboard.writeText(JSON.stringify(endpoint));
  void window.showInformationMessage(l10n.t('There is no looptool.json in this window: the entry for its endpoints is on the clipboard.'));
}

async function chooseRole(): Promise<ModelRole | undefined> {
  const roles = ['policy', 'judge', 'generator', 'judge2'] as const;
  const picked = await window.showQuickPick(
    roles.map((role) => ({ label: roleLabel(role), role })),
    { title: l10n.t('LoopTool: which role shall ask this model?'), placeHolder: l10n.t('Its entry in looptool.json is replaced; undo takes it back') },
  );
  return picked?.role;
}

async function writeEndpoint(project: Project, role: ModelRole, endpoint: object): Promise<void> {
  const document = await workspace.openTextDocument(Uri.joinPath(project.uri, 'looptool.json'));
  const change = endpointEdit(document.getText(), role, endpoint);
  if (!change) throw new LoopToolError('config-invalid', l10n.t('looptool.json has no "endpoints" to write into. Put the file right first.'));
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, new Range(document.positionAt(change.start), document.positionAt(change.end)), change.newText);
  if (!(await workspace.applyEdit(edit))) throw new LoopToolError('write-failed', l10n.t('The editor did not take the edits. Close other editors of these files and try again.'));
  const selection = new Selection(document.positionAt(change.start), document.positionAt(change.start + change.newText.length));
  await window.showTextDocument(document, { selection });
  const test = l10n.t('Save and Test');
  const answer = await window.showInformationMessage(l10n.t('{0}: the entry is written, and not saved yet.', roleLabel(role)), test);
  if (answer !== test) return;
  await document.save();
  await commands.executeCommand('looptool.testConnection');
}
