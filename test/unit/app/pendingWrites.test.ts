import { expect, test } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { askAll } from '../../../src/app/stages/askAll.ts';
import { samplingSchema, type CompletionPort } from '../../../src/core/llm/completionPort.ts';

const request = { messages: [], tools: [], sampling: samplingSchema.parse({}), logProbs: false };
const ports = nodePorts('cli.js');

function setUp() {
  let sent = 0;
  const reply = { content: '', reasoning: '', calls: [], finishReason: 'stop', logProbs: undefined, promptTokens: 1, completionTokens: 1, model: 'm' };
  const port: CompletionPort = {
    description: { model: 'm', host: 'h', simulated: false },
    concurrency: 8,
    complete: () => {
      sent += 1;
      return Promise.resolve({ ok: true, reply, attempts: 1, elapsedMs: 1 });
    },
  };
  const progress = new Reporter(ports.clock, () => undefined).stage(1, 'probe');
  const context = { ports, progress, signal: new AbortController().signal };
  const asks = Array.from({ length: 5000 }, () => ({ request }));
  return { context, asks, target: { role: 'policy', port }, sent: () => sent };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a disk that does not keep up holds the requests back, and all are sent when it does', async () => {
  const { context, asks, target, sent } = setUp();
  const written: (() => void)[] = [];
  const done = askAll(context, target, asks, () => ({ written: new Promise<void>((resolve) => written.push(resolve)) }));
  await turns(2000);
  const held = sent();
  expect(held).toBeLessThan(600);
  expect(held).toBeGreaterThan(500);
  const write = setInterval(() => written.splice(0).forEach((resolve) => resolve()), 0);
  await done;
  clearInterval(write);
  expect(sent()).toBe(5000);
});

test('a write that fails while requests are held back ends the stage with its error', async () => {
  const { context, asks, target, sent } = setUp();
  const fail: ((error: Error) => void)[] = [];
  const done = askAll(context, target, asks, () => ({ written: new Promise<void>((_resolve, reject) => fail.push(reject)) }));
  await turns(2000);
  fail.splice(0).forEach((reject) => reject(new Error('no space')));
  await expect(done).rejects.toThrow('no space');
  expect(sent()).toBeLessThan(600);
});
