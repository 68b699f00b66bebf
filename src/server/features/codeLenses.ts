import { CodeLensRefreshRequest, type CodeLens, type ServerCapabilities } from 'vscode-languageserver/node';
import * as z from 'zod';
import { sampleStatus } from '../../app/history/sampleStatus.ts';
import { refreshResultsMethod, visibleLinesMethod } from '../../protocol/lsp/lensMethods.ts';
import { lensCommands, type LensArgument, type LensCommand } from '../../protocol/lsp/sampleLens.ts';
import { samplesAtMethod } from '../../protocol/lsp/samplesAt.ts';
import { visibleLinesSchema, type VisibleLines } from '../../protocol/lsp/visibleLines.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { lensTitles, statusTitle } from '../lensTitles.ts';
import { samplesAt } from '../samplesAt.ts';

const capabilities: ServerCapabilities = { codeLensProvider: { resolveProvider: true } };

/** Lenses are made for so many lines around those that are seen: a screen or two can be scrolled before new ones are asked for. */
const linesAround = 100;
/** For editors that do not say what is seen. Editors make every lens a line of their own, whether seen or not. */
const mostRecords = 2000;
const refreshAfterMs = 200;

/** What an unresolved lens carries: its words are worked out when it is seen. */
const lensDataSchema = z.object({ uri: z.string(), record: z.number().int(), lens: z.enum(lensCommands) });

/** Lenses at the start of every record, column 0, since editors cut long lines. */
export const codeLenses: Feature = {
  capabilities,
  register(server) {
    const { connection } = server;
    const windows = new Map<string, VisibleLines>();
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
      if (before !== undefined && before.first <= first && last <= before.last) return;
      windows.set(uri, { uri, first: Math.max(0, first - linesAround), last: last + linesAround });
      if (before !== undefined) refresh();
    });
    connection.onCodeLens(({ textDocument: { uri } }) => {
      const dataset = server.dataset(uri);
      return dataset === undefined ? [] : [...unresolved(server, dataset, windows.get(uri))];
    });
    connection.onCodeLensResolve((lens) => resolved(server, lens));
    connection.onRequest(refreshResultsMethod, async () => {
      await server.results.refresh();
      refresh();
      return null;
    });
    connection.onRequest(samplesAtMethod, (params: unknown) => samplesAt(server, params));
  },
};

function* unresolved(server: ServerContext, dataset: OpenDataset, seen: VisibleLines | undefined): Generator<CodeLens> {
  const { document, uri } = dataset;
  const { first, count } = seen === undefined ? { first: 0, count: Math.min(mostRecords, dataset.recordCount) } : dataset.recordsIn(document.offsetAt({ line: seen.first, character: 0 }), document.offsetAt({ line: seen.last + 1, character: 0 }));
  // Outside of a project there is nobody to ask.
  const shown: readonly LensCommand[] = server.results.inProject(uri) ? lensCommands : ['looptool.showConversation'];
  for (let record = first; record < first + count; record++) {
    const start = dataset.record(record)?.span.start;
    if (start === undefined) continue;
    const at = { line: document.positionAt(start).line, character: 0 };
    for (const lens of shown) yield { range: { start: at, end: at }, data: { uri, record, lens } };
  }
}

/** A lens of a document that is closed, or that changed meanwhile, says nothing; the editor asks for new ones anyway. */
function resolved(server: ServerContext, lens: CodeLens): CodeLens {
  const data = lensDataSchema.safeParse(lens.data);
  if (!data.success) return lens;
  const { uri, record, lens: command } = data.data;
  const samples = server.dataset(uri)?.record(record)?.samples ?? [];
  const only = samples.length === 1 ? samples[0] : undefined;
  const place: LensArgument = { uri, line: lens.range.start.line, record, ...(only === undefined ? {} : { step: only.step, sampleId: only.sample.id }) };
  if (command !== 'looptool.sampleStatus') return { ...lens, command: { title: lensTitles[command], command, arguments: [place] } };
  const statuses = samples.map(({ sample }) => sampleStatus(server.results.of(uri, sample.id), sample.labelHash));
  // No command: it is there to be read.
  return { ...lens, command: { title: statusTitle(statuses), command: '', arguments: [{ ...place, statuses }] } };
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
