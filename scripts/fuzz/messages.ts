import type { FuzzFailure, SlowInput } from '../../test/builders/fuzz/runArea.ts';

export type AreaOrder = { readonly area: string; readonly seed: number; readonly from: number; readonly to: number };

/** Heap after a forced collection, in MB, when so many of the runs were done. */
export type HeapSize = { readonly done: number; readonly megabytes: number };

export type AreaResult = { readonly area: string; readonly runs: number; readonly failures: readonly FuzzFailure[]; readonly failed: number; readonly slowest: readonly SlowInput[]; readonly heap: readonly HeapSize[]; readonly seconds: number };

/** What worker and watchdog share: the number of the input at hand, and how many are done. */
export const sharedInput = 0;
export const sharedDone = 1;
