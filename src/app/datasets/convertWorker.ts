import { serveRecordJob } from '../../node/recordJobs/serveRecordJob.ts';
import { convertJob } from './convertJob.ts';

serveRecordJob(convertJob);
