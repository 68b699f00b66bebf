import { parentPort, workerData } from 'node:worker_threads';
import { runInNewContext } from 'node:vm';
import { areas } from '../../test/builders/fuzz/areas.ts';
import { runArea, type FuzzFailure, type SlowInput } from '../../test/builders/fuzz/runArea.ts';
import { sharedDone, sharedInput, type AreaOrder, type AreaResult, type HeapSize } from './messages.ts';

/** A worker's own failures are many where one thing is broken: a few of each kind are enough. */
const mostOfOneKind = 3;

export function work(): void {
  const { order, shared } = workerData as { order: AreaOrder; shared: SharedArrayBuffer }; // The main thread's own words.
  const state = new Int32Array(shared);
  const collectGarbage = runInNewContext('gc') as () => void; // The main thread exposes it.
  const area = areas.find(({ name }) => name === order.area);
  if (area === undefined) throw new Error(`There is no area ${order.area}.`);
  const started = performance.now();
  const heap: HeapSize[] = [];
  const slowest: SlowInput[] = [];
  const failures: FuzzFailure[] = [];
  const kinds = new Map<string, number>();
  let failed = 0;
  let from = order.from;
  for (const share of [0.1, 0.5, 1]) {
    const to = Math.max(from, order.from + Math.round((order.to - order.from) * share));
    const run = runArea(area, order.seed, from, to, { now: cpuMilliseconds, before: (index) => Atomics.store(state, sharedInput, index), after: () => Atomics.add(state, sharedDone, 1) });
    failed += run.failures.length;
    for (const failure of run.failures) {
      const kind = kindOf(failure);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if ((kinds.get(kind) ?? 0) <= mostOfOneKind) failures.push(failure);
    }
    slowest.push(...run.slowest);
    collectGarbage();
    heap.push({ done: to - order.from, megabytes: process.memoryUsage().heapUsed / 1e6 });
    from = to;
  }
  slowest.sort((a, b) => b.milliseconds - a.milliseconds);
  const result: AreaResult = { area: order.area, runs: order.to - order.from, failures, failed, slowest: slowest.slice(0, 5), heap, seconds: (performance.now() - started) / 1000 };
  parentPort?.postMessage(result);
}

/** Where it was thrown, or the promise that was broken. */
function kindOf({ message }: FuzzFailure): string {
  const [first = '', ...frames] = message.split('\n');
  return first.startsWith('Error: broken promise') ? first.replace(/[\d"'].*/, '') : first.slice(0, 60) + (frames[0] ?? '');
}

/** Time that this process was at work: other processes of the machine do not make an input slow. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
