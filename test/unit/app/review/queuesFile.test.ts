import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QueuesFile } from '../../../../src/app/review/queuesFile.ts';
import { isLoopToolError } from '../../../../src/core/errors.ts';
import { queueSpec } from '../../../builders/queueItems.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'looptool-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, '.looptool/queues.json');
const wrong = queueSpec('value', { verdicts: ['LABEL_WRONG'], state: 'undecided' });

it('queues are kept under their names, read again, and one a line', async () => {
  const file = new QueuesFile(folder);
  expect(await file.read()).toEqual([]);
  await file.save('label wrong', wrong);
  await file.save('mine', queueSpec('file', { decidedBy: 'ann' }));
  expect(await new QueuesFile(folder).read()).toEqual([{ name: 'label wrong', spec: wrong }, { name: 'mine', spec: queueSpec('file', { decidedBy: 'ann' }) }]);
  expect(readFileSync(path(), 'utf8').split('\n')).toHaveLength(5);
  expect(readdirSync(join(folder, '.looptool')).sort()).toEqual(['.gitignore', 'queues.json']);
});

it('saving under a known name replaces that queue in its place; a name can be removed', async () => {
  const file = new QueuesFile(folder);
  await file.save('a', wrong);
  await file.save('b', wrong);
  expect(await file.save('a', queueSpec('cluster'))).toEqual([{ name: 'a', spec: queueSpec('cluster') }, { name: 'b', spec: wrong }]);
  expect(await file.delete('a')).toEqual([{ name: 'b', spec: wrong }]);
  expect(await file.delete('nobody')).toEqual([{ name: 'b', spec: wrong }]);
  expect(await file.read()).toEqual([{ name: 'b', spec: wrong }]);
});

it('windows that save at the same time lose nothing', async () => {
  const names = Array.from({ length: 12 }, (_, number) => `queue ${number}`);
  await Promise.all(names.map(async (name) => await new QueuesFile(folder).save(name, wrong)));
  expect((await new QueuesFile(folder).read()).map(({ name }) => name).sort()).toEqual([...names].sort());
});

it('what people wrote by hand may leave out what has a default', async () => {
  mkdirSync(join(folder, '.looptool'));
  writeFileSync(path(), '{"v": 1, "queues": [{"name": "all", "spec": {}}]}');
  expect(await new QueuesFile(folder).read()).toEqual([{ name: 'all', spec: queueSpec('value') }]);
});

it.each(['{"v": 1, "queues": [', '{"v": 2, "queues": []}', '{"v": 1, "queues": [{"name": "x", "spec": {"order": "best"}}]}', ''])('a file that cannot be read (%j) is said to be so and never written over', async (text) => {
  mkdirSync(join(folder, '.looptool'));
  writeFileSync(path(), text);
  const file = new QueuesFile(folder);
  for (const action of [async () => await file.read(), async () => await file.save('a', wrong), async () => await file.delete('a')]) {
    const error = await action().then(() => undefined, (caught: unknown) => caught);
    expect(isLoopToolError(error, 'config-invalid') && error.userMessage).toContain(`${path()} cannot be read`);
  }
  expect(readFileSync(path(), 'utf8')).toBe(text);
});
