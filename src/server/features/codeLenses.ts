import { CodeLensRefreshRequest, type CancellationToken, type CodeLens, type Range, type ServerCapabilities } from 'vscode-languageserver/node';
import * as z from 'zod';
import { sampleStatus } from '../../app/history/sampleStatus.ts';
import { refreshResultsMethod, visibleLinesMethod } from '../../protocol/lsp/lensMethods.ts';
import { lensCommands, type LensArgument, type LensCommand } from '../../protocol/lsp/sampleLens.ts';
import { samplesAtMethod } from '../../protocol/lsp/samplesAt.ts';
import { wholeSampleMethod } from '../../protocol/lsp/wholeSample.ts';
import { visibleLinesSchema, type VisibleLines } from '../../protocol/lsp/visibleLines.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import { splitRecords } from '../dataset/splitRecords.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { lensTitles, statusTitle } from '../lensTitles.ts';
import { requestTurns } from '../pause.ts';
import { samplesAt } from '../samplesAt.ts';
import { wholeSample } from '../wholeSample.ts';

const capabilities: ServerCapabilities = { codeLensProvider: { resolveProvider: true } };

/** Lenses are made for so many lines around those that are seen: a screen or two can be scrolled before new ones are asked for. */
const linesAround = 100;
/** For editors that do not say what is seen. Editors make every lens a line of their own, whether seen or not. */
const mostRecords = 2000;
const refreshAfterMs = 200;

/** The lines that have lenses, and of them those that are seen. */
type Window = { readonly first: number; readonly last: number; readonly seen: Pick<VisibleLines, 'first' | 'last'> };

/** What an unresolved lens carries: what a record's status is, is worked out when it is seen. */
const lensDataSchema = z.object({ uri: z.string(), record: z.number().int() });

/** Lenses at the start of every record, column 0, since editors cut long lines. */
export const codeLenses: Feature = {
  capabilities,
  register(server) {
    const { connection } = server;
    const windows = new Map<string, Window>();
    const refresh = refresher(server);
    server.results.onDidChange(refresh);
    server.onDidChange((uri) => {
      if (server.dataset(uri) === undefined) windows.delete(uri);
    });
    connection.onNotification(visibleLinesMethod, (params: unknown) => {
      const seen = visibleLinesSchema.safeParse(params);
      if (!seen.success) return;
      const { uri, first, last } = seen.data;
      const before = windows.get(uri);
      const inside = before !== undefined && before.first <= first && last <= before.last;
      const around = inside ? before : { first: Math.max(0, first - linesAround), last: last + linesAround };
      windows.set(uri, { first: around.first, last: around.last, seen: seen.data });
      if (before !== undefined && !inside) refresh();
    });
    connection.onCodeLens(async ({ textDocument: { uri } }, token) => {
      const dataset = server.dataset(uri);
      return dataset === undefined ? [] : gathered(server, dataset, windows.get(uri), token);
    });
    connection.onCodeLensResolve((lens) => resolved(server, lens));
    connection.onRequest(refreshResultsMethod, async () => {
      await server.results.refresh();
      refresh();
      return null;
    });
    connection.onRequest(samplesAtMethod, (params: unknown) => samplesAt(server, params));
    connection.onRequest(wholeSampleMethod, (params: unknown) => wholeSample(server, params));
  },
};

/** In turns; nothing when the text changed on the way: the editor asks again. */
async function gathered(server: ServerContext, dataset: OpenDataset, window: Window | undefined, token: CancellationToken): Promise<CodeLens[]> {
  const { document } = dataset;
  const { version } = document;
  const turns = requestTurns();
  const isStale = (): boolean => token.isCancellationRequested || document.version !== version;
  if (window !== undefined && !(await splitRecords(dataset, document.offsetAt({ line: window.last + 1, character: 0 }), turns, isStale))) return [];
  const lenses: CodeLens[] = [];
  for (const lens of lensesOf(server, dataset, window)) {
    lenses.push(lens);
    if (!turns.isOver) continue;
    await turns.next();
    if (isStale()) return [];
  }
  return lenses;
}

/** Each message of the editor waits its turn beside checks that run: what a lens does is said at once, and the status of what is seen; other statuses are left open. */
function* lensesOf(server: ServerContext, dataset: OpenDataset, window: Window | undefined): Generator<CodeLens> {
  const { document, uri } = dataset;
  const { first, count } = window === undefined ? { first: 0, count: mostRecords } : dataset.recordsIn(document.offsetAt({ line: window.first, character: 0 }), document.offsetAt({ line: window.last + 1, character: 0 }));
  // Outside of a project there is nobody to ask.
  const inProject = server.results.inProject(uri);
  const shown: readonly LensCommand[] = inProject ? lensCommands : ['looptool.showConversation'];
  for (let record = first; record < first + count; record++) {
    const start = dataset.record(record)?.span.start;
    if (start === undefined) return;
    const line = document.positionAt(start).line;
    const range = { start: { line, character: 0 }, end: { line, character: 0 } };
    const place: LensArgument = { uri, line, record };
    const isSeen = window !== undefined && window.seen.first <= line && line <= window.seen.last;
    if (inProject) yield isSeen ? statusLens(server, place, range) : { range, data: { uri, record } };
    for (const command of shown) yield { range, command: { title: lensTitles[command], command, arguments: [place] } };
  }
}

/** The status of a record. Of a document that is closed, or that changed meanwhile, it says nothing; the editor asks for new ones anyway. */
function resolved(server: ServerContext, lens: CodeLens): CodeLens {
  const data = lensDataSchema.safeParse(lens.data);
  if (!data.success) return lens;
  const { uri, record } = data.data;
  return statusLens(server, { uri, line: lens.range.start.line, record }, lens.range);
}

function statusLens(server: ServerContext, place: LensArgument, range: Range): CodeLens {
  const samples = server.dataset(place.uri)?.record(place.record)?.samples ?? [];
  const statuses = samples.map(({ sample }) => sampleStatus(server.results.of(place.uri, sample.id), sample.labelHash));
  const argument: LensArgument = { ...place, statuses };
  // No command: it is there to be read.
  return { range, command: { title: statusTitle(statuses), command: '', arguments: [argument] } };
}

/** Asks the editor for new lenses, once for many changes; editors that cannot be asked have new ones after the next edit. */
function refresher({ connection, client }: ServerContext): () => void {
  let timer: NodeJS.Timeout | undefined;
  if (client.workspace?.codeLens?.refreshSupport !== true) return () => undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
    }, refreshAfterMs);
  };
}
