import {
  createConnection,
  DidChangeWatchedFilesNotification,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import { noCompanions, type Companions } from '../core/dataset/companions.ts';
import type { Dialect } from '../core/dataset/dialect.ts';
import { loadCompanions } from '../node/companionFiles.ts';
import { useNodeHash } from '../node/nodeHash.ts';
import { findingsMethod } from '../protocol/lsp/findings.ts';
import { Checks } from './checks.ts';
import { LiveDataset } from './dataset/liveDataset.ts';
import { features } from './features.ts';
import type { ServerContext } from './feature.ts';
import { pathOf, Projects } from './projects.ts';
import { noResults } from './sampleResults.ts';
import type { ServerProject } from './serverProject.ts';
import { LiveText } from './text/liveText.ts';

// The transport comes from the command line: --stdio, --node-ipc, --pipe or --socket.
useNodeHash();
const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments<LiveText>({
  create: (uri, languageId, version, text) => new LiveText(uri, languageId, version, text),
  update: (document, changes, version) => {
    document.update(changes, version);
    return document;
  },
});
let folders: readonly string[] = [];
let client: ClientCapabilities = {};
const listeners = new Set<(uri: string) => void>();
const projects = new Projects(refresh);
/** Of each project as it is, from 1. */
const numbers = new WeakMap<ServerProject, number>();
let projectsSeen = 0;
const checks = new Checks({
  client: () => client,
  settings: settingsOf,
  refresh,
  others: () => Promise.resolve({ number: 0, diagnostics: [] }),
});

connection.onInitialize((params) => {
  client = params.capabilities;
  // What the protocol had before there were several folders; clients that know no other still send it.
  folders = pathsOf(params.workspaceFolders?.map(({ uri }) => uri) ?? [params.rootUri ?? '']);
  const context: ServerContext = {
    connection,
    client,
    folders: () => folders,
    dataset: (uri) => checks.get(uri),
    datasets: () => checks.datasets,
    projectOf: (uri) => projects.of(uri),
    results: noResults,
    onDidChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  for (const feature of features) feature.register(context);
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
  if (isJson(document)) checks.add(new LiveDataset(document, (dialect) => companionsOf(document.uri, dialect)));
});
documents.onDidChangeContent(({ document }) => {
  checks.changed(document.uri);
  tell(document.uri);
});
documents.onDidClose(({ document }) => {
  checks.remove(document.uri);
  tell(document.uri);
});

function tell(uri: string): void {
  for (const listener of listeners) listener(uri);
}

connection.languages.diagnostics.on((params, token) => checks.diagnose(params, token));
connection.onRequest(findingsMethod, (params: unknown) => checks.findings(params));

/** Clients that can be told that their diagnostics are old are told; others ask when something is edited. */
function refresh(): void {
  if (client.workspace?.diagnostics?.refreshSupport === true) void connection.languages.diagnostics.refresh();
}

function settingsOf(uri: string): ReturnType<ConstructorParameters<typeof Checks>[0]['settings']> {
  const project = projects.fresh(uri);
  if (project === undefined) return undefined;
  const number = numbers.get(project) ?? (projectsSeen += 1);
  numbers.set(project, number);
  const path = pathOf(uri);
  return { rules: project.rules, suppressions: project.suppressions, dialect: path === undefined ? undefined : project.dataset(path)?.dialect, number };
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
