import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/node/clock.ts';
import { JobRecord } from '../../../src/node/jobs.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { makeStateFolder } from '../../../src/node/stateFolder.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'looptool-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(spawnSync('git', ['--version']).status !== 0)('a job in a project that init did not make leaves nothing to commit but decisions and saved queues', async () => {
  const files = new ProjectFiles(folder);
  const record = await JobRecord.start(files, 'job', 'run', systemClock);
  await record.end();
  mkdirSync(join(files.rounds(), '0001'), { recursive: true });
  for (const path of [join(files.rounds(), '0001/round.json'), files.serverFile(), files.decisions(), files.queues(), `${files.queues()}.lock`]) writeFileSync(path, '{}');
  execFileSync('git', ['init', '-q', folder]);
  const seen = execFileSync('git', ['-C', folder, 'status', '--porcelain', '--untracked-files=all'], { encoding: 'utf8' });
  expect(seen.trim().split('\n')).toEqual(['?? .looptool/.gitignore', '?? .looptool/decisions.jsonl', '?? .looptool/queues.json']);
});

it('what people have made of the file stays', async () => {
  const files = new ProjectFiles(folder);
  await makeStateFolder(files);
  writeFileSync(join(files.state(), '.gitignore'), 'mine\n');
  await makeStateFolder(files);
  expect(readFileSync(join(files.state(), '.gitignore'), 'utf8')).toBe('mine\n');
});
