import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import { allocateMemory, compileKernels, instantiateKernels } from '../../../src/embedded/kernels/load.ts';
import { HEAD_SIZE } from '../../../src/embedded/model/config.ts';
import { Engine } from '../../../src/embedded/model/engine.ts';
import { planLayout } from '../../../src/embedded/model/layout.ts';
import { attentionSlots } from '../../../src/embedded/model/limits.ts';
import { packOwned } from '../../../src/embedded/training/optimiser.ts';
import { assetsDirectory, tinyConfig, wildWeights } from './support.ts';

const config = tinyConfig({ context: 256 });

/** An engine for serving on this thread, with rope tables of no rotation: positions are not what is tested. */
function serveEngine(): Engine {
  const layout = planLayout(config, { threads: 1, purpose: 'serve', limits: { cacheRows: 512 } });
  const memory = allocateMemory(layout.totalBytes);
  const engine = new Engine(config, layout, instantiateKernels(compileKernels(assetsDirectory), memory), memory, 0);
  engine.f32.set(wildWeights(config), layout.weights >> 2);
  engine.f32.fill(1, layout.ropeCos >> 2, (layout.ropeCos >> 2) + config.context * HEAD_SIZE);
  packOwned(engine);
  return engine;
}

/** Reads ids through the cache in chunks, the first at row `start`; returns the logits after the last. */
function readInChunks(engine: Engine, ids: readonly number[], chunk: number, start: number): Float32Array {
  let rows = 0;
  for (let from = 0; from < ids.length; from += chunk) {
    const part = ids.slice(from, from + chunk);
    let slots = 0;
    part.forEach((id, i) => {
      const row = start + from + i;
      engine.placeRow(i, id, from + i, start, row + 1, row + 1, row + 1, config.heads * slots);
      slots += attentionSlots(from + i, 1);
    });
    engine.forwardLayers(part.length, (layer, qkv) => part.forEach((_, i) => engine.storeKeys(layer, qkv, i, start + from + i)), true);
    rows = part.length;
  }
  engine.logitsOf([rows - 1]);
  return engine.f32.slice(engine.logits >> 2, (engine.logits >> 2) + config.vocab);
}

describe('an engine that serves', () => {
  const rng = new Rng('long prompt');
  const ids = Array.from({ length: 201 }, () => rng.int(config.vocab));

  it('reads a long prompt in chunks of any size with the same bits', () => {
    const engine = serveEngine();
    const whole = readInChunks(engine, ids, ids.length, 0);
    expect(new Set(whole).size).toBeGreaterThan(1);
    for (const [chunk, start] of [[64, 0], [17, 300], [1, 40]] as const) expect(readInChunks(engine, ids, chunk, start)).toEqual(whole);
  });

  it('has no backward pass to call by mistake', () => {
    const engine = serveEngine();
    expect(() => engine.backward).toThrow();
    expect(() => engine.train).toThrow();
  });
});

describe('the memory plan', () => {
  it('gives every buffer its own place, the same on every thread', () => {
    const layout = planLayout(config, { threads: 3, purpose: 'train' });
    const starts = layout.scratch.flatMap((s) => [...s.cache, s.ids, s.logits, s.hidden, ...s.layers.map((l) => l.x), ...(s.backward ? [s.backward.dx, s.backward.tmpB] : [])]);
    // The third thread owns no shard: its layers share their buffers.
    expect(layout.scratch.map((s) => s.backward !== undefined)).toEqual([true, true, false]);
    expect(new Set(starts).size).toBe(starts.length - (config.layers - 1));
    for (const at of starts) expect([at % 64, at > layout.ropeSin, at < layout.totalBytes]).toEqual([0, true, true]);
    expect(planLayout(config, { threads: 3, purpose: 'train' })).toEqual(layout);
  });

  it('stays within reason for a context of 2048', () => {
    const large = tinyConfig({ vocab: 1024, dim: 128, layers: 5, heads: 4, kvHeads: 2, ffn: 384, context: 2048 });
    expect(planLayout(large, { threads: 2, purpose: 'train' }).totalBytes).toBeLessThan(1e9);
    expect(planLayout(large, { threads: 2, purpose: 'serve' }).totalBytes).toBeLessThan(4e8);
  });
});
