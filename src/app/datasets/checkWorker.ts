import { useNodeHash } from '../../node/nodeHash.ts';
import { serveRecordJob } from '../../node/recordJobs/serveRecordJob.ts';
import { checkJob } from './checkJob.ts';

useNodeHash();
serveRecordJob(checkJob);
