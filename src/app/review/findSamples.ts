import { recogniseDialect } from '../../core/dataset/dataset.ts';
import { RecordReader } from '../../core/dataset/recordReader.ts';
import type { Occurrence, Sample } from '../../core/dataset/sample.ts';
import { loadCompanions } from '../../node/companionFiles.ts';
import { datasetParts } from '../../node/datasetParts.ts';
import { readRecordBatches } from '../../node/datasetSource.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import type { CorrectableFile } from '../corrections.ts';
import { readHead } from '../datasets/datasetHead.ts';

/** A sample where it stands, with the text of its record; `line` is 1-based. */
export type FoundSample = { readonly sample: Sample; readonly occurrence: Occurrence; readonly line: number; readonly text: string };

/** All places of some samples in the datasets of a project, read record by record. */
export async function findSamples(files: ProjectFiles, datasets: readonly CorrectableFile[], wanted: ReadonlySet<string>, signal = new AbortController().signal): Promise<readonly FoundSample[]> {
  const found: FoundSample[] = [];
  for (const { file, dialect: named, steps, configured } of datasets) {
    const path = files.absolute(file);
    for (const part of await datasetParts(path)) {
      const dialect = named === undefined ? (await readHead(part, signal)).dialect : recogniseDialect('', named).dialect;
      const { companions } = await loadCompanions(path, dialect, files.companions(configured ?? {}));
      const reader = new RecordReader(dialect, { steps, companions, fixed: true });
      for await (const { records } of readRecordBatches([part], { signal })) {
        for (const record of records) {
          const read = record.problem?.readable === false ? undefined : reader.readText(record.text, record.index);
          if (read?.ok !== true) continue;
          for (const { sample, step } of read.reading.samples) if (wanted.has(sample.id)) found.push({ sample, occurrence: { file, record: record.index, step }, line: record.line + 1, text: record.text });
        }
      }
    }
  }
  return found;
}
