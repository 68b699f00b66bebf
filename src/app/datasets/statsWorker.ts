import { serveRecordJob } from '../../node/recordJobs/serveRecordJob.ts';
import { statsJob } from './statsJob.ts';

serveRecordJob(statsJob);
