import type { RecordJob } from '../../src/node/recordJobs/recordJob.ts';

export type RecordCount = { readonly records: number; readonly unreadable: number; readonly characters: number };

/** Counts records, and those that are not JSON. */
export const countJob: RecordJob<undefined, RecordCount> = {
  script: 'countWorker',
  start: () => (batch) => {
    let unreadable = 0;
    let characters = 0;
    for (const record of batch.records) {
      characters += record.text.length;
      if (record.problem?.readable === false || !isJson(record.text)) unreadable++;
    }
    return { records: batch.records.length, unreadable, characters };
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
