import { createServer as createTcpServer } from 'node:net';
import { createServer as createHttpsServer } from 'node:https';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { afterEach, expect, it, describe } from 'vitest';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { examineAddress, examineProject, type DoctorOptions } from '../../../src/app/doctor/doctor.ts';
import { doctorText } from '../../../src/app/doctor/screen.ts';
import { discoverServers } from '../../../src/app/doctor/discover.ts';
import { keySource } from '../../../src/node/environmentKeys.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { doctorReportSchema, type ServerReport } from '../../../src/protocol/serverReport.ts';
import { startModelServer, type ModelServer, type ModelServerTraits } from '../../fakes/modelServer.ts';
import { gateway, llamaCpp, llamaCppLoading, lmStudio, ollama, sglang, tgi, vllm } from '../../fakes/modelServers.ts';
import { selfSigned } from '../../fixtures/selfSigned.ts';

const open: { close(): unknown }[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function started(traits: ModelServerTraits): Promise<ModelServer> {
  const server = await startModelServer(traits);
  open.push(server);
  return server;
}

const shared = (more: Partial<DoctorOptions> = {}): DoctorOptions => ({
  clock: { now: () => 1_000_000, sleep: () => Promise.resolve() },
  signal: new AbortController().signal,
  fresh: false,
  wait: false,
  waits: { identifyMs: 2000, askMs: 5000 },
  keyOf: keySource({}),
  ...more,
});

async function examined(traits: ModelServerTraits, more: { readonly model?: string; readonly key?: string } = {}): Promise<ServerReport & { readonly ids: readonly string[]; readonly text: string }> {
  const server = await started(traits);
  return await looked(server.baseUrl, more);
}

async function looked(url: string, { model = 'tiny', key }: { readonly model?: string; readonly key?: string } = {}, more: Partial<DoctorOptions> = {}) {
  const report = await examineAddress({ url, model, key, apiKeyEnv: undefined }, shared(more));
  // What is shown to programs is what the schema says.
  expect(doctorReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
  const [server] = report.servers;
  if (!server) throw new Error('no report');
  return { ...server, ids: server.warnings.map(({ id }) => id), text: doctorText(report, 1_000_000) };
}

const fixOf = ({ warnings }: ServerReport, id: string): string => warnings.find((warning) => warning.id === id)?.fix ?? '';

describe('servers are known by what they say', () => {
  it.each([
    ['vllm', vllm, '0.11.0', 8192, 'checked'],
    ['sglang', sglang, '0.5.4', 8192, 'ignored'],
    ['llama.cpp', llamaCpp, 'b9000-abc', 4096, 'ignored'],
    ['ollama', ollama, '0.12.11', 4096, 'ignored'],
    ['lmstudio', lmStudio, '0.4 or newer', 4096, 'ignored'],
    ['tgi', tgi, '3.3.6', 8192, 'ignored'],
  ] as const)('%s', async (kind, traits, version, ctx, names) => {
    expect(await examined(traits)).toMatchObject({ kind, version, ctx, names, state: 'ready', works: true, auth: 'open', model: 'tiny' });
  });

  it('a list of models names the server where a gateway lets nothing else through', async () => {
    expect(await examined({ ...vllm, routes: {} })).toMatchObject({ kind: 'vllm', version: null });
  });

  it('200 for every path makes no server of another kind', async () => {
    expect(await examined({ ...lmStudio, routes: {} })).toMatchObject({ kind: 'lmstudio' });
  });

  it('llama.cpp tells who it is with the key only', async () => {
    expect(await examined({ ...llamaCpp, key: 'right' }, { key: 'right' })).toMatchObject({ kind: 'llama.cpp', version: 'b9000-abc', auth: 'key', works: true });
    const without = await examined({ ...llamaCpp, key: 'right' });
    expect(without).toMatchObject({ kind: 'llama.cpp', auth: 'keyMissing', works: false, ids: ['key-missing'] });
    const wrong = await examined({ ...llamaCpp, key: 'right' }, { key: 'wrong' });
    expect(wrong).toMatchObject({ auth: 'keyRefused', works: false, ids: ['key-refused'] });
    expect(JSON.stringify([wrong, wrong.text])).not.toContain('"wrong"');
  });

  it('llama.cpp tells in its slots alone that it guesses from n-grams', async () => {
    const report = await examined({ ...llamaCpp, routes: { ...llamaCpp.routes, 'GET /slots': { body: [{ id: 0, n_ctx: 4096, speculative: true }] } } });
    expect(report.speculative).toBe(true);
    expect(fixOf(report, 'speculative')).toContain('--spec-type none');
  });

  it('a Ray dashboard is no Ollama', async () => {
    const report = await examined({ routes: { 'GET /api/version': { body: { version: '4', ray_version: '2.52.0' } } } });
    expect(report).toMatchObject({ works: false, ids: ['unreachable-ray'] });
  });

  it('the key goes to paths that need it, and to no other', async () => {
    const server = await started({ ...vllm, key: 'right' });
    await looked(server.baseUrl, { key: 'right' });
    expect(server.got.filter(({ method, path }) => method === 'GET' && !path.startsWith('/v1') && path !== '/health').map(({ key }) => key)).toEqual(expect.arrayContaining([undefined]));
    expect(server.got.some(({ path, key }) => path === '/version' && key !== undefined)).toBe(false);
  });
});

describe('what answers show', () => {
  it('vLLM in order has nothing to complain of', async () => {
    const report = await examined(vllm);
    expect(report).toMatchObject({
      ids: [],
      logprobs: { mode: 'chat', stream: true, raw: true, zeros: false, bytes: true, covers: 'all', lost: null },
      tools: { mode: 'parsed', rawVia: '/v1/completions' },
      tokenize: { via: '/tokenize', count: 88, toolInPrompt: true },
      structured: 'json_schema',
      temperature: 'acts',
      reasoning: { field: null, off: null, swallowed: false },
      repeatability: { asked: 16, equal: 16, largestDelta: 0 },
      parallelism: { tried: 8, answered: 8, refusedWith: null },
    });
    expect(report.text.split('\n').length).toBeLessThan(24);
  });

  it('a server without a tool parser that refuses tools names its two flags', async () => {
    const message = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';
    const report = await examined({ ...vllm, refusesTools: { status: 400, message } });
    expect(report).toMatchObject({ works: false, tools: { mode: 'refused', message } });
    expect(fixOf(report, 'tools-refused')).toContain('--enable-auto-tool-choice --tool-call-parser');
  });

  it('calls that stay in the text are read all the same', async () => {
    expect(await examined({ ...sglang, toolParser: false })).toMatchObject({ works: true, tools: { mode: 'text' }, ids: expect.arrayContaining(['no-parser']) as unknown });
  });

  it('rows of tags that a stream drops are counted', async () => {
    const report = await examined({ ...vllm, streamRows: 'withoutTags' });
    expect(report.logprobs).toMatchObject({ stream: false, lost: { rows: 34, tokens: 36 } });
    expect(fixOf(report, 'logprobs-lost')).toContain('"stream": false');
  });

  it('llama.cpp refuses log-probs with tools in a stream; n_probs counts where it is complete', async () => {
    expect(await examined(llamaCpp)).toMatchObject({ logprobs: { mode: 'chat', stream: false }, ids: expect.arrayContaining(['logprobs-stream']) as unknown });
    expect(await examined({ ...llamaCpp, nProbs: true })).toMatchObject({ logprobs: { mode: 'n_probs', stream: true } });
  });

  it('Ollama has no rows of calls, keeps few tokens, and shortens in silence', async () => {
    const report = await examined(ollama);
    expect(report.ids).toEqual(['silent-truncation', 'logprobs-partial', 'names-ignored']);
    expect(report.logprobs).toMatchObject({ mode: 'chat', bytes: false, covers: 'withoutCalls', stream: null });
    expect(report.tools).toMatchObject({ mode: 'parsed', rawVia: '/api/generate' });
    expect(fixOf(report, 'silent-truncation')).toContain('OLLAMA_CONTEXT_LENGTH');
    expect(report.tokenize).toMatchObject({ toolInPrompt: true, via: '/api/chat, _debug_render_only' });
  });

  it('no log-probabilities at all: ranks by pass rate, and says how', async () => {
    const report = await examined(lmStudio);
    expect(report.logprobs).toMatchObject({ mode: 'raw' });
    expect((await examined({ ...lmStudio, completions: false })).logprobs).toMatchObject({ mode: 'none' });
    expect(fixOf(await examined({ ...vllm, completions: false, logProbs: 'none' }), 'no-logprobs')).not.toBe('');
  });

  it('zeros are not confidence', async () => {
    const report = await examined({ ...vllm, logProbs: 'zeros' });
    expect(report.logprobs).toMatchObject({ zeros: true, raw: false });
    expect(fixOf(report, 'logprobs-zero')).toContain('--logprobs-mode raw_logprobs');
  });

  it('values that the temperature divides are told from raw ones', async () => {
    const report = await examined({ ...sglang, logProbs: 'scaled' });
    expect(report.logprobs).toMatchObject({ raw: false, zeros: false });
    expect(fixOf(report, 'logprobs-scaled')).toContain('SGLANG_RETURN_ORIGINAL_LOGPROB=1');
  });

  it('a temperature that does nothing, and one that is refused', async () => {
    expect(await examined({ ...vllm, temperature: 'ignored' })).toMatchObject({ temperature: 'ignored', ids: expect.arrayContaining(['temperature-ignored']) as unknown });
    expect(await examined({ ...gateway, temperature: 'refused' }, { key: 'right' })).toMatchObject({ works: false, ids: ['no-greedy'] });
  });

  it('reasoning: its field, what switches it off, and one that swallows the answer', async () => {
    expect(await examined({ ...vllm, reasons: 'reasoning' })).toMatchObject({ reasoning: { field: 'reasoning', off: 'chat_template_kwargs: {"enable_thinking": false}', swallowed: false }, ids: expect.arrayContaining(['thinks']) as unknown });
    const report = await examined({ ...vllm, reasons: 'swallowed' });
    expect(report.reasoning).toMatchObject({ swallowed: true });
    expect(fixOf(report, 'reasoning-swallowed')).toContain('--reasoning-parser');
  });

  it('a template without tools is found by the prompt, and by its length', async () => {
    const shown = await examined({ ...llamaCpp, routes: { ...llamaCpp.routes, 'POST /apply-template': { body: { prompt: 'weather in oslo' } } } });
    expect(shown.ids).toContain('tools-dropped');
    expect(await examined({ ...lmStudio, template: false })).toMatchObject({ tokenize: { via: null, toolInPrompt: false }, ids: expect.arrayContaining(['tools-dropped']) as unknown });
  });

  it('answers that differ, refusals at eight at once, no counts', async () => {
    const report = await examined({ ...vllm, repeats: false });
    expect(report.repeatability).toMatchObject({ asked: 16, equal: 1 });
    expect(fixOf(report, 'not-repeatable')).toContain('VLLM_BATCH_INVARIANT=1');
    expect(await examined({ ...vllm, atOnce: 3 })).toMatchObject({ parallelism: { answered: 3, refusedWith: 429 }, ids: ['refused-at-once'] });
    expect((await examined({ ...vllm, usage: false })).ids).toContain('no-usage');
  });

  it('a service that refuses log-probs and schemas works, without them', async () => {
    const report = await examined(gateway, { key: 'right' });
    expect(report).toMatchObject({ kind: 'unknown', auth: 'key', works: true, structured: 'json_object', logprobs: { mode: 'raw' } });
  });

  it('a quota that is spent, and one that comes back', async () => {
    expect(await examined({ ...gateway, quota: { after: 0, status: 429, message: 'You exceeded your current quota' } }, { key: 'right' })).toMatchObject({ works: false, ids: ['quota'] });
    expect(await examined({ ...gateway, quota: { after: 0, status: 429, message: 'Rate limit reached' } }, { key: 'right' })).toMatchObject({ works: false, ids: ['rate-limited'] });
  });

  it('a model that is not there', async () => {
    const report = await examined(vllm, { model: 'huge' });
    expect(report).toMatchObject({ works: false, ids: ['model-missing', 'model-unlisted'] });
    expect(fixOf(report, 'model-missing')).toContain('tiny');
  });

  it('a key that nobody asks for', async () => {
    expect((await examined(vllm, { key: 'any' })).ids).toEqual(['key-unneeded']);
  });
});

describe('what cannot be asked', () => {
  it('loading: said at once, or waited for', async () => {
    expect(await examined(llamaCppLoading)).toMatchObject({ kind: 'llama.cpp', state: 'loading', works: false, ids: ['loading'] });
    const server = await started(llamaCppLoading);
    const steps: string[] = [];
    let now = 0;
    const clock = {
      now: () => now,
      sleep: (ms: number) => {
        now += ms;
        if (now > 60_000) server.traits = llamaCpp;
        return Promise.resolve();
      },
    };
    const report = await looked(server.baseUrl, {}, { wait: true, clock, tell: ({ step }) => void steps.push(step) });
    expect(report).toMatchObject({ state: 'ready', works: true });
    expect(steps.filter((step) => step === 'loading').length).toBeGreaterThan(8);
  });

  it('gives up after five minutes', async () => {
    const server = await started(llamaCppLoading);
    let now = 0;
    const clock = { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) };
    expect(await looked(server.baseUrl, {}, { wait: true, clock })).toMatchObject({ state: 'loading' });
    expect(now).toBeGreaterThan(290_000);
    expect(now).toBeLessThanOrEqual(300_000);
  });

  it('SGLang that loads, vLLM whose engine is dead', async () => {
    const unwell = { status: 503, body: '' };
    expect(await examined({ ...sglang, routes: { ...sglang.routes, 'GET /health': unwell } })).toMatchObject({ state: 'loading' });
    expect(await examined({ ...vllm, routes: { ...vllm.routes, 'GET /health': unwell } })).toMatchObject({ state: 'broken', works: false, ids: ['broken'] });
  });

  it('an address without its /v1, and a web page', async () => {
    const server = await started(vllm);
    expect(await looked(`${server.root}/api`.replace('/api', '/'), {})).toMatchObject({ works: true });
    const config = projectConfigSchema.parse({ version: 1, name: 'n', datasets: { seed: [{ path: 'd' }] }, endpoints: bound({ kind: 'openai', baseUrl: server.root, model: 'tiny' }) });
    const report = await examineProject(new ProjectFiles('/nowhere'), config, ['policy'], shared());
    expect(report.servers[0]).toMatchObject({ works: false, warnings: [{ id: 'unreachable-route', fix: `Set baseUrl to ${server.baseUrl}` }] });
    expect(await examined({ unknownPath: { status: 200, body: '<!doctype html><title>Log in</title>' } })).toMatchObject({ ids: ['unreachable-page'] });
  });

  it('nothing there, no such name, no HTTP, no trusted certificate, no TLS, no answer', async () => {
    const silent = await tcp(() => undefined);
    const other = await tcp((socket) => void socket.end('SSH-2.0-OpenSSH_9.7\r\n'));
    const secure = createHttpsServer(selfSigned, (_, response) => void response.end('{}'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => secure.close(resolve)) });
    const plain = await started(vllm);
    const gone = await startModelServer({});
    await gone.close();
    const first = async (url: string): Promise<string | undefined> => (await looked(url, {}, { waits: { identifyMs: 50, askMs: 300 } })).ids[0];
    expect(await first(gone.baseUrl)).toBe('unreachable-refused');
    expect(await first('http://no-such-host.invalid/v1')).toBe('unreachable-dns');
    expect(await first(`http://127.0.0.1:${other}/v1`)).toBe('unreachable-notHttp');
    expect(await first(`http://127.0.0.1:${silent}/v1`)).toBe('unreachable-timeout');
    // A TCP server that listens has an address of this shape.
    expect(await first(`https://127.0.0.1:${(secure.address() as AddressInfo).port}/v1`)).toBe('unreachable-certificate');
    expect(await first(plain.baseUrl.replace('http:', 'https:'))).toBe('unreachable-plainHttp');
  });

  it('a server that lists its models and answers no question', async () => {
    const server = await started({ ...vllm, silent: true });
    expect(await looked(server.baseUrl, {}, { waits: { identifyMs: 2000, askMs: 500 } })).toMatchObject({ kind: 'vllm', works: false, ids: ['no-answer'] });
  });

  it('a redirect is not followed', async () => {
    const target = await started(vllm);
    const server = createHttpServer((_, response) => void response.writeHead(308, { location: `${target.baseUrl}/models` }).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const report = await looked(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, { key: 'secret' });
    expect(report.ids).toEqual(['unreachable-redirect']);
    expect(target.got).toEqual([]);
  });
});

async function tcp(handle: (socket: Socket) => void): Promise<number> {
  const server: Server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => void server.close() });
  return (server.address() as AddressInfo).port;
}

const bound = (policy: object, rest: object = {}): object => ({ policy, judge: { kind: 'simulated', model: 'simulated-judge' }, generator: { kind: 'simulated', model: 'simulated-generator' }, ...rest });

function project(endpoints: object) {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-doctor-'));
  folders.push(folder);
  return { files: new ProjectFiles(folder), config: projectConfigSchema.parse({ version: 1, name: 'n', datasets: { seed: [{ path: 'd.jsonl' }] }, endpoints }) };
}

describe('roles of a project', () => {
  it('a server of several roles is asked once, and judged by what each needs', async () => {
    const server = await started({ ...vllm, logProbs: 'none', completions: false, structured: 'none' });
    const endpoint = { kind: 'openai', baseUrl: `${server.baseUrl}/`, model: 'tiny' };
    const { files, config } = project(bound(endpoint, { judge: endpoint }));
    const { servers } = await examineProject(files, config, [], shared());
    expect(servers.map(({ role, works, warnings }) => [role, works, warnings.map(({ id }) => id)])).toEqual([
      ['policy', true, ['no-logprobs']],
      ['judge', true, ['unstructured']],
      ['generator', true, []],
    ]);
    expect(server.got.filter(({ path }) => path === '/v1/models')).toHaveLength(1);
  });

  it('what is in order is kept, and asked again when it is wished, when the server is another, or when something was wrong', async () => {
    const server = await started(vllm);
    const { files, config } = project(bound({ kind: 'openai', baseUrl: server.baseUrl, model: 'tiny' }));
    const chats = (): number => server.got.filter(({ path }) => path === '/v1/chat/completions').length;
    const look = async (fresh = false): Promise<readonly [boolean | undefined, boolean]> => {
      const before = chats();
      const { servers } = await examineProject(files, config, ['policy'], shared({ fresh }));
      return [servers[0]?.cached, chats() > before];
    };
    expect(await look()).toEqual([false, true]);
    expect(await look()).toEqual([true, false]);
    expect(readdirSync(join(files.state(), 'cache', 'servers'))).toHaveLength(1);
    expect(await look(true)).toEqual([false, true]);
    server.traits = { ...vllm, routes: { ...vllm.routes, 'GET /version': { body: { version: '0.12.0' } } } };
    expect(await look()).toEqual([false, true]);
    server.traits = { ...vllm, repeats: false, routes: { ...vllm.routes, 'GET /version': { body: { version: '0.13.0' } } } };
    expect(await look()).toEqual([false, true]);
    expect(await look()).toEqual([false, true]);
  });

  it('each replica of a pool is looked at, and one that differs says so', async () => {
    const [one, other] = [await started(vllm), await started({ ...vllm, models: [{ id: 'tiny', owned_by: 'vllm', max_model_len: 4096 }], routes: { ...vllm.routes, 'GET /version': { body: { version: '0.10.2' } } } })];
    const replicas = [one, other].map(({ baseUrl }) => ({ endpoint: { kind: 'openai', baseUrl, model: 'tiny' } }));
    const { files, config } = project(bound({ kind: 'pool', replicas }));
    const { servers } = await examineProject(files, config, ['policy'], shared());
    expect(servers.map(({ replica, warnings }) => [replica, warnings.map(({ id }) => id)])).toEqual([
      [1, []],
      [2, ['replica-differs']],
    ]);
    expect(servers[1]?.warnings[0]?.seen).toBe('Replica 2 is not like replica 1: version 0.11.0 and 0.10.2; context 8192 and 4096.');
  });

  it('embedded and simulated endpoints say what they are; a checkpoint that is missing is said', async () => {
    const { files, config } = project(bound({ kind: 'embedded', checkpoint: 'model.gguf' }));
    const report = await examineProject(files, config, [], shared());
    expect(report.servers.map(({ role, state, works }) => [role, state, works])).toEqual([
      ['policy', 'unreachable', false],
      ['judge', 'simulated', true],
      ['generator', 'simulated', true],
    ]);
    expect(report.servers[0]?.warnings[0]?.seen).toBe('There is no file model.gguf, the initial weights of the policy.');
    await expect(examineProject(files, config, ['judge2'], shared())).rejects.toMatchObject({ code: 'usage' });
  });

  it('a key that the project asks for and nobody has set', async () => {
    const server = await started({ ...vllm, key: 'right' });
    const { files, config } = project(bound({ kind: 'openai', baseUrl: server.baseUrl, model: 'tiny', apiKeyEnv: 'MY_KEY' }));
    const without = await examineProject(files, config, ['policy'], shared());
    expect(without.servers[0]?.warnings).toMatchObject([{ id: 'key-missing', fix: expect.stringContaining('MY_KEY') as unknown }]);
    const withKey = await examineProject(files, config, ['policy'], shared({ keyOf: keySource({ MY_KEY: 'right' }) }));
    expect(withKey.servers[0]).toMatchObject({ works: true, auth: 'key', warnings: [] });
    expect(JSON.stringify(withKey)).not.toContain('"right"');
  });
});

it('discovery finds servers on the ports that it is told, without a key', async () => {
  const [one, keyed, page] = [await started(ollama), await started({ ...llamaCpp, key: 'right' }), await started({ unknownPath: { status: 200, body: '<html></html>' } })];
  const free = await startModelServer({});
  await free.close();
  const ports = [one, keyed, page, free].map(({ root }) => Number(new URL(root).port));
  const found = await discoverServers({ signal: new AbortController().signal, ports, waits: { identifyMs: 2000, askMs: 2000 } });
  expect(found).toMatchObject([
    { kind: 'ollama', version: '0.12.11', models: ['tiny:latest'], endpoint: { kind: 'openai', baseUrl: one.baseUrl, model: 'tiny:latest' } },
    { kind: 'llama.cpp', needsKey: true, endpoint: { apiKeyEnv: 'MODEL_SERVER_KEY' } },
    { endpoint: null, remark: 'a web page, no model server' },
  ]);
  expect(found).toHaveLength(3);
  expect([...one.got, ...keyed.got].every(({ key }) => key === undefined)).toBe(true);
});
