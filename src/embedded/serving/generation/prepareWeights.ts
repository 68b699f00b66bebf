import type { Kernels } from '../../kernels/types.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { Layout } from '../../model/layout.ts';
import { fillRopeTables } from '../../model/ropeTables.ts';

/** Puts a model into fresh shared memory: weights, their packed form for the matrix kernel, and the tables of the rotary embedding. */
export function prepareWeights(config: ModelConfig, layout: Layout, kernels: Kernels, memory: WebAssembly.Memory, weights: Float32Array): void {
  new Float32Array(memory.buffer, layout.weights, layout.params).set(weights);
  for (const { rows, cols, offset } of layout.tensors) {
    if (rows > 1) kernels.pack(layout.weights + 4 * offset, 1, cols, cols, rows, layout.packedForward + 4 * offset);
  }
  fillRopeTables(config, layout, memory);
}
