import { firstValues } from '../../core/dataset/dataset.ts';
import { rankDialects } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { dialectParams, dialectsParams, statusParams, type DatasetStatus } from '../../protocol/lsp/datasetStatus.ts';
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
    const samples = new SampleCounts();
    const tell = (uri: string): void => {
      timers.delete(uri);
      const dataset = server.dataset(uri);
      if (dataset === undefined) return samples.forget(uri);
      const status = statusOf(server, dataset, samples);
      void server.connection.sendNotification(statusMethod, status);
      if (status.samples === null && !status.busy) samples.count(dataset, () => soon(uri));
    };
    const soon = (uri: string): void => {
      if (!timers.has(uri)) timers.set(uri, setTimeout(() => tell(uri), settleMs).unref());
    };
    server.onDidChange(soon);
    server.onDidCheck(soon);
    server.connection.onRequest(statusMethod, (params: unknown) => {
      const read = statusParams.safeParse(params);
      const dataset = read.success ? server.dataset(read.data.uri) : undefined;
      return dataset === undefined ? null : statusOf(server, dataset, samples);
    });
    server.connection.onRequest(dialectsMethod, (params: unknown) => {
      const read = dialectsParams.safeParse(params);
      const dataset = read.success ? server.dataset(read.data.uri) : undefined;
      return dataset === undefined ? [] : ranked(dataset);
    });
    server.connection.onRequest(dialectMethod, (params: unknown) => {
      const read = dialectParams.safeParse(params);
      if (!read.success) return null;
      const { uri, dialect } = read.data;
      const known = dialect === null || dialectById(dialect) === undefined ? undefined : dialect;
      samples.forget(uri);
      if (server.chosenDialect(uri) !== known) server.chooseDialect(uri, known);
      return null;
    });
  },
};

function statusOf(server: ServerContext, dataset: OpenDataset, samples: SampleCounts): DatasetStatus {
  const { uri, dialect, findings } = dataset;
  const counts = { error: 0, warning: 0, information: 0 };
  for (const { severity } of findings ?? []) counts[severity] += 1;
  return {
    uri,
    dialect: dialect === undefined ? null : { id: dialect.id, name: dialect.name },
    confidence: dataset.confidence,
    chosen: server.chosenDialect(uri) !== undefined,
    records: dataset.recordCount,
    samples: dataset.sampleCount ?? samples.of(dataset) ?? null,
    findings: findings === undefined ? null : counts,
    busy: findings === undefined,
  };
}

function ranked(dataset: OpenDataset): readonly { readonly id: string; readonly name: string; readonly confidence: number }[] {
  return rankDialects(firstValues(dataset.document.getText()))
    .map(({ dialect: { id, name }, confidence }) => ({ id, name, confidence }))
    .sort((a, b) => b.confidence - a.confidence || (a.name < b.name ? -1 : 1));
}

/** Records that are read in one go: some milliseconds, so that questions are answered in between. */
const recordsAtOnce = 50;
/** Longer documents are not read for a number alone. */
const mostCharacters = 5_000_000;

/** Counts the samples of documents whose dataset does not do it itself, when nothing else is to be done. */
class SampleCounts {
  private readonly counted = new Map<string, { readonly version: number; readonly samples: number | undefined }>();

  of({ uri, document }: OpenDataset): number | undefined {
    const known = this.counted.get(uri);
    return known?.version === document.version ? known.samples : undefined;
  }

  forget(uri: string): void {
    this.counted.delete(uri);
  }

  count(dataset: OpenDataset, done: () => void): void {
    const { uri, document, recordCount } = dataset;
    const { version } = document;
    if (this.counted.get(uri)?.version === version || document.getText().length > mostCharacters) return;
    this.counted.set(uri, { version, samples: undefined });
    let samples = 0;
    const goOn = (from: number): void => {
      const known = this.counted.get(uri);
      if (document.version !== version || known?.version !== version) return;
      const to = Math.min(recordCount, from + recordsAtOnce);
      for (let index = from; index < to; index += 1) samples += dataset.record(index)?.samples.length ?? 0;
      if (to < recordCount) return void setImmediate(() => goOn(to));
      this.counted.set(uri, { version, samples });
      done();
    };
    setImmediate(() => goOn(0));
  }
}
