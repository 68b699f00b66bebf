import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { instantiateKernels } from '../../kernels/load.ts';
import { Engine } from '../../model/engine.ts';
import { planLayout } from '../../model/layout.ts';
import type { FromGenerationWorker, GenerationWorkerData, ToGenerationWorker } from './generationMessages.ts';
import { modelDecodeEngine } from './modelDecodeEngine.ts';
import { Scheduler } from './scheduler.ts';

// The pool starts workers with this shape.
const data = workerData as GenerationWorkerData;
// A worker thread has a parent.
const port = parentPort as MessagePort;

const layout = planLayout(data.config, { threads: data.threads, purpose: 'serve' });
const engine = new Engine(data.config, layout, instantiateKernels(data.kernels, data.memory), data.memory, data.thread);
const scheduler = new Scheduler(modelDecodeEngine(engine), { endToken: data.endToken, tokenBytes: data.tokenBytes });

const post = (message: FromGenerationWorker): void => port.postMessage(message);

function take(message: ToGenerationWorker): void {
  if (message.kind === 'submit') scheduler.submit(message.request);
  else {
    scheduler.cancel(message.id);
    post({ kind: 'cancelled', id: message.id });
  }
}

function takeWaiting(): void {
  // The pool sends nothing else.
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(next.message as ToGenerationWorker);
}

// While there is work the event loop stands still and messages are fetched between passes; without work it waits for one.
port.on('message', (message: ToGenerationWorker) => {
  take(message);
  takeWaiting();
  while (scheduler.busy) {
    const updates = scheduler.step();
    if (updates.length > 0) post({ kind: 'updates', updates });
    takeWaiting();
  }
});
post({ kind: 'ready' });
