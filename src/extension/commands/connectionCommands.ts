import { commands, l10n, ProgressLocation, QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import type { EndpointTest } from '../../app/testConnection.ts';
import { systemClock } from '../../node/clock.ts';
import { keySource } from '../../node/environmentKeys.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { endpointOrigins } from '../endpointKeys.ts';
import { connectionTest } from '../lazyBundles.ts';
import type { Services } from '../services.ts';
import { roleLabel } from '../servers/roleLabel.ts';
import { showServerFindings } from '../servers/showFindings.ts';
import { signalOf } from '../servers/signalOf.ts';
import { projectOfNode } from '../tree/nodes.ts';

/** Sends one small request to each endpoint of the project and shows what came back. */
export async function testConnection(services: Services, argument: unknown): Promise<void> {
  const project = projectOfNode(argument) ?? (await services.projects.choose());
  if (!project) return;
  const files = new ProjectFiles(project.directory);
  const config = await files.readConfig();
  const keyOf = keySource(process.env, await services.keys.forProject(project.directory));
  const tests = await window.withProgress({ location: ProgressLocation.Notification, title: l10n.t('Testing the endpoints of {0}', project.label), cancellable: true }, async (_progress, token) =>
    (await connectionTest()).testConnections(config, { files, keyOf, clock: systemClock, random: Math.random }, signalOf(token)),
  );
  for (const test of tests) services.log.info(`Test of ${test.role}: ${test.model} at ${test.host}: ${test.state}${test.latencyMs === undefined ? '' : `, ${test.latencyMs} ms`}${test.message === undefined ? '' : `, ${test.message}`}`);
  const chosen = await showTests(tests);
  if (!chosen) return;
  if (chosen.kind === 'discover') await commands.executeCommand('looptool.discoverServers', argument);
  else if (chosen.kind === 'all') await showServerFindings(services, project, [], chosen.fresh);
  else if (chosen.test.needsKey) await storeKey(services, endpointOrigins([config.endpoints[chosen.test.role]])[0]);
  else await showServerFindings(services, project, [chosen.test.role], false);
}

/** Asks for an endpoint and its key; the key goes to the secret storage and nowhere else. */
export async function setKey(services: Services): Promise<void> {
  await storeKey(services, await chooseOrigin(services, l10n.t('LoopTool: set the key of which server?')));
}

async function storeKey(services: Services, origin: string | undefined): Promise<void> {
  if (origin === undefined) return;
  const key = await window.showInputBox({ title: l10n.t('LoopTool: key for {0}', origin), prompt: l10n.t('Kept in the secret storage of the editor, handed to jobs over a pipe'), password: true, ignoreFocusOut: true });
  if (key === undefined || key.trim() === '') return;
  await services.keys.set(origin, key.trim());
  void window.showInformationMessage(l10n.t('The key for {0} is stored. Test the connection to see that it works.', origin));
}

export async function clearKey(services: Services): Promise<void> {
  const origin = await chooseOrigin(services, l10n.t('LoopTool: clear the key of which server?'));
  if (origin === undefined) return;
  await services.keys.clear(origin);
  void window.showInformationMessage(l10n.t('The key for {0} is cleared.', origin));
}

/** The servers of the window's projects, or any other address. */
async function chooseOrigin(services: Services, title: string): Promise<string | undefined> {
  const origins = new Set<string>();
  for (const project of services.projects.all) {
    const config = await new ProjectFiles(project.directory).readConfig().catch(() => undefined);
    for (const origin of endpointOrigins(config ? Object.values(config.endpoints) : [])) origins.add(origin);
  }
  const other = l10n.t('Another server...');
  const items: (QuickPickItem & { readonly origin?: string })[] = [];
  for (const origin of origins) items.push({ label: origin, origin, description: (await services.keys.get(origin)) === undefined ? l10n.t('no key') : l10n.t('has a key') });
  if (items.length > 0) items.push({ label: '', kind: QuickPickItemKind.Separator });
  items.push({ label: other });
  const picked = await window.showQuickPick(items, { title });
  if (!picked) return undefined;
  if (picked.origin !== undefined) return picked.origin;
  const address = await window.showInputBox({ title, prompt: l10n.t('Address of the server'), placeHolder: 'https://host:port', validateInput: (text) => (originOf(text) === undefined ? l10n.t('An http or https address') : undefined) });
  return address === undefined ? undefined : originOf(address);
}

function originOf(text: string): string | undefined {
  try {
    const { protocol, origin } = new URL(text.trim());
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
  } catch {
    return undefined;
  }
}

type Choice = { readonly kind: 'test'; readonly test: EndpointTest } | { readonly kind: 'all'; readonly fresh: boolean } | { readonly kind: 'discover' };

/** The first answer, after a second or so. From here a server is looked at in full, with what to change for each problem. */
async function showTests(tests: readonly EndpointTest[]): Promise<Choice | undefined> {
  const items: (QuickPickItem & { readonly choice?: Choice })[] = tests.map((test) => {
    const icon = test.state === 'ok' ? '$(pass)' : test.state === 'failed' ? '$(error)' : '$(circle-large-outline)';
    return { label: `${icon} ${roleLabel(test.role)}: ${test.model}`, description: describe(test), detail: detailOf(test), choice: { kind: 'test', test } };
  });
  items.push(
    { label: '', kind: QuickPickItemKind.Separator },
    { label: `$(pulse) ${l10n.t('Look at All Servers in Full')}`, detail: l10n.t('log-probabilities, tools, reasoning, repeatability, and what to change where'), choice: { kind: 'all', fresh: false } },
    { label: `$(refresh) ${l10n.t('Ask All Again')}`, detail: l10n.t('the same, also of what was in order before'), choice: { kind: 'all', fresh: true } },
    { label: `$(search) ${l10n.t('Discover Local Servers...')}`, detail: l10n.t('looks at the usual ports of this machine'), choice: { kind: 'discover' } },
  );
  const picked = await window.showQuickPick(items, { title: l10n.t('LoopTool: endpoints'), placeHolder: l10n.t('One small request was sent to each; choose one to look at it in full'), matchOnDetail: true });
  return picked?.choice;
}

function describe(test: EndpointTest): string {
  const parts = [test.host];
  if (test.latencyMs !== undefined) parts.push(l10n.t('{0} ms', Math.round(test.latencyMs)));
  if (test.logProbs !== undefined) parts.push(test.logProbs ? l10n.t('log-probs: yes') : l10n.t('log-probs: no'));
  if (test.simulated) parts.push(l10n.t('simulated'));
  return parts.join(' · ');
}

function detailOf(test: EndpointTest): string {
  if (test.state === 'notStarted') return l10n.t('Runs on this machine; the first job starts it');
  if (test.state === 'failed') return [test.message, test.needsKey ? l10n.t('choose to set its key') : l10n.t('choose to see what to do')].filter(Boolean).join(' · ');
  const listed = test.models === undefined ? l10n.t('the server lists no models') : l10n.t('models: {0}', test.models.slice(0, 5).join(', ') + (test.models.length > 5 ? ', …' : ''));
  return test.message === undefined ? listed : `${test.message} · ${listed}`;
}
