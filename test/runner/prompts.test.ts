import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventsOf, runCli, temporaryFolder } from './support/cli.ts';
import { writeRemoteProject } from './support/remoteProject.ts';

const cleanUps: (() => void)[] = [];
afterAll(() => cleanUps.forEach((work) => work()));

test('prompts are listed, shown, ejected, checked and compared from the command line', async () => {
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, 'http://127.0.0.1:9/v1', { samples: 2 });
  const looptool = (...args: readonly string[]) => runCli([...args, '--project', project], { env: { TEST_KEY: 'k' } });
  const data = (stdout: string): unknown => (eventsOf(stdout).find(({ type }) => type === 'result') as { readonly data: unknown } | undefined)?.data; // the one result
  const file = join(project, 'prompts/judge.calls.md');

  const shown = await looptool('prompts', 'show', 'judge.calls');
  expect(await looptool('prompts', 'eject', 'judge.calls')).toMatchObject({ code: 0, stdout: expect.stringContaining('written  prompts/judge.calls.md') as string });
  expect(readFileSync(file, 'utf8')).toBe(shown.stdout);
  expect(await looptool('prompts', 'eject', 'judge.calls')).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') as string });
  expect(await looptool('prompts', 'check')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 prompt of the project can be used.') as string });
  expect(await looptool('prompts', 'diff')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('The same as the shipped prompts.') as string });

  writeFileSync(file, shown.stdout.replace('Completeness: everything', 'Completeness: all'));
  const diff = await looptool('prompts', 'diff', 'judge.calls');
  expect(diff.code).toBe(1);
  expect(diff.stdout).toMatch(/^--- a\/prompts\/judge\.calls\.md\n\+\+\+ b\/prompts\/judge\.calls\.md\n@@ [^]*\n-- Completeness: everything asked for is covered, once\.\n\+- Completeness: all asked/u);
  const list = await looptool('prompts', 'list', '--json');
  expect(data(list.stdout)).toMatchObject([{ name: 'judge.calls', version: expect.stringMatching(/^judge-2~/u) as string, file: 'prompts/judge.calls.md' }, { name: 'judge.mixed', version: 'judge-2' }, {}, {}, {}, {}, {}]);

  writeFileSync(file, shown.stdout.replace('{{conversation}}', ''));
  const check = await looptool('prompts', 'check');
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(/^prompts\/judge\.calls\.md:\d+ The slot \{\{conversation\}\} is missing/u);
  expect(await looptool('run')).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing was asked.') as string });
}, 60_000);
