import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/node/clock.ts';
import { createCommandTrainer } from '../../../src/node/commandTrainer.ts';
import { groupLives, isAlive, processMark } from '../../../src/node/processes.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'looptool-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const processFile = () => join(folder, 'train/process.json');

/** Runs this script as the trainer; it finds its result folder in `result`. */
async function train(script: string) {
  const trainer = createCommandTrainer({
    argv: [process.execPath, '-e', `const fs = require('node:fs'); const result = process.argv[1]; ${script}`, '{result}'],
    environment: {},
    workingDirectory: folder,
    relative: (path) => path,
    clock: systemClock,
  });
  const run = await trainer.start({ round: 1, seed: 1, rows: [], directory: join(folder, 'train'), exportDirectory: folder, initial: { fingerprint: 'none', source: 'initial' }, initialPath: undefined }, signal);
  return await run.result;
}

const write = (name: string, text: string) => `fs.writeFileSync(result + '/${name}', ${JSON.stringify(text)});`;

it('a result is one .gguf; of several none is taken', async () => {
  await expect(train(write('a.gguf', 'a') + write('b.gguf', 'b'))).rejects.toMatchObject({ code: 'trainer-failed', userMessage: expect.stringContaining('a.gguf, b.gguf') as string });
  // Nor is one that a run before has left.
  const { checkpoint } = await train(write('c.gguf', 'c'));
  expect(checkpoint.path).toBe(join(folder, 'train/result/c.gguf'));
  expect(existsSync(processFile())).toBe(false);
});

it('what a run before has left in the result folder is no result', async () => {
  mkdirSync(join(folder, 'train/result'), { recursive: true });
  writeFileSync(join(folder, 'train/result/old.gguf'), 'half');
  await expect(train('')).rejects.toMatchObject({ userMessage: expect.stringContaining('left neither') as string });
});

it('checkpoint.json may name weights by an absolute path', async () => {
  const weights = join(folder, 'elsewhere.bin');
  writeFileSync(weights, 'weights');
  const { checkpoint } = await train(write('checkpoint.json', JSON.stringify({ path: weights })));
  expect(checkpoint.path).toBe(weights);
});

it.skipIf(process.platform !== 'linux')('a trainer that a killed job has left is ended, with what it started, before the next one begins', async () => {
  const leader = spawn(process.execPath, ['-e', `const { spawn } = require('node:child_process'); const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); console.log(child.pid); setInterval(() => {}, 1000);`], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = (await once(leader.stdout, 'data')) as [Buffer];
  const pid = leader.pid ?? 0;
  mkdirSync(join(folder, 'train'));
  writeFileSync(processFile(), JSON.stringify({ pid, host: hostname(), mark: processMark(pid) }));
  // The next one sees whether it is alone.
  const { notes } = await train(`let alive = true; try { process.kill(${pid}, 0); alive = !/ Z /.test(fs.readFileSync('/proc/${pid}/stat', 'utf8')); } catch { alive = false; } fs.writeFileSync(result + '/checkpoint.json', JSON.stringify({ notes: [String(alive)] }));`);
  expect(notes).toEqual(['false']);
  expect(groupLives(pid)).toBe(false);
  expect(isAlive(Number(output.toString()))).toBe(false);
});

it.skipIf(process.platform !== 'linux')('a process that has got the number of a former trainer is left alone', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  try {
    mkdirSync(join(folder, 'train'));
    writeFileSync(processFile(), JSON.stringify({ pid: other.pid, host: hostname(), mark: 'earlier' }));
    await train(write('c.gguf', 'c'));
    expect(isAlive(other.pid ?? 0)).toBe(true);
  } finally {
    other.kill('SIGKILL');
  }
});

it('a trainer on another computer is not started twice: a person has to look', async () => {
  mkdirSync(join(folder, 'train'));
  writeFileSync(processFile(), JSON.stringify({ pid: 1, host: 'elsewhere', mark: '1' }));
  await expect(train(write('c.gguf', 'c'))).rejects.toMatchObject({ userMessage: expect.stringContaining('process 1 on elsewhere') as string });
  expect(readFileSync(processFile(), 'utf8')).toContain('elsewhere');
});
