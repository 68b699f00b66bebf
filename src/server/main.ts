import {
  createConnection,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type CancellationToken,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  type DiagnosticServerCancellationData,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fileURLToPath } from 'node:url';
import { noCompanions, type Companions } from '../core/dataset/companions.ts';
import type { Dialect } from '../core/dataset/dialect.ts';
import { loadCompanions } from '../node/companionFiles.ts';
import { useNodeHash } from '../node/nodeHash.ts';
import { toDiagnostics } from './diagnostics.ts';
import { DatasetDocument } from './documents.ts';

// The transport comes from the command line: --stdio, --node-ipc, --pipe or --socket.
useNodeHash();
const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
/** `opening` counts, so that a document that is closed and opened again shares no result id with itself. */
const datasets = new Map<string, { readonly dataset: DatasetDocument; readonly opening: number }>();
let openings = 0;

connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    diagnosticProvider: { identifier: 'looptool', interFileDependencies: false, workspaceDiagnostics: false },
  },
  serverInfo: { name: 'looptool' },
}));

documents.onDidOpen(({ document }) => datasets.set(document.uri, { dataset: new DatasetDocument((dialect) => companionsOf(document.uri, dialect)), opening: openings++ }));
documents.onDidClose(({ document }) => datasets.delete(document.uri));

connection.languages.diagnostics.on(diagnose);

/**
 * Answers for the version that is open when the question comes. A version that is overtaken while it is checked is dropped,
 * and the client told to ask again. An unchanged document costs nothing.
 */
async function diagnose(params: DocumentDiagnosticParams, token: CancellationToken): Promise<DocumentDiagnosticReport> {
  const { uri } = params.textDocument;
  const document = documents.get(uri);
  const open = datasets.get(uri);
  if (document === undefined || open === undefined || !isJson(document)) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const resultId = `${open.opening}.${document.version}`;
  if (params.previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  const { version } = document;
  const isStale = (): boolean => token.isCancellationRequested || documents.get(uri)?.version !== version;
  // Changes that are already waiting come first: nobody wants the findings of a version in between.
  await pause();
  const findings = isStale() ? undefined : await open.dataset.check(document.getText(), { isStale, pause });
  if (findings === undefined || isStale()) throw dropped(token);
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: toDiagnostics(document, findings) };
}

function dropped(token: CancellationToken): ResponseError<DiagnosticServerCancellationData | undefined> {
  if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled', undefined);
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'the document changed', { retriggerRequest: true });
}

/** By the layout of the dialect; none beside a document that is not on this disk. */
async function companionsOf(uri: string, dialect: Dialect): Promise<Companions> {
  if (!uri.startsWith('file:')) return noCompanions;
  return (await loadCompanions(fileURLToPath(uri), dialect)).companions;
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
