import { readDataset, type DatasetOptions } from '../core/dataset/dataset.ts';
import type { Span } from '../core/dataset/spans.ts';

/**
 * Where the label of a sample stands in a dataset's text, in UTF-16 offsets; of several occurrences the one in `record`.
 * Undefined when the sample is not there.
 */
export function placeOfSample(text: string, options: DatasetOptions, sampleId: string, record: number): Span | undefined {
  const found = readDataset(text, options).samples.filter((s) => s.sample.id === sampleId);
  return (found.find((s) => s.occurrence.record === record) ?? found[0])?.spans.label;
}
