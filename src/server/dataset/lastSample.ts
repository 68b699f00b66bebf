import type { RecordSample } from '../../core/dataset/dialect.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { OpenDataset } from './openDataset.ts';
import type { RecordView } from './recordView.ts';

/**
 * The last sample of a record, whose context is the whole dialogue, for going through all records of a large file: a fraction
 * of the work of reading all, and the view keeps nothing of it. All samples where the last one cannot be read alone.
 */
export function lastSample({ dialect }: OpenDataset, record: RecordView): readonly RecordSample[] {
  const parsed = dialect === undefined || dialect.unit === 'file' ? undefined : parseJson(record.text);
  if (dialect === undefined || parsed?.ok !== true) return record.samples;
  const { samples } = dialect.read(parsed.value, { steps: 'last', companions: record.companions, index: record.index });
  return samples.length > 0 ? samples : record.samples;
}
