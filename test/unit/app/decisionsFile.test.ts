import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DecisionsFile, readDecisions } from '../../../src/app/decisionsFile.ts';
import type { Decision, DecisionOperation } from '../../../src/core/review/decision.ts';
import { appendLines } from '../../../src/node/appendLines.ts';
import { withFileLock } from '../../../src/node/fileLock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-decisions-'));
  file = join(folder, '.looptool', 'decisions.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const decide = (id: string, more: Partial<Decision> = {}): Decision => ({ v: 1, op: 'decide', id, at: '2026-01-01T00:00:00Z', by: 'ann', sampleId: `smp_${id}`, labelHash: 'lbl', ruling: 'keepLabel', ...more });
const undo = (id: string, target: string): DecisionOperation => ({ v: 1, op: 'undo', id, at: '2026-01-01T00:00:00Z', by: 'ann', target });
const standing = (log: DecisionsFile) => log.state.standing.map(({ id }) => id);
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('the file of decisions', () => {
  it('is made with the first decision, and says which samples changed', async () => {
    const log = new DecisionsFile(file);
    expect([...(await log.refresh()), ...log.warnings]).toEqual([]);
    expect([...(await log.append([decide('1'), decide('2')]))]).toEqual(['smp_1', 'smp_2']);
    expect([...(await log.append([undo('3', '1')]))]).toEqual(['smp_1']);
    expect(standing(log)).toEqual(['2']);
    expect(readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => (JSON.parse(line) as DecisionOperation).id)).toEqual(['1', '2', '3']);
    expect(readdirSync(join(folder, '.looptool')).sort()).toEqual(['.gitignore', 'decisions.jsonl']);
    expect([...(await log.append([]))]).toEqual([]);
  });

  it('takes in what others wrote, with its own decision or before', async () => {
    const [ann, bob] = [new DecisionsFile(file), new DecisionsFile(file)];
    await ann.append([decide('1')]);
    expect([...(await bob.append([decide('2', { by: 'bob' })]))]).toEqual(['smp_1', 'smp_2']);
    expect([...(await ann.refresh())]).toEqual(['smp_2']);
    expect([...(await ann.refresh())]).toEqual([]);
    expect(standing(ann)).toEqual(standing(bob));
  });

  it('shows a decision as soon as its append resolves, while readings are under way', async () => {
    const log = new DecisionsFile(file);
    await log.append([decide('0')]);
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        void log.refresh();
        await log.append([decide(`n${i}`)]);
        return log.state.inForce.has(`smp_n${i}`);
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it('ends a torn line, of a bulk too, before it writes on, and warns with the place', async () => {
    const log = new DecisionsFile(file);
    await log.append([decide('1')]);
    appendFileSync(file, `${JSON.stringify(decide('2', { group: 'g' }))}\n${JSON.stringify(decide('3', { group: 'g' })).slice(0, 40)}`);
    await log.refresh();
    expect([standing(log), log.warnings]).toEqual([['1', '2'], []]);
    await log.append([decide('4')]);
    expect(standing(log)).toEqual(['1', '2', '4']);
    expect(log.warnings).toEqual([`${file}:3: unreadable decision; it does not count`]);
    expect((await readDecisions(folder)).state.standing.map(({ id }) => id)).toEqual(['1', '2', '4']);
  });

  it('counts a whole line that lacks only its newline, once it has one', async () => {
    const log = new DecisionsFile(file);
    mkdirSync(join(folder, '.looptool'));
    appendFileSync(file, JSON.stringify(decide('1')));
    await log.append([decide('2')]);
    expect([standing(log), log.warnings]).toEqual([['1', '2'], []]);
  });

  it('reads a file anew that was replaced, and tells all that is another for it', async () => {
    const log = new DecisionsFile(file);
    await log.append([decide('1'), decide('2'), decide('3')]);
    const other = `${file}.other`;
    writeFileSync(other, [decide('2', { note: 'new' }), decide('3'), decide('4'), decide('5')].map((operation) => `${JSON.stringify(operation)}\n`).join(''));
    renameSync(other, file);
    expect([...(await log.refresh())].sort()).toEqual(['smp_1', 'smp_2', 'smp_4', 'smp_5']);
    expect(standing(log)).toEqual(['2', '3', '4', '5']);
    // In the same place, and longer.
    writeFileSync(file, Array.from({ length: 9 }, (_, i) => `${JSON.stringify(decide(`${i + 1}0`))}\n`).join(''));
    await log.refresh();
    expect(standing(log)).toEqual(['10', '20', '30', '40', '50', '60', '70', '80', '90']);
    rmSync(file);
    expect((await log.refresh()).size).toBe(9);
    expect(standing(log)).toEqual([]);
  });

  it('says what to do where it cannot write', async () => {
    writeFileSync(join(folder, '.looptool'), 'a file where the folder should be');
    await expect(new DecisionsFile(file).append([decide('1')])).rejects.toMatchObject({ code: 'write-failed', message: expect.stringContaining('decide again') as string });
  });
});

describe('a watched file of decisions', () => {
  it('calls back for a file that comes with its folder, grows, is replaced and goes', async () => {
    const log = new DecisionsFile(file);
    let calls = 0;
    const watch = log.watch(() => calls++);
    const called = async (change: () => void | Promise<unknown>) => {
      const before = calls;
      await change();
      await until(() => calls > before);
    };
    // The first look has to be over before the first change.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await called(() => new DecisionsFile(file).append([decide('1')]));
    await called(() => new DecisionsFile(file).append([decide('2')]));
    await called(() => {
      writeFileSync(`${file}.new`, 'x');
      renameSync(`${file}.new`, file);
    });
    await called(() => rmSync(join(folder, '.looptool'), { recursive: true }));
    await called(() => new DecisionsFile(file).append([decide('3')]));
    watch.dispose();
    const before = calls;
    await new DecisionsFile(file).append([decide('4')]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(calls).toBe(before);
  });
});

describe('the lock of a write', () => {
  const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
  const lock = () => `${file}.lock`;
  const write = (patienceMs: number) => appendLines(file, [decide('1')], { patienceMs });

  beforeEach(() => mkdirSync(join(folder, '.looptool')));

  it('of a dead process is passed over at once, whatever patience there is', async () => {
    writeFileSync(lock(), JSON.stringify({ v: 1, pid: deadPid(), host: hostname(), nonce: 'x' }));
    await write(1e9);
    expect([existsSync(file), existsSync(lock())]).toEqual([true, false]);
  });

  const foreign = [
    ['of a living process', JSON.stringify({ v: 1, pid: process.pid, host: hostname(), nonce: 'x' })],
    ['of another host', JSON.stringify({ v: 1, pid: 1, host: 'elsewhere', nonce: 'x' })],
    ['that is no lock', 'garbage'],
  ] as const;

  it.each(foreign)('%s is waited for, whatever its age says', async (_, text) => {
    writeFileSync(lock(), text);
    utimesSync(lock(), 0, 0);
    const written = write(1e9);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(existsSync(file)).toBe(false);
    rmSync(lock());
    await written;
    expect(existsSync(file)).toBe(true);
  });

  it.each([...foreign, ['that is empty', ''] as const])('%s is passed over after patience', async (_, text) => {
    writeFileSync(lock(), text);
    await write(100);
    expect([existsSync(file), existsSync(lock())]).toEqual([true, false]);
  });

  it('lets one in at a time, and everyone in the end', async () => {
    let inside = 0;
    let most = 0;
    let done = 0;
    const work = async () => {
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside -= 1;
      done += 1;
    };
    await Promise.all(Array.from({ length: 30 }, () => withFileLock(lock(), work)));
    expect([most, done]).toEqual([1, 30]);
    await expect(withFileLock(lock(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock())).toBe(false);
  });
});
