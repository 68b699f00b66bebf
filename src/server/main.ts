import {
  CancellationToken,
  createConnection,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  type DiagnosticServerCancellationData,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { noCompanions, type Companions } from '../core/dataset/companions.ts';
import type { Dialect } from '../core/dataset/dialect.ts';
import { loadCompanions } from '../node/companionFiles.ts';
import { useNodeHash } from '../node/nodeHash.ts';
import { serverOptionsSchema, trustNotification, trustSchema, type ServerOptions } from '../protocol/lsp/serverOptions.ts';
import { toDiagnostics } from './diagnostics.ts';
import { LiveDataset } from './dataset/liveDataset.ts';
import type { CheckSettings } from './documents.ts';
import { features } from './features.ts';
import type { ServerContext } from './feature.ts';
import { JournalResults } from './journalResults.ts';
import { pathOf, Projects } from './projects.ts';
import { pushDiagnostics } from './pushDiagnostics.ts';
import type { ServerProject } from './serverProject.ts';

// The transport comes from the command line: --stdio, --node-ipc, --pipe or --socket.
useNodeHash();
const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
/** `opening` counts, so that a document that is closed and opened again shares no result id with itself. */
const datasets = new Map<string, { readonly dataset: LiveDataset; readonly opening: number }>();
let openings = 0;
let folders: readonly string[] = [];
const listeners = new Set<(uri: string) => void>();
const checkListeners = new Set<(uri: string) => void>();
/** By uri; kept over closing and opening. */
const chosenDialects = new Map<string, string>();
const saveListeners = new Set<(uri: string) => void>();
let options: ServerOptions = {};
const results = new JournalResults(() => datasets.keys());
/** Counts what changed beside the documents: their diagnostics are then asked for again. */
let revision = 0;
let capabilities: ClientCapabilities = {};
const projects = new Projects(refresh);
/** Of each project, as long as it stays as it is, with a number. */
const numbers = new WeakMap<ServerProject, number>();
let projectsSeen = 0;
/** For editors that do not ask for diagnostics. */
let pushAgain: (() => void) | undefined;

connection.onInitialize((params) => {
  capabilities = params.capabilities;
  // What the protocol had before there were several folders; clients that know no other still send it.
  folders = pathsOf(params.workspaceFolders?.map(({ uri }) => uri) ?? [params.rootUri ?? '']);
  options = serverOptionsSchema.safeParse(params.initializationOptions).data ?? {};
  const context: ServerContext = {
    connection,
    client: capabilities,
    folders: () => folders,
    dataset: (uri) => datasets.get(uri)?.dataset,
    datasets: () => [...datasets.values()].map(({ dataset }) => dataset),
    projectOf: (uri) => projects.of(uri),
    results,
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
  if (capabilities.textDocument?.diagnostic === undefined) pushAgain = pushDiagnostics(context, findingsOf);
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
  if (capabilities.workspace?.workspaceFolders === true) {
    connection.workspace.onDidChangeWorkspaceFolders(() => void connection.workspace.getWorkspaceFolders().then((now) => (folders = pathsOf((now ?? []).map(({ uri }) => uri)))));
  }
  if (capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
    void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/looptool.json' }, { globPattern: '**/.looptool/suppressions.jsonl' }] });
  }
});
connection.onDidChangeWatchedFiles(() => {
  const before = [...datasets.keys()].map((uri) => projects.of(uri));
  if ([...datasets.keys()].some((uri, index) => projects.fresh(uri) !== before[index])) refresh();
});

/** The next answers are others than the last; clients that can be told are told. */
function refresh(): void {
  revision += 1;
  pushAgain?.();
  if (capabilities.workspace?.diagnostics?.refreshSupport === true) void connection.languages.diagnostics.refresh();
}

function pathsOf(uris: readonly string[]): readonly string[] {
  return uris.map(pathOf).filter((path) => path !== undefined);
}

documents.onDidOpen(({ document }) => {
  open(document);
});
documents.onDidChangeContent(({ document }) => tell(document.uri));
documents.onDidClose(({ document }) => {
  datasets.delete(document.uri);
  tell(document.uri);
});

function open(document: TextDocument): void {
  if (!isJson(document)) return;
  const dataset = new LiveDataset(document, (dialect) => companionsOf(document.uri, dialect), chosenDialects.get(document.uri));
  datasets.set(document.uri, { dataset, opening: openings++ });
}

/** An open document is read anew, and the editor asks again for what it shows. */
function chooseDialect(uri: string, dialect: string | undefined): void {
  if (dialect === undefined) chosenDialects.delete(uri);
  else chosenDialects.set(uri, dialect);
  const document = documents.get(uri);
  if (document === undefined) return;
  open(document);
  tell(uri);
  refresh();
}

documents.onDidSave(({ document }) => {
  for (const listener of saveListeners) listener(document.uri);
});
connection.onNotification(trustNotification, (params: unknown) => {
  options = { ...options, ...trustSchema.safeParse(params).data };
});

function tell(uri: string): void {
  for (const listener of listeners) listener(uri);
}

connection.languages.diagnostics.on(diagnose);

/**
 * Answers for the version that is open when the question comes. A version that is overtaken while it is checked is dropped,
 * and the client told to ask again. An unchanged document costs nothing.
 */
async function diagnose(params: DocumentDiagnosticParams, token: CancellationToken): Promise<DocumentDiagnosticReport> {
  const { uri } = params.textDocument;
  const document = documents.get(uri);
  const open = datasets.get(uri);
  if (document === undefined || open === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const project = projects.fresh(uri);
  const resultId = `${open.opening}.${document.version}.${revision}.${numberOf(project)}`;
  if (params.previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  const { version } = document;
  const isStale = (): boolean => token.isCancellationRequested || documents.get(uri)?.version !== version;
  // Changes that are already waiting come first: nobody wants the findings of a version in between.
  await pause();
  const findings = isStale() ? undefined : await open.dataset.check({ isStale, pause }, project && checkSettings(project, uri));
  if (findings === undefined || isStale()) throw dropped(token);
  for (const listener of checkListeners) listener(uri);
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: toDiagnostics(document, findings) };
}

const settingsByFile = new WeakMap<ServerProject, Map<string, CheckSettings>>();

/** What its project says of one file; the same object as long as the project is, so that findings can be kept. */
function checkSettings(project: ServerProject, uri: string): CheckSettings {
  const path = pathOf(uri);
  const suppressions = path === undefined ? project.suppressions : project.suppressions.forFile(path);
  if (path === undefined || suppressions === project.suppressions) return project;
  const byFile = settingsByFile.get(project) ?? new Map<string, CheckSettings>();
  settingsByFile.set(project, byFile);
  const settings = byFile.get(path) ?? { rules: project.rules, suppressions };
  byFile.set(path, settings);
  return settings;
}

async function findingsOf(uri: string): Promise<readonly Diagnostic[] | undefined> {
  try {
    const report = await diagnose({ textDocument: { uri } }, CancellationToken.None);
    return report.kind === DocumentDiagnosticReportKind.Full ? report.items : undefined;
  } catch (error) {
    if (error instanceof ResponseError) return undefined;
    throw error;
  }
}

function numberOf(project: ServerProject | undefined): number {
  if (project === undefined) return 0;
  const number = numbers.get(project) ?? (projectsSeen += 1);
  numbers.set(project, number);
  return number;
}

function dropped(token: CancellationToken): ResponseError<DiagnosticServerCancellationData | undefined> {
  if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled', undefined);
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'the document changed', { retriggerRequest: true });
}

/** By the layout of the dialect; none beside a document that is not on this disk. */
async function companionsOf(uri: string, dialect: Dialect): Promise<Companions> {
  const path = pathOf(uri);
  if (path === undefined) return noCompanions;
  return (await loadCompanions(path, dialect, projects.of(uri)?.dataset(path)?.companions)).companions;
}

const jsonLanguages = new Set(['json', 'jsonl', 'jsonlines', 'ndjson']);

function isJson(document: TextDocument): boolean {
  return jsonLanguages.has(document.languageId) || /\.(json|jsonl|ndjson)$/i.test(document.uri);
}

/** Lets messages in that have arrived meanwhile: changes and cancellations. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

documents.listen(connection);
connection.listen();
