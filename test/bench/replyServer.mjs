// A server of its own process for the dispatch bench and the memory test: `node replyServer.mjs '{"shape": …}'` prints its port. Replies stream 60 log-prob chunks, or `chunks` of them.
import { createServer } from 'node:http';

/** @type {{ shape: 'delay' | 'slots' | 'rate' | 'load', delayMs: number, bursts: number, slots?: number, perSecond?: number, half?: number, chunks?: number }} */
const options = JSON.parse(process.argv[2] ?? '{}');
const CHUNKS = options.chunks ?? 60;
const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'bench' };
const event = (choices, more) => `data: ${JSON.stringify({ ...base, choices, ...more })}\n\n`;
const chunk = (i) => event([{ index: 0, delta: { ...(i === 0 ? { role: 'assistant' } : {}), content: ` w${i}` }, logprobs: { content: [{ token: ` w${i}`, logprob: -0.123456 - i / 1000, bytes: [32, 119, 48], top_logprobs: [{ token: ` w${i}`, logprob: -0.123456 - i / 1000, bytes: [32, 119, 48] }] }] }, finish_reason: null }]);
const last = `${event([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])}${event([], { usage: { prompt_tokens: 300, completion_tokens: CHUNKS, total_tokens: 300 + CHUNKS } })}data: [DONE]\n\n`;
const pieces = Array.from({ length: options.bursts }, (_, burst) => {
  const from = Math.round((CHUNKS * burst) / options.bursts);
  const to = Math.round((CHUNKS * (burst + 1)) / options.bursts);
  return Buffer.from(Array.from({ length: to - from }, (_, i) => chunk(from + i)).join('') + (burst === options.bursts - 1 ? last : ''));
});

let running = 0;
let seed = 1;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const waiting = [];
let allowance = 0;
let filledAt = performance.now();

function reply(response, delayMs) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const step = (i) =>
    setTimeout(() => {
      if (i === pieces.length - 1) response.end(pieces[i]);
      else {
        response.write(pieces[i]);
        step(i + 1);
      }
    }, delayMs / pieces.length);
  step(0);
}

/** One of the slots of a server that queues. */
function serve() {
  while (running < options.slots && waiting.length > 0) {
    running += 1;
    const response = waiting.shift();
    response.once('close', () => ((running -= 1), serve()));
    reply(response, options.delayMs * (0.8 + 0.4 * random()));
  }
}

const shapes = {
  delay: (response) => reply(response, options.delayMs),
  slots: (response) => (waiting.push(response), serve()),
  rate: (response) => {
    const now = performance.now();
    allowance = Math.min(options.perSecond / 20, allowance + ((now - filledAt) * options.perSecond) / 1000);
    filledAt = now;
    if (allowance >= 1) {
      allowance -= 1;
      return reply(response, options.delayMs * (0.8 + 0.4 * random()));
    }
    response.writeHead(429, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"slow down","code":"rate_limit_exceeded"}}');
  },
  // Gets slower with the square of what it has to do: the most is done at `half`.
  load: (response) => {
    running += 1;
    response.once('close', () => (running -= 1));
    reply(response, options.delayMs * (1 + (running / options.half) ** 2) * (0.8 + 0.4 * random()));
  },
};

const server = createServer((request, response) => request.resume().once('end', () => shapes[options.shape](response)));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.once('disconnect', () => process.exit());
