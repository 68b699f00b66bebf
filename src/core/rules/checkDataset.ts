import type { DatasetReading, ReadSample } from '../dataset/dataset.ts';
import { LineIndex } from '../jsonl/lineIndex.ts';
import { checkCalls } from '../schema/checkCalls.ts';
import type { Finding } from './finding.ts';
import { LabelPlaces } from './labelPlaces.ts';
import { rules } from './registry.ts';
import { unreadableRecord } from './unreadableRecord.ts';

/** All findings on a dataset that was read from `text`, in the order of the text. */
export function checkDataset(text: string, reading: Pick<DatasetReading, 'samples' | 'problems'>): readonly Finding[] {
  const findings = reading.samples.flatMap((read) => checkSample(text, read));
  if (reading.problems.length > 0) {
    const lines = new LineIndex(text);
    for (const problem of reading.problems) findings.push(unreadableRecord(problem, lines));
  }
  return findings.sort((a, b) => a.range.start - b.range.start);
}

function checkSample(text: string, read: ReadSample): Finding[] {
  const { label, tools, id } = read.sample;
  const violations = label.kind === 'calls' ? checkCalls(label.calls, tools) : [];
  const isPlain = label.kind !== 'invalid' && read.spans.calls.every((call) => call.arguments !== undefined);
  if (isPlain && violations.length === 0) return [];
  const context = { read, violations, places: new LabelPlaces(text, read) };
  return rules.flatMap((rule) =>
    rule.check(context).map(({ range, message, severity = rule.severity }) => ({ rule: rule.id, severity, message, record: read.occurrence.record, range, sampleId: id })),
  );
}
