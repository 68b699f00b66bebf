import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EmbeddedModel } from '../../src/embedded/serving/embeddedModel.ts';
import type { ServedChunk, ServedRequest } from '../../src/embedded/serving/servedModel.ts';
import { assetsDirectory, checkpointPath } from './servedCheckpoint.ts';

const request: ServedRequest = {
  messages: [{ role: 'user', content: 'weather in oslo' }],
  tools: [],
  sampling: { temperature: 0, topP: 1, topK: 0, maxTokens: 5, stop: [], seed: 1 },
  logProbs: true,
  topLogProbs: 0,
  incremental: false,
};

async function collect(model: EmbeddedModel): Promise<ServedChunk[]> {
  const chunks: ServedChunk[] = [];
  for await (const chunk of model.complete(request, new AbortController().signal)) chunks.push(chunk);
  return chunks;
}

/** Assets whose worker does what it should only from its second start on. */
function assetsWithFailingFirstWorker(failure: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-assets-'));
  cpSync(join(assetsDirectory, 'kernels.wasm'), join(folder, 'kernels.wasm'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const flag = JSON.stringify(join(folder, 'started'));
  const real = JSON.stringify(pathToFileURL(join(assetsDirectory, 'generationWorker.js')).href);
  writeFileSync(
    join(folder, 'generationWorker.js'),
    `import { existsSync, writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
if (existsSync(${flag})) await import(${real});
else {
  writeFileSync(${flag}, '');
  ${failure}
}`,
  );
  return folder;
}

describe('generation threads', () => {
  it('give the same answer on any number of threads', async () => {
    const answers: ServedChunk[][] = [];
    for (const threads of [1, 2, 3]) {
      const model = await EmbeddedModel.start({ id: 'policy', checkpoint: checkpointPath, threads, assetsDirectory, drawSeed: () => 1 });
      answers.push(await collect(model));
      await model.close();
    }
    expect(answers[0]?.at(-1)).toMatchObject({ kind: 'end' });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('are started anew after one has died; only the requests that it had are lost', async () => {
    const failing = assetsWithFailingFirstWorker(`
  parentPort.on('message', () => { throw new Error('out of luck'); });
  parentPort.postMessage({ kind: 'ready' });`);
    const model = await EmbeddedModel.start({ id: 'policy', checkpoint: checkpointPath, threads: 1, assetsDirectory: failing, drawSeed: () => 1 });
    const lost = await Promise.allSettled([collect(model), collect(model)]);
    for (const one of lost) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'engine-failed' } });
    const [first, second] = await Promise.all([collect(model), collect(model)]);
    expect(first?.at(-1)).toMatchObject({ kind: 'end', usage: { completionTokens: 5 } });
    expect(second?.map((chunk) => chunk.kind)).toEqual(first?.map((chunk) => chunk.kind));
    await model.close();
  });

  it('say so when they cannot start', async () => {
    const failing = assetsWithFailingFirstWorker(`throw new Error('no luck at all');`);
    const start = EmbeddedModel.start({ id: 'policy', checkpoint: checkpointPath, threads: 1, assetsDirectory: failing, drawSeed: () => 1 });
    await expect(start).rejects.toMatchObject({ code: 'engine-failed' });
  });
});
