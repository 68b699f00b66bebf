import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { isMainThread, Worker } from 'node:worker_threads';
import { sharedInput, type AreaOrder, type AreaResult } from './fuzz/messages.ts';
import { work } from './fuzz/worker.ts';
import { areas } from '../test/builders/fuzz/areas.ts';
import type { FuzzFailure } from '../test/builders/fuzz/runArea.ts';

/** An input that takes longer than this hangs; the run goes on behind it. */
const ceilingSeconds = 10;
/** Memory is flat where the heap grows by less than this from a tenth of the runs to all of them: caches fill, and code is compiled. */
const growthMegabytes = 40;

if (isMainThread) await main();
else work();

async function main(): Promise<void> {
  const { values: flags } = parseArgs({ options: { runs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, from: { type: 'string', default: '0' }, only: { type: 'string' }, json: { type: 'boolean', default: false } } });
  setFlagsFromString('--expose-gc');
  const names = flags.only?.split(',') ?? areas.map(({ name }) => name);
  const unknown = names.filter((name) => !areas.some((area) => area.name === name));
  if (unknown.length > 0) {
    console.error(`There is no area ${unknown.join(', ')}. Areas are ${areas.map(({ name }) => name).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const each = Math.ceil(Number(flags.runs) / names.length);
  const first = Number(flags.from);
  const results: AreaResult[] = [];
  for (const area of names) {
    const result = await runWhole({ area, seed: Number(flags.seed), from: first, to: first + each });
    results.push(result);
    if (!flags.json) print(result);
  }
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const grown = results.filter((result) => growthOf(result) > growthMegabytes);
  if (flags.json) console.log(JSON.stringify({ seed: Number(flags.seed), results }, null, 2));
  else console.log(`${results.reduce((sum, { runs }) => sum + runs, 0)} inputs, ${failed} failures, memory ${grown.length === 0 ? 'flat' : `grew in ${grown.map(({ area }) => area).join(', ')}`}`);
  process.exitCode = failed > 0 || grown.length > 0 ? 1 : 0;
}

/** Runs an area in a worker; behind an input that hangs or kills the worker, another one goes on. */
async function runWhole(order: AreaOrder): Promise<AreaResult> {
  const parts: AreaResult[] = [];
  const lost: FuzzFailure[] = [];
  for (let from = order.from; from < order.to; ) {
    const end = await runPart({ ...order, from });
    if ('area' in end) {
      parts.push(end);
      break;
    }
    lost.push({ area: order.area, index: end.index, message: end.reason, input: '' });
    from = end.index + 1;
  }
  return {
    area: order.area,
    runs: order.to - order.from,
    failures: [...lost, ...parts.flatMap(({ failures }) => failures)],
    failed: lost.length + parts.reduce((sum, { failed }) => sum + failed, 0),
    slowest: parts.flatMap(({ slowest }) => slowest),
    heap: parts.at(-1)?.heap ?? [],
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

type Lost = { readonly index: number; readonly reason: string };

function runPart(order: AreaOrder): Promise<AreaResult | Lost> {
  const shared = new SharedArrayBuffer(8);
  const state = new Int32Array(shared);
  state[sharedInput] = order.from;
  // As much stack as a main thread has: of what is asked for, 192 KB are kept back.
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { order, shared }, resourceLimits: { stackSizeMb: (984 + 192) / 1024 } });
  return new Promise((resolve) => {
    let last = -1;
    let since = performance.now();
    const watchdog = setInterval(() => {
      const index = Atomics.load(state, sharedInput);
      if (index !== last) [last, since] = [index, performance.now()];
      else if (performance.now() - since > ceilingSeconds * 1000) finish({ index, reason: `takes more than ${ceilingSeconds} seconds` });
    }, 500);
    const finish = (end: AreaResult | Lost): void => {
      clearInterval(watchdog);
      void worker.terminate();
      resolve(end);
    };
    worker.once('message', finish);
    worker.once('error', (error) => finish({ index: Atomics.load(state, sharedInput), reason: `the worker died: ${error.stack ?? error.message}` }));
  });
}

function growthOf({ heap }: AreaResult): number {
  return (heap.at(-1)?.megabytes ?? 0) - (heap[0]?.megabytes ?? 0);
}

function print(result: AreaResult): void {
  const slowest = result.slowest.slice(0, 3).map(({ index, milliseconds, size }) => `#${index} ${milliseconds.toFixed(0)} ms (${size})`).join(', ');
  console.log(`${result.area.padEnd(10)} ${String(result.runs).padStart(7)} inputs  ${String(result.failed).padStart(4)} failures  ${result.seconds.toFixed(0).padStart(4)} s  heap ${result.heap.map(({ megabytes }) => megabytes.toFixed(1)).join(' → ')} MB  slowest: ${slowest}`);
  for (const { index, message, input } of result.failures) {
    console.log(`  #${index} ${message.split('\n').slice(0, 8).join('\n      ')}`);
    console.log(`      ${JSON.stringify(input.slice(0, 600))}`);
  }
}
