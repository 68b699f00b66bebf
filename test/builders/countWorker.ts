import { countJob } from './countJob.ts';
import { serveRecordJob } from '../../src/node/recordJobs/serveRecordJob.ts';

serveRecordJob(countJob);
