import type { Sample } from '../../../src/core/dataset/sample.ts';
import type { AppPorts } from '../../../src/app/ports.ts';
import type { ReferenceAnswer } from './embeddedReference.ts';
import type { LlamaOptions, LlamaServer } from './llamaServer.ts';
import type { Results } from './results.ts';

/** `model`: the sample project's checkpoint where it is absent. */
export type ServerSettings = Pick<LlamaOptions, 'slots' | 'flags'> & { readonly model?: string };

/** What every step works with. */
export type RealContext = {
  readonly ports: AppPorts;
  readonly results: Results;
  /** Folder for everything that is written; removed at the end. */
  readonly work: string;
  /** The sample project's initial checkpoint. */
  readonly checkpoint: string;
  /** The same weights in an F32 file, as training writes them. */
  readonly singlePrecision: string;
  readonly samples: readonly Sample[];
  /** The embedded engine's greedy answers to `samples`. */
  readonly reference: readonly ReferenceAnswer[];
  /** The bundle of trainAndServe.ts. */
  readonly trainerScript: string;
  readonly startServer: (settings: ServerSettings) => Promise<LlamaServer>;
};

/** Runs `work` with a server of its own that ends with it, and shows the end of its log where the work throws. */
export async function withServer<T>(context: RealContext, settings: ServerSettings, work: (server: LlamaServer) => Promise<T>): Promise<T> {
  const server = await context.startServer(settings);
  try {
    return await work(server);
  } catch (error) {
    context.results.note(`the server's last words:\n${server.tail()}`);
    throw error;
  } finally {
    await server.down();
  }
}
