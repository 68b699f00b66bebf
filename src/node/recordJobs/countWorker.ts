import { countJob } from './countJob.ts';
import { serveRecordJob } from './serveRecordJob.ts';

serveRecordJob(countJob);
