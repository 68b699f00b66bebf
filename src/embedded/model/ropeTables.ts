import { HEAD_SIZE, type ModelConfig } from './config.ts';
import type { Layout } from './layout.ts';

/** Fills the rotary embedding's tables, [context][HEAD_SIZE] each, as the `rope` kernel reads them: adjacent pairs share an angle, sines have alternating signs. */
export function fillRopeTables(config: ModelConfig, layout: Layout, memory: WebAssembly.Memory): void {
  const cos = new Float32Array(memory.buffer, layout.ropeCos, config.context * HEAD_SIZE);
  const sin = new Float32Array(memory.buffer, layout.ropeSin, config.context * HEAD_SIZE);
  for (let position = 0; position < config.context; position++) {
    for (let i = 0; i < HEAD_SIZE / 2; i++) {
      const angle = position / config.ropeBase ** ((2 * i) / HEAD_SIZE);
      const at = position * HEAD_SIZE + 2 * i;
      cos[at] = cos[at + 1] = Math.cos(angle);
      sin[at] = -Math.sin(angle);
      sin[at + 1] = Math.sin(angle);
    }
  }
}
