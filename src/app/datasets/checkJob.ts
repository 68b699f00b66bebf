import type { RecordBatch } from '../../node/datasetSource.ts';
import type { RecordJob } from '../../node/recordJobs/recordJob.ts';
import { FileChecker, type CheckSetup, type CheckedBatch } from './fileChecker.ts';

/** Checks records by all rules, on any thread. One thread may see batches of several files. */
export const checkJob: RecordJob<readonly CheckSetup[], CheckedBatch> = {
  script: 'checkWorker',
  start: (setups) => {
    const checkers = new Map<string, FileChecker>();
    return (batch: RecordBatch) => {
      let checker = checkers.get(batch.file);
      if (checker === undefined) {
        const setup = setups.find(({ file }) => file === batch.file);
        if (setup === undefined) throw new Error(`there is no set-up for ${batch.file}`);
        checker = new FileChecker(setup);
        checkers.set(batch.file, checker);
      }
      return checker.check(batch.records);
    };
  },
};
