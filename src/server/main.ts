import {
  CancellationToken,
  createConnection,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  ProposedFeatures,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Diagnostic,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import { noCompanions, type Companions } from '../core/dataset/companions.ts';
import type { Dialect } from '../core/dataset/dialect.ts';
import { loadCompanions } from '../node/companionFiles.ts';
import { useNodeHash } from '../node/nodeHash.ts';
import { findingsMethod } from '../protocol/lsp/findings.ts';
import { serverOptionsSchema, trustNotification, trustSchema, type ServerOptions } from '../protocol/lsp/serverOptions.ts';
import { Checks, type CheckHost } from './checks.ts';
import { ClientSettings } from './clientSettings.ts';
import { LiveDataset } from './dataset/liveDataset.ts';
import { features } from './features.ts';
import type { ServerContext } from './feature.ts';
import { JournalResults } from './journalResults.ts';
import { pathOf, Projects } from './projects.ts';
import { pushDiagnostics } from './pushDiagnostics.ts';
import { ResultDiagnostics } from './resultDiagnostics.ts';
import type { ServerProject } from './serverProject.ts';
import { LiveText } from './text/liveText.ts';
import { countMessages, noteBytes } from './waiting.ts';

// The transport comes from the command line: --stdio, --node-ipc, --pipe or --socket.
useNodeHash();
const connection = createConnection(ProposedFeatures.all, { messageStrategy: countMessages });
const documents = new TextDocuments<LiveText>({
  create: (uri, languageId, version, text) => new LiveText(uri, languageId, version, text),
  update: (document, changes, version) => {
    document.update(changes, version);
    return document;
  },
});
let folders: readonly string[] = [];
let client: ClientCapabilities = {};
let options: ServerOptions = {};
const listeners = new Set<(uri: string) => void>();
const saveListeners = new Set<(uri: string) => void>();
const checkListeners = new Set<(uri: string) => void>();
/** By uri; kept over closing and opening. */
const chosenDialects = new Map<string, string>();
const projects = new Projects(refresh);
type Settings = NonNullable<ReturnType<CheckHost['settings']>>;
/** Of each project as it is, by file. */
const settings = new WeakMap<ServerProject, Map<string, Settings>>();
let settingsSeen = 0;
/** For editors that do not ask for diagnostics. */
let pushAgain: (() => void) | undefined;
const checks: Checks = new Checks({
  client: () => client,
  settings: settingsOf,
  refresh,
  checked: (uri) => {
    for (const listener of checkListeners) listener(uri);
  },
  others: async (dataset) => {
    const diagnostics = (await clientSettings.isOn(dataset.uri, 'looptool.diagnostics.results', true)) ? resultDiagnostics.of(dataset) : [];
    return { id: `${resultDiagnostics.number}.${clientSettings.changes}`, diagnostics };
  },
  othersState: () => resultDiagnostics.state,
  updateOthers: (dataset, control) => resultDiagnostics.update(dataset, control),
});
const clientSettings = new ClientSettings(connection, () => client);
clientSettings.onDidChange(refresh);
const results: JournalResults = new JournalResults(() => checks.datasets.map(({ uri }) => uri));
const resultDiagnostics: ResultDiagnostics = new ResultDiagnostics(results);
results.onDidChange(() => checks.lookAgain());

connection.onInitialize((params) => {
  client = params.capabilities;
  // What the protocol had before there were several folders; clients that know no other still send it.
  folders = pathsOf(params.workspaceFolders?.map(({ uri }) => uri) ?? [params.rootUri ?? '']);
  options = serverOptionsSchema.safeParse(params.initializationOptions).data ?? {};
  const context: ServerContext = {
    connection,
    client,
    folders: () => folders,
    dataset: (uri) => checks.get(uri),
    datasets: () => checks.datasets,
    projectOf: (uri) => projects.of(uri),
    results,
    settings: clientSettings,
    onDidChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDidCheck: (listener) => {
      checkListeners.add(listener);
      return () => checkListeners.delete(listener);
    },
    chosenDialect: (uri) => chosenDialects.get(uri),
    chooseDialect,
    onDidSave: (listener) => {
      saveListeners.add(listener);
      return () => saveListeners.delete(listener);
    },
    trusted: () => options.trusted === true,
    tellsFollowed: options.tellsFollowed === true,
  };
  for (const feature of features) feature.register(context);
  if (client.textDocument?.diagnostic === undefined) pushAgain = pushDiagnostics(context, findingsOf);
  return {
    capabilities: {
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      textDocumentSync: TextDocumentSyncKind.Incremental,
      diagnosticProvider: { identifier: 'looptool', interFileDependencies: false, workspaceDiagnostics: false },
      ...features.reduce<Partial<ServerCapabilities>>((all, feature) => ({ ...all, ...feature.capabilities }), {}),
    },
    serverInfo: { name: 'looptool' },
  };
});

connection.onInitialized(() => {
  clientSettings.start();
  if (client.workspace?.workspaceFolders === true) {
    connection.workspace.onDidChangeWorkspaceFolders(() => void connection.workspace.getWorkspaceFolders().then((now) => (folders = pathsOf((now ?? []).map(({ uri }) => uri)))));
  }
  if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
    void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/looptool.json' }, { globPattern: '**/.looptool/suppressions.jsonl' }] });
  }
});

connection.onDidChangeWatchedFiles(() => {
  const before = checks.datasets.map(({ uri }) => projects.of(uri));
  if (checks.datasets.some(({ uri }, index) => projects.fresh(uri) !== before[index])) refresh();
});

documents.onDidOpen(({ document }) => {
  if (!isJson(document)) return;
  const dataset = new LiveDataset(document, (dialect) => companionsOf(document.uri, dialect));
  const chosen = chosenDialects.get(document.uri);
  if (chosen !== undefined) dataset.forceDialect(chosen);
  checks.add(dataset);
});
documents.onDidChangeContent(({ document }) => {
  checks.changed(document.uri);
  tell(document.uri);
});
documents.onDidClose(({ document }) => {
  checks.remove(document.uri);
  clientSettings.forget(document.uri);
  tell(document.uri);
});
documents.onDidSave(({ document }) => {
  for (const listener of saveListeners) listener(document.uri);
});

connection.onNotification(trustNotification, (params: unknown) => {
  options = { ...options, ...trustSchema.safeParse(params).data };
});

/** An open document is read anew, and the editor asks again for what it shows. */
function chooseDialect(uri: string, dialect: string | undefined): void {
  if (dialect === undefined) chosenDialects.delete(uri);
  else chosenDialects.set(uri, dialect);
  const dataset = checks.get(uri);
  if (dataset === undefined) return;
  dataset.forceDialect(dialect);
  tell(uri);
  refresh();
}

function tell(uri: string): void {
  for (const listener of listeners) listener(uri);
}

connection.languages.diagnostics.on((params, token) => checks.diagnose(params, token));
connection.onRequest(findingsMethod, (params: unknown) => checks.findings(params));

/** Clients that can be told that their diagnostics are old are told; others ask when something is edited. */
function refresh(): void {
  pushAgain?.();
  if (client.workspace?.diagnostics?.refreshSupport === true) void connection.languages.diagnostics.refresh();
}

/** The same object as long as nothing in it changed. */
function settingsOf(uri: string): Settings | undefined {
  const project = projects.fresh(uri);
  if (project === undefined) return undefined;
  const byFile = settings.get(project) ?? new Map<string, Settings>();
  settings.set(project, byFile);
  const known = byFile.get(uri);
  if (known !== undefined) return known;
  const path = pathOf(uri);
  const suppressions = path === undefined ? project.suppressions : project.suppressions.forFile(path);
  const made = { rules: project.rules, suppressions, dialect: path === undefined ? undefined : project.dataset(path)?.dialect, number: (settingsSeen += 1) };
  byFile.set(uri, made);
  return made;
}

async function findingsOf(uri: string): Promise<readonly Diagnostic[] | undefined> {
  try {
    const report = await checks.diagnose({ textDocument: { uri } }, CancellationToken.None);
    return report.kind === DocumentDiagnosticReportKind.Full ? report.items : undefined;
  } catch (error) {
    if (error instanceof ResponseError) return undefined;
    throw error;
  }
}

/** By the layout of the dialect, or as the project says; none beside a document that is not on this disk. */
async function companionsOf(uri: string, dialect: Dialect): Promise<Companions> {
  const path = pathOf(uri);
  if (path === undefined) return noCompanions;
  return (await loadCompanions(path, dialect, projects.of(uri)?.dataset(path)?.companions)).companions;
}

function pathsOf(uris: readonly string[]): readonly string[] {
  return uris.map(pathOf).filter((path) => path !== undefined);
}

const jsonLanguages = new Set(['json', 'jsonl', 'jsonlines', 'ndjson']);

function isJson(document: LiveText): boolean {
  return jsonLanguages.has(document.languageId) || /\.(json|jsonl|ndjson)$/i.test(document.uri);
}

documents.listen(connection);
connection.listen();
// Beside the reader of the transport: background work stops before a message has reached its handler.
if (process.argv.includes('--stdio')) process.stdin.on('data', noteBytes);
else if (process.argv.includes('--node-ipc')) process.on('message', noteBytes);
