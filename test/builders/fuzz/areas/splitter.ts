import { readDataset } from '../../../../src/core/dataset/dataset.ts';
import { RecordReader } from '../../../../src/core/dataset/recordReader.ts';
import { eachRecord } from '../../../../src/core/jsonl/records.ts';
import { LineIndex } from '../../../../src/core/jsonl/lineIndex.ts';
import { RecordSplitter, textDecoding, type RawRecord } from '../../../../src/core/jsonl/recordSplitter.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { deepText, tokens } from '../hostile.ts';
import { amplified, mutatedBytes } from '../mutate.ts';
import { mutatedSeed, writtenRecord } from '../seeds.ts';

export const splitter: FuzzArea = {
  name: 'splitter',
  make: (rng) => {
    const bytes = fileBytes(rng);
    return { size: bytes.length, show: () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), run: () => split(rng, bytes) };
  },
};

function fileBytes(rng: Rng): Uint8Array {
  const rows = Array.from({ length: rng.between(1, 4) }, () => (rng.chance(0.1) ? Array.from({ length: rng.int(20) }, () => rng.pick(tokens)).join('') : writtenRecord(rng, mutatedSeed(rng).record)));
  const lineEnd = rng.pick(['\n', '\r\n', '\r', '\n\n']);
  let text = rng.chance(0.4) ? `[${rows.join(`,${lineEnd}`)}]` : rows.join(lineEnd);
  if (rng.chance(0.1)) text = amplified(rng, text, 40_000);
  if (rng.chance(0.05)) text += lineEnd + deepText(rng, rng.between(1, rng.chance(0.1) ? 100_000 : 2000));
  return mutatedBytes(rng, new TextEncoder().encode(text), rng.int(5));
}

function split(rng: Rng, bytes: Uint8Array): void {
  const whole = recordsOf(bytes, [], {});
  const cuts = Array.from({ length: rng.int(8) }, () => rng.int(bytes.length + 1)).sort((a, b) => a - b);
  must(JSON.stringify(recordsOf(bytes, cuts, {})) === JSON.stringify(whole), 'chunks do not matter');
  // Where reading goes on behind a record that is too long depends on how much of it was seen.
  const maxRecordBytes = rng.between(10, 500);
  must(recordsOf(bytes, cuts, { maxRecordBytes }).every(({ byteLength }) => byteLength <= maxRecordBytes), 'no record is longer than the limit');
  let last = 0;
  const reader = new RecordReader(undefined, { steps: 'all' });
  for (const record of whole) {
    must(record.byteOffset >= last && record.byteOffset + record.byteLength <= bytes.length, 'records stand in order and inside of the file');
    last = record.byteOffset + record.byteLength;
    if (record.problem?.readable !== false) reader.readText(record.text, record.index);
  }
  const text = textDecoding()(bytes, 0, bytes.length);
  const lines = new LineIndex(text);
  for (const entry of eachRecord(text)) if (!entry.ok) must(lines.positionAt(entry.offset).line >= 0 && entry.offset <= text.length, 'a problem stands in the text');
  const reading = readDataset(text, { file: 'x', steps: 'all' });
  for (const problem of reading.problems) must(problem.line >= 1 && problem.column >= 1, 'a problem has a line and a column');
}

function recordsOf(bytes: Uint8Array, cuts: readonly number[], options: { readonly maxRecordBytes?: number }): readonly RawRecord[] {
  const cutter = new RecordSplitter(options);
  const records: RawRecord[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    records.push(...cutter.push(bytes.slice(from, to)));
    from = to;
  }
  return [...records, ...cutter.end()];
}
