import { serveRecordJob } from '../../node/recordJobs/serveRecordJob.ts';
import { identityJob } from './identityJob.ts';

serveRecordJob(identityJob);
