import { pathToFileURL } from 'node:url';
import { SymbolKind, type Location, type WorkspaceSymbol } from 'vscode-languageserver/node';
import { fileIndex, usesTool, type FileIndex } from '../dataset/fileIndex.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import { nameSpan } from '../dataset/toolAt.ts';
import { controlOf, workspaceFiles, type SearchControl } from '../dataset/toolFiles.ts';
import { toolIndexOf } from '../dataset/toolIndex.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { pathOf } from '../projects.ts';
import { rangeIn } from '../ranges.ts';
import { symbolName } from '../symbolName.ts';

const mostSymbols = 500;

type Found = { readonly name: string; readonly definitions: number; readonly calls: number; readonly uri: string; readonly place: () => Location['range'] | undefined };

/** The tools of the workspace's datasets, one symbol for each file that defines or calls it, with how often. */
export const workspaceSymbols: Feature = {
  capabilities: { workspaceSymbolProvider: true },
  register: (server) => {
    server.connection.onWorkspaceSymbol(async ({ query }, token): Promise<WorkspaceSymbol[]> => {
      const control = controlOf(token);
      const symbols: WorkspaceSymbol[] = [];
      for await (const { name, definitions, calls, uri, place } of toolsOfWorkspace(server, query, control)) {
        if (token.isCancellationRequested || symbols.length >= mostSymbols) break;
        const range = place();
        symbols.push({ name: symbolName(name), kind: SymbolKind.Function, containerName: `${definitions} definitions, ${calls} calls`, location: range === undefined ? { uri } : { uri, range } });
      }
      return symbols;
    });
  },
};

async function* toolsOfWorkspace(server: ServerContext, query: string, control: SearchControl): AsyncGenerator<Found> {
  const seen = new Set<string>();
  for (const dataset of server.datasets()) {
    seen.add(pathOf(dataset.uri) ?? dataset.uri);
    const index = toolIndexOf(dataset);
    // Waits for the index, whatever the name.
    await index.recordsOf('', control.isStale);
    for (const name of index.names()) {
      const counts = index.tool(name);
      if (counts === undefined || !matches(name, query)) continue;
      yield { name, ...counts, uri: dataset.uri, place: () => placeIn(dataset, counts.firstRecord, name) };
    }
  }
  for (const path of await workspaceFiles(server.folders(), control)) {
    if (control.isStale()) return;
    const uri = pathToFileURL(path).href;
    const settings = server.projectOf(uri)?.dataset(path);
    const index = seen.has(path) ? undefined : await fileIndex(path, control.signal, settings && { dialect: settings.dialect, companions: settings.companions }).catch(() => undefined);
    if (index !== undefined) yield* toolsOfFile(index, uri, query);
  }
}

function* toolsOfFile(index: FileIndex, uri: string, query: string): Generator<Found> {
  const counts = new Map<string, { definitions: number; calls: number }>();
  const of = (name: string): { definitions: number; calls: number } => {
    let found = counts.get(name);
    if (found === undefined) counts.set(name, (found = { definitions: 0, calls: 0 }));
    return found;
  };
  for (const { uses } of index.records) {
    for (const { name } of uses.defined) if (matches(name, query)) of(name).definitions += 1;
    for (const [name, calls] of uses.called) if (matches(name, query)) of(name).calls += calls;
  }
  for (const [name, count] of counts) {
    yield {
      name,
      ...count,
      uri,
      place: () => {
        const record = index.records.find(({ uses }) => usesTool(uses, name));
        const start = record && { line: record.line, character: record.column };
        return start && { start, end: start };
      },
    };
  }
}

/** The name in the first record that has it. */
function placeIn(dataset: OpenDataset, index: number, name: string): Location['range'] | undefined {
  const record = dataset.record(index);
  if (record === undefined) return undefined;
  const { tools, calls } = toolsOf(record);
  const path = tools.find(({ tool, places }) => tool.name === name && places.name !== undefined)?.places.name ?? calls.find(({ call, answers }) => call.name === name && answers === undefined)?.place.name;
  const span = path && nameSpan(record, path);
  return rangeIn(dataset, span ?? { start: record.span.start, end: record.span.start });
}

/** As editors do: the letters of the query in this order, whatever stands between them. */
function matches(name: string, query: string): boolean {
  const letters = name.toLowerCase();
  let at = 0;
  for (const letter of query.toLowerCase().replace(/\s/g, '')) {
    at = letters.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
