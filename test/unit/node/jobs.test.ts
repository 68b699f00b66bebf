import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/node/clock.ts';
import { JobRecord, readJobs } from '../../../src/node/jobs.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'looptool-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each(['before the first event', 'with the last one'])('a job whose log cannot be written goes on to its end; the log fails %s', async (when) => {
  const files = new ProjectFiles(folder);
  // A folder stands where the log should: every write to it fails. An error without a listener would fail this test run.
  mkdirSync(files.jobLog('job'), { recursive: true });
  const record = await JobRecord.start(files, 'job', 'run', systemClock);
  if (when === 'before the first event') await setImmediate();
  record.record({ at: '', type: 'note', message: 'goes on' });
  record.record({ at: '', type: 'job-end', status: 'done' });
  await record.end();
  expect(await readJobs(files)).toMatchObject([{ id: 'job', status: 'done' }]);
});

it.skipIf(process.platform !== 'linux')('nor does a full disk end it', async () => {
  const files = new ProjectFiles(folder);
  mkdirSync(files.jobs(), { recursive: true });
  symlinkSync('/dev/full', files.jobLog('job'));
  const record = await JobRecord.start(files, 'job', 'run', systemClock);
  record.record({ at: '', type: 'note', message: 'goes on' });
  record.record({ at: '', type: 'job-end', status: 'done' });
  await record.end();
  expect(await readJobs(files)).toMatchObject([{ id: 'job', status: 'done' }]);
});
