import type { Clock } from '../node/clock.ts';
import type { KeySource } from '../node/environmentKeys.ts';

/** What a host gives to the use cases. Whoever makes these decides where the time, the keys and the shipped files come from. */
export type AppPorts = {
  readonly clock: Clock;
  /** Uniform in [0, 1); only for waiting times and ids, never for results. */
  readonly random: () => number;
  readonly keys: KeySource;
  /** Program and first arguments that run the command line, for the server process. */
  readonly cli: readonly string[];
  /** Folder that holds kernels.wasm and engineWorker.js. */
  readonly assetsDirectory: string;
  /** Folder of what is shipped as it is: the sample project. */
  readonly mediaDirectory: string;
};
