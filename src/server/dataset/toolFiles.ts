import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CancellationToken, Range } from 'vscode-languageserver/node';
import type { Span } from '../../core/json/stringMap.ts';
import { LineIndex } from '../../core/jsonl/lineIndex.ts';
import type { ServerContext } from '../feature.ts';
import { pause } from '../pause.ts';
import { pathOf } from '../projects.ts';
import { rangeIn } from '../ranges.ts';
import { fileIndex, recordsUsing, type FileSettings, type RecordOnDisk } from './fileIndex.ts';
import type { OpenDataset } from './openDataset.ts';
import type { RecordView } from './recordView.ts';
import { toolIndexOf } from './toolIndex.ts';

/** A record of an open document or of a file on disk. `rangeOf` takes offsets as the view's `toDocument` gives them. */
export type PlacedRecord = { readonly uri: string; readonly version: number | undefined; readonly view: RecordView; readonly rangeOf: (span: Span) => Range };

const names = /\.(?:json|jsonl|ndjson)$/i;
/** Beyond this many files a workspace is not searched any further. */
const mostFiles = 2000;
const mostDepth = 12;
const ignoredFolders = new Set(['node_modules', '.git', '.looptool', '.venv', '__pycache__', 'dist']);

/** The records that define or call a tool: of documents that are open, and of files, each read as it is in the editor if it is open there. */
export async function* recordsWithTool(server: ServerContext, tool: string, files: readonly string[], open: readonly OpenDataset[], control: SearchControl): AsyncGenerator<PlacedRecord> {
  const seen = new Set(open.map(({ uri }) => keyOf(uri)));
  const total = open.length + files.length;
  let done = 0;
  for (const dataset of open) {
    control.onProgress?.(done++, total);
    yield* openRecords(dataset, tool, control);
  }
  const opened = new Map(server.datasets().map((dataset) => [keyOf(dataset.uri), dataset]));
  for (const path of files) {
    control.onProgress?.(done++, total);
    if (control.isStale()) return;
    const uri = pathToFileURL(path).href;
    if (seen.has(keyOf(uri))) continue;
    seen.add(keyOf(uri));
    const dataset = opened.get(keyOf(uri));
    if (dataset !== undefined) yield* openRecords(dataset, tool, control);
    else yield* diskRecords(path, uri, tool, control, server.projectOf(uri)?.dataset(path));
  }
}

export type SearchControl = { readonly isStale: () => boolean; readonly signal: AbortSignal; readonly onProgress?: (done: number, total: number) => void };

/** A search that ends when its request is cancelled. */
export function controlOf(token: CancellationToken, onProgress?: SearchControl['onProgress']): SearchControl {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  else token.onCancellationRequested(() => abort.abort());
  return { isStale: () => token.isCancellationRequested, signal: abort.signal, ...(onProgress === undefined ? {} : { onProgress }) };
}

/** Editors and this server may write the same path differently. */
function keyOf(uri: string): string {
  return pathOf(uri) ?? uri;
}

async function* openRecords(dataset: OpenDataset, tool: string, control: SearchControl): AsyncGenerator<PlacedRecord> {
  const { version } = dataset.document;
  const numbers = await toolIndexOf(dataset).recordsOf(tool, control.isStale);
  for (const [count, index] of (numbers ?? []).entries()) {
    if (count % 20 === 19) await pause();
    if (control.isStale() || dataset.document.version !== version) return;
    const view = dataset.record(index);
    if (view !== undefined) yield { uri: dataset.uri, version, view, rangeOf: (span) => rangeIn(dataset, span) };
  }
}

async function* diskRecords(path: string, uri: string, tool: string, control: SearchControl, settings: FileSettings | undefined): AsyncGenerator<PlacedRecord> {
  try {
    const index = await fileIndex(path, control.signal, settings && { dialect: settings.dialect, companions: settings.companions });
    if (index === undefined) return;
    for await (const record of recordsUsing(index, tool)) {
      if (control.isStale()) return;
      yield { uri, version: undefined, view: record.view, rangeOf: rangesOf(record) };
    }
  } catch (error) {
    // A file that vanished or cannot be read has no records; a cancelled search has its own end.
    if (!control.isStale() && !(error instanceof Error)) throw error;
  }
}

function rangesOf({ view, line, column }: RecordOnDisk): (span: Span) => Range {
  let lines: LineIndex | undefined;
  return ({ start, end }) => {
    const index = (lines ??= new LineIndex(view.text));
    const at = (offset: number): Range['start'] => {
      const found = index.positionAt(offset);
      return { line: found.line + line, character: found.column + (found.line === 0 ? column : 0) };
    };
    return { start: at(start), end: at(end) };
  };
}

/** The dataset files that the project of a document names. */
export function projectFiles(server: ServerContext, uri: string): readonly string[] {
  const project = server.projectOf(uri);
  if (project?.config === undefined) return [];
  const { seed, heldOut } = project.config.datasets;
  return [...new Set([...seed, ...heldOut].map(({ path }) => resolve(project.directory, path)))].filter((path) => names.test(path));
}

/** JSON files of the workspace folders, nearest first, without those that are of no interest by their folder. */
export async function workspaceFiles(folders: readonly string[], control: SearchControl): Promise<readonly string[]> {
  const found: string[] = [];
  let level = [...folders];
  for (let depth = 0; depth < mostDepth && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      if (control.isStale() || found.length >= mostFiles) return found;
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (entry.isDirectory() && !ignoredFolders.has(entry.name)) next.push(join(folder, entry.name));
        else if (entry.isFile() && names.test(entry.name)) found.push(join(folder, entry.name));
      }
    }
    level = next;
  }
  return found.slice(0, mostFiles);
}
