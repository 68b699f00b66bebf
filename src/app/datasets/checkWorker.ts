import { serveRecordJob } from '../../node/recordJobs/serveRecordJob.ts';
import { checkJob } from './checkJob.ts';

serveRecordJob(checkJob);
