import { sampleStatus } from '../app/history/sampleStatus.ts';
import { lastUserText } from '../app/sampleTitle.ts';
import { samplesAtParamsSchema, type SamplesAt, type SamplesAtParams } from '../protocol/lsp/samplesAt.ts';
import type { OpenDataset } from './dataset/openDataset.ts';
import type { RecordView } from './dataset/recordView.ts';
import { targetAt } from './dataset/targetAt.ts';
import type { ServerContext } from './feature.ts';

/** Answers `looptool/samplesAt`. */
export function samplesAt(server: ServerContext, params: unknown): SamplesAt | null {
  const asked = samplesAtParamsSchema.safeParse(params);
  const dataset = asked.success ? server.dataset(asked.data.uri) : undefined;
  if (!asked.success || dataset === undefined) return null;
  const found = recordOf(dataset, asked.data.at);
  if (found === undefined) return null;
  const { record, current } = found;
  return {
    record: record.index,
    ...(current === undefined ? {} : { current }),
    samples: record.samples.map(({ sample, step }) => ({ step, sampleId: sample.id, title: lastUserText(sample.messages), status: sampleStatus(server.results.of(dataset.uri, sample.id), sample.labelHash) })),
  };
}

function recordOf(dataset: OpenDataset, at: SamplesAtParams['at']): { readonly record: RecordView; readonly current: number | undefined } | undefined {
  if ('record' in at) {
    const record = dataset.record(at.record);
    return record && { record, current: undefined };
  }
  const offset = dataset.document.offsetAt(at);
  const record = dataset.recordAt(offset);
  if (record === undefined) return undefined;
  const target = targetAt(record, offset);
  return { record, current: 'sample' in target ? target.sample.step : undefined };
}
