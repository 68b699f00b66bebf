import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoopToolError } from '../../core/errors.ts';
import type { Kernels } from './types.ts';

const PAGE_BYTES = 65536;
/** `--maximumMemory` of the build: the most that a 32-bit memory can have. */
const MAX_PAGES = 65536;

/** Compiles `kernels.wasm` of the assets folder; the module can be sent to worker threads. */
export function compileKernels(assetsDirectory: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(readFileSync(join(assetsDirectory, 'kernels.wasm')));
  } catch (cause) {
    throw new LoopToolError('engine-failed', 'The embedded engine could not load its kernels. Reinstall LoopTool; in a checkout, run the build.', { cause });
  }
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  // The export list is fixed by assembly/index.ts.
  return instance.exports as unknown as Kernels;
}

/** One shared memory of the given size. It is allocated whole: views of a shared buffer do not follow `grow`. */
export function allocateMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES) + 1;
  if (pages > MAX_PAGES) throw new LoopToolError('engine-failed', 'The model is too large for the embedded engine with this number of threads. Use fewer threads or a smaller checkpoint.');
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new LoopToolError('engine-failed', 'There is not enough memory for the embedded engine. Use fewer threads or close other programs.', { cause });
  }
}
