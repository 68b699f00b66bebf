import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examineAddress } from '../../../src/app/doctor/doctor.ts';
import { sharedData } from '../../builders/sharedData.ts';

type Exchange = { readonly name: string; readonly request: { readonly key: string }; readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } };

const file = sharedData === undefined ? undefined : join(sharedData, '../../inference/recorded/llama.cpp.jsonl');
const recorded = file !== undefined && existsSync(file);
if (!recorded) console.warn('skipped: no recorded replies of llama.cpp');
const exchanges = new Map<string, Exchange>();
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => void (text += part.toString()));
  request.on('end', () => {
    const body = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>; // The code under test wrote it.
    const exchange = exchanges.get(nameOf(`${request.method} ${request.url}`, body, request.headers.authorization === 'Bearer right'));
    if (!exchange) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"File Not Found","type":"not_found_error","code":404}}');
    const type = exchange.response.headers['content-type'];
    response.writeHead(exchange.response.status, type === undefined ? {} : { 'content-type': type }).end(exchange.response.body);
  });
});

/** Which exchange answers a request of its kind. */
function nameOf(path: string, body: Readonly<Record<string, unknown>>, keyed: boolean): string {
  if (path === 'GET /health') return 'health';
  if (!keyed && (path === 'GET /v1/models' || path === 'GET /props')) return 'models, no key';
  const fixed: Readonly<Record<string, string>> = { 'GET /v1/models': 'models', 'GET /props': 'props', 'POST /apply-template': 'apply-template with tools', 'POST /v1/chat/completions/input_tokens': 'input_tokens with tools' };
  if (fixed[path] !== undefined) return fixed[path];
  if (path === 'POST /v1/completions') return body['echo'] === true ? 'completions, echo (ignored)' : 'completions, log-probs';
  if (path !== 'POST /v1/chat/completions') return '';
  const { model, tools, stream, logprobs, n_probs: nProbs, tool_choice: choice, response_format: format } = body;
  if (model !== 'm') return 'unknown model';
  if (format !== undefined) return 'chat, json_schema';
  if (tools === undefined) return logprobs === true ? (stream === true ? 'chat, stream, log-probs, usage' : 'chat, log-probs') : 'chat';
  if (choice === 'none') return 'chat, tools, tool_choice none';
  if (stream !== true) return 'chat, tools, log-probs';
  return nProbs === undefined ? 'chat, tools, stream, log-probs (refused)' : 'chat, tools, stream, n_probs';
}

beforeAll(async () => {
  if (!recorded) return;
  for (const line of readFileSync(file, 'utf8').split('\n').filter((text) => text !== '')) {
    const exchange = JSON.parse(line) as Exchange; // Recorded by us, in this shape.
    exchanges.set(exchange.name, exchange);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => void server.close(resolve)));

it.skipIf(!recorded)('a recorded llama.cpp is known, and its stream with tools is seen to lose log-probabilities by either name', async () => {
  // A TCP server that listens has an address of this shape.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const report = await examineAddress(
    { url, model: 'm', key: 'right', apiKeyEnv: undefined },
    { clock: { now: () => 0, sleep: () => Promise.resolve() }, signal: new AbortController().signal, fresh: true, wait: false, waits: { identifyMs: 5000, askMs: 5000 } },
  );
  expect(report.servers[0]).toMatchObject({
    kind: 'llama.cpp',
    version: 'b1-de3ff81',
    ctx: 512,
    slots: 4,
    auth: 'key',
    works: true,
    speculative: false,
    names: 'ignored',
    // n_probs streams 11 rows for 22 tokens: what the parser holds back has none.
    logprobs: { mode: 'chat', stream: false, zeros: false, bytes: true, prompt: false, covers: 'all' },
    tools: { mode: 'parsed', rawVia: '/v1/completions' },
    tokenize: { via: '/v1/chat/completions/input_tokens', count: 252, toolInPrompt: true },
  });
  expect(report.servers[0]?.warnings.map(({ id }) => id)).toEqual(expect.arrayContaining(['context-small', 'logprobs-stream', 'names-ignored']));
});
