import { firstValues } from '../../core/dataset/dataset.ts';
import { rankDialects } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { dialectParams, statusParams, type DatasetStatus } from '../../protocol/lsp/datasetStatus.ts';
import { dialectMethod, dialectsMethod, statusMethod } from '../../protocol/lsp/methods.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { Feature, ServerContext } from '../feature.ts';

/** Changes come in bursts, and nobody reads a status that fast. */
const settleMs = 150;

/** What the editor shows of a dataset beside its findings, and the choice of its dialect. */
export const datasetStatus: Feature = {
  capabilities: {},
  register: (server) => {
    const timers = new Map<string, NodeJS.Timeout>();
    const tell = (uri: string): void => {
      timers.delete(uri);
      const dataset = server.dataset(uri);
      if (dataset !== undefined) void server.connection.sendNotification(statusMethod, statusOf(server, dataset));
    };
    const soon = (uri: string): void => {
      if (!timers.has(uri)) timers.set(uri, setTimeout(() => tell(uri), settleMs).unref());
    };
    server.onDidChange(soon);
    server.onDidCheck(soon);
    server.connection.onRequest(statusMethod, (params: unknown) => {
      const read = statusParams.safeParse(params);
      const dataset = read.success ? server.dataset(read.data.uri) : undefined;
      return dataset === undefined ? null : statusOf(server, dataset);
    });
    server.connection.onRequest(dialectsMethod, (params: unknown) => {
      const read = statusParams.safeParse(params);
      const dataset = read.success ? server.dataset(read.data.uri) : undefined;
      return dataset === undefined ? [] : ranked(dataset);
    });
    server.connection.onRequest(dialectMethod, (params: unknown) => {
      const read = dialectParams.safeParse(params);
      if (!read.success) return null;
      const { uri, dialect } = read.data;
      const known = dialect === null || dialectById(dialect) === undefined ? undefined : dialect;
      if (server.chosenDialect(uri) !== known) server.chooseDialect(uri, known);
      return null;
    });
  },
};

function statusOf(server: ServerContext, dataset: OpenDataset): DatasetStatus {
  const { uri, dialect, isChecked } = dataset;
  return {
    uri,
    dialect: dialect === undefined ? null : { id: dialect.id, name: dialect.name },
    confidence: dataset.confidence,
    chosen: server.chosenDialect(uri) !== undefined,
    // To count all of a long file at once would hold up everything else.
    records: dataset.recordsFound,
    samples: dataset.sampleCount ?? null,
    findings: isChecked ? { ...dataset.known } : null,
    busy: !isChecked,
  };
}

function ranked(dataset: OpenDataset): readonly { readonly id: string; readonly name: string; readonly confidence: number }[] {
  return rankDialects(firstValues(dataset.document.getText()))
    .map(({ dialect: { id, name }, confidence }) => ({ id, name, confidence }))
    .sort((a, b) => b.confidence - a.confidence || (a.name < b.name ? -1 : 1));
}
