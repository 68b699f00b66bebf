import type { ModelConfig } from '../../model/config.ts';
import type { GenerationRequest, GenerationUpdate } from './generationRequest.ts';

/** What a generation worker starts from; memory and kernels are shared by all of them. */
export type GenerationWorkerData = {
  readonly config: ModelConfig;
  readonly threads: number;
  readonly thread: number;
  readonly memory: WebAssembly.Memory;
  readonly kernels: WebAssembly.Module;
  readonly endToken: number;
  readonly tokenBytes: readonly Uint8Array[];
};

export type ToGenerationWorker =
  | { readonly kind: 'submit'; readonly request: GenerationRequest }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromGenerationWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'updates'; readonly updates: readonly GenerationUpdate[] }
  /** The request holds nothing any more; it may have ended before. */
  | { readonly kind: 'cancelled'; readonly id: number };
