import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Team } from '../../../src/embedded/team.ts';
import { assetsDirectory, mixedSequences, startTeam, tinyConfig, wildWeights } from './support.ts';

const config = tinyConfig();

describe('a team of worker threads', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'looptool-assets-'));
    await cp(join(assetsDirectory, 'kernels.wasm'), join(directory, 'kernels.wasm'));
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const worker = (body: string): Promise<void> =>
    writeFile(join(directory, 'engineWorker.js'), `import { parentPort, workerData } from 'node:worker_threads';\nparentPort.on('message', (m) => {\n  if (m.kind === 'hello' || m.kind === 'pack') return parentPort.postMessage({ id: m.id, result: null });\n${body}\n});\n`);

  it.each([
    ['throws', `if (workerData.thread === 1) setImmediate(() => { throw new Error('broken'); });`],
    ['ends', `if (workerData.thread === 1) process.exit(3);`],
  ])('refuses everything that waits, and everything after it, when a worker %s', async (_, body) => {
    await worker(body);
    const team = await Team.start(config, { assetsDirectory: directory, threads: 2 });
    try {
      await team.load(wildWeights(config));
      // Thread 0 never answers: only the failure of the other can end the wait.
      await expect(team.score(mixedSequences(config))).rejects.toMatchObject({ code: 'engine-failed' });
      await expect(team.score(mixedSequences(config))).rejects.toMatchObject({ code: 'engine-failed' });
    } finally {
      await team.close();
    }
  });

  it('reports a task that throws and goes on', async () => {
    await worker(`parentPort.postMessage(m.kind === 'reduce' ? { id: m.id, error: 'no' } : { id: m.id, result: [] });`);
    const team = await Team.start(config, { assetsDirectory: directory, threads: 1 });
    try {
      await expect(team.update({ learningRate: 1, decay: 0, maxGradientNorm: 1 })).rejects.toMatchObject({ code: 'engine-failed' });
      await expect(team.gradients([])).resolves.toMatchObject({ rows: 0 });
    } finally {
      await team.close();
    }
  });

  it('rejects what waits when it is closed', async () => {
    await worker('');
    const team = await Team.start(config, { assetsDirectory: directory, threads: 2 });
    const waiting = expect(team.score(mixedSequences(config))).rejects.toMatchObject({ code: 'engine-failed' });
    await team.close();
    await waiting;
  });

  it('does not start without its assets, on a shape it cannot run, or without threads', async () => {
    await expect(Team.start(config, { assetsDirectory: join(directory, 'none'), threads: 1 })).rejects.toMatchObject({ code: 'engine-failed' });
    await expect(Team.start(config, { assetsDirectory: directory, threads: 1 })).rejects.toMatchObject({ code: 'engine-failed' });
    await expect(Team.start({ ...config, dim: 60 }, { assetsDirectory, threads: 1 })).rejects.toMatchObject({ code: 'checkpoint-unreadable' });
    await expect(Team.start(config, { assetsDirectory, threads: 0 })).rejects.toMatchObject({ code: 'usage' });
  });

  it('refuses weights of another size, and an update whose gradients are not numbers', async () => {
    const team = await startTeam(config, 1);
    try {
      await expect(team.load(new Float32Array(3))).rejects.toMatchObject({ code: 'checkpoint-unreadable' });
      await team.gradients([{ prefix: [1], segments: [{ tokens: [2], lossFrom: 0, weight: Number.POSITIVE_INFINITY }] }]);
      await expect(team.update({ learningRate: 1, decay: 0, maxGradientNorm: 1 })).rejects.toMatchObject({ code: 'trainer-failed' });
    } finally {
      await team.close();
    }
  });
});
