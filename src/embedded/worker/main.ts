import { parentPort, workerData } from 'node:worker_threads';
import { instantiateKernels } from '../kernels/load.ts';
import { Engine } from '../model/engine.ts';
import { planLayout } from '../model/layout.ts';
import { runTask, type TaskMessage, type TaskReply, type WorkerData } from './tasks.ts';

// One thread of a team: it holds an engine over the shared memory and works off what the team sends, in order.

// Team starts its workers with this shape.
const { config, layout, thread, memory, module } = workerData as WorkerData;
const engine = new Engine(config, planLayout(config, layout), instantiateKernels(module, memory), memory, thread);

parentPort?.on('message', (message: TaskMessage) => {
  let reply: TaskReply;
  try {
    reply = { id: message.id, result: runTask(engine, message) };
  } catch (error) {
    reply = { id: message.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(reply);
});
