import type { RecordBatch } from '../../node/datasetSource.ts';
import type { RecordJob } from '../../node/recordJobs/recordJob.ts';
import { identityOf } from './identities.ts';
import { InputReaders, type ReadSetup } from './readSetup.ts';

export type IdentityBatch = {
  readonly records: number;
  /** Records that cannot be read, or not wholly. */
  readonly unreadable: number;
  /** See `identityOf`. */
  readonly identities: Uint32Array;
  /** `samplePlaceNumbers` of each sample. */
  readonly places: Float64Array;
};

/** Finds out who the samples of a dataset are, and where they stand. */
export const identityJob: RecordJob<readonly ReadSetup[], IdentityBatch> = {
  script: 'identityWorker',
  start: (inputs) => {
    const readers = new InputReaders(inputs);
    return (batch: RecordBatch) => {
      const { reader } = readers.of(batch.file);
      const identities: number[] = [];
      const places: number[] = [];
      let unreadable = 0;
      for (const record of batch.records) {
        const read = record.problem?.readable === false ? undefined : reader.readText(record.text, record.index);
        if (read?.ok !== true || read.reading.problems.length > 0 || record.problem !== undefined) unreadable += 1;
        if (read?.ok !== true) continue;
        read.reading.samples.forEach(({ sample }, index) => {
          for (const word of identityOf(sample)) identities.push(word);
          places.push(record.index, record.line, record.column, record.byteOffset, record.byteLength, index);
        });
      }
      return { records: batch.records.length, unreadable, identities: Uint32Array.from(identities), places: Float64Array.from(places) };
    };
  },
};
