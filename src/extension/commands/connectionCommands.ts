import { commands, l10n, ProgressLocation, QuickPickItemKind, window, type CancellationToken, type QuickPickItem } from 'vscode';
import type { EndpointTest, ModelRole } from '../../app/testConnection.ts';
import { systemClock } from '../../node/clock.ts';
import { keySource } from '../../node/environmentKeys.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import { endpointOrigins } from '../endpointKeys.ts';
import { connectionTest } from '../lazyBundles.ts';
import type { Services } from '../services.ts';
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
  if (chosen?.needsKey === true) await storeKey(services, endpointOrigins([config.endpoints[chosen.role]])[0]);
  else if (chosen?.state === 'failed') await commands.executeCommand('looptool.openConfig', argument);
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

/** Resolves to the one that the person chose, to do something about it. */
async function showTests(tests: readonly EndpointTest[]): Promise<EndpointTest | undefined> {
  const items = tests.map((test): QuickPickItem & { readonly test: EndpointTest } => {
    const icon = test.state === 'ok' ? '$(pass)' : test.state === 'failed' ? '$(error)' : '$(circle-large-outline)';
    return { label: `${icon} ${roleLabel(test.role)}: ${test.model}`, description: describe(test), detail: detailOf(test), test };
  });
  const picked = await window.showQuickPick(items, { title: l10n.t('LoopTool: endpoints'), placeHolder: l10n.t('One small request was sent to each') });
  return picked?.test;
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
  if (test.state === 'failed') return [test.message, test.needsKey ? l10n.t('choose to set its key') : l10n.t('choose to open looptool.json')].filter(Boolean).join(' · ');
  const listed = test.models === undefined ? l10n.t('the server lists no models') : l10n.t('models: {0}', test.models.slice(0, 5).join(', ') + (test.models.length > 5 ? ', …' : ''));
  return test.message === undefined ? listed : `${test.message} · ${listed}`;
}

function roleLabel(role: ModelRole): string {
  switch (role) {
    case 'policy':
      return l10n.t('Policy');
    case 'judge':
      return l10n.t('Judge');
    case 'judge2':
      return l10n.t('Second judge');
    case 'generator':
      return l10n.t('Generator');
  }
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
