import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runOneStage } from '../../../src/app/runRounds.ts';
import { foldExpand, foldProbe, foldVerify } from '../../../src/core/rounds/fold.ts';
import { expandEntrySchema, probeEntrySchema, verifyEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import type { RoundManifest, StageName } from '../../../src/core/rounds/manifest.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeAnswer, type FakeRequest, type FakeServer } from '../../fakes/openaiServer.ts';
import { weatherAnswer, writeRemoteProject } from '../../runner/support/remoteProject.ts';
import { llamaStyle, mistralStyle } from './familyTemplates.ts';

const folders: string[] = [];
let server: FakeServer;
let rows: 'lists' | 'chat';

/** As a model behind a plain completion: calls are text in tags, reasoning stands in front. */
function textOf(answer: FakeAnswer): FakeAnswer {
  const calls = (answer.toolCalls ?? []).map((call) => `<tool_call>\n{"name": "${call.name}", "arguments": ${call.arguments}}\n</tool_call>`);
  const content = `<think>\nhm\n</think>\n\n${[answer.content, ...calls].filter((part) => part !== '').join('\n')}`;
  const tokens = content.match(/<\/?\w+>|[^<]+/g) ?? [];
  return { content, tokens, logProbs: tokens.map((token) => (token.includes('think') || token.includes('hm') ? -1 : -0.1)), finishReason: 'stop' };
}

function answer(request: FakeRequest): FakeAnswer {
  const { prompt } = request.body;
  if (prompt === undefined) return weatherAnswer(request);
  const content = /<\|im_start\|>user\n((?:(?!<\|im_start\|>)[\s\S])*)<\|im_end\|>\n<\|im_start\|>assistant\n$/.exec(prompt)?.[1] ?? /Town\d+/.exec(prompt)?.[0] ?? '';
  return textOf(weatherAnswer({ ...request, body: { ...request.body, messages: [{ role: 'user', content }] } }));
}

beforeEach(async () => {
  rows = 'lists';
  server = await startFakeServer({ answer, get completionRows() { return rows; } });
});
afterEach(async () => {
  await server.close();
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

function project(endpoint: object, samples = 12): string {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-raw-'));
  folders.push(folder);
  writeRemoteProject(folder, server.baseUrl, { samples, endpoint });
  return folder;
}

async function run(folder: string, ...stages: readonly StageName[]): Promise<void> {
  const ports = nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
  for (const stage of stages) await runOneStage(ports, { project: folder, stage, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) });
}

const files = (folder: string) => new ProjectFiles(folder).round(1);
const probes = async (folder: string) => (await readJournal(files(folder).journal('probe'), probeEntrySchema)).entries;
const manifest = (folder: string): RoundManifest => JSON.parse(readFileSync(join(folder, '.looptool/rounds/0001/round.json'), 'utf8')) as RoundManifest;

it('a round asks all three models by text as it does by messages, and comes to the same', async () => {
  const [chat, raw] = [project({}), project({ prompting: 'raw', template: 'chatml', stream: false })];
  const stages = ['train', 'probe', 'verify', 'expand'] as const;
  await run(chat, ...stages);
  const before = server.requests.length;
  await run(raw, ...stages);
  const sent = server.requests.slice(before);
  expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/v1/completions']));
  expect(new Set(sent.map(({ body }) => body.model))).toEqual(new Set(['policy-model', 'judge-model', 'generator-model']));
  expect(sent[0]?.body).toMatchObject({ stop: ['<|im_end|>'], skip_special_tokens: false, add_special_tokens: false, temperature: 0, repetition_penalty: 1 });
  expect(sent.every(({ body }) => body['messages'] === undefined && body['tools'] === undefined)).toBe(true);
  const meant = async (folder: string) => ({
    probe: [...foldProbe(await probes(folder))].map(([id, { outcome, prediction }]) => [id, outcome, prediction?.calls]),
    verify: [...foldVerify((await readJournal(files(folder).journal('verify'), verifyEntrySchema)).entries)].map(([id, { votes }]) => [id, votes.map(({ verdict }) => verdict)]),
    expand: [...foldExpand((await readJournal(files(folder).journal('expand'), expandEntrySchema)).entries).generations.values()].map(({ status, sample }) => [status, sample?.id]),
  });
  const [a, b] = [await meant(chat), await meant(raw)];
  expect(a.verify.length).toBeGreaterThan(2);
  expect(a.expand.some(([status]) => status === 'candidate')).toBe(true);
  expect(b).toEqual(a);
});

it.each(['lists', 'chat'] as const)('log-probabilities over the whole text are told apart, given as %s, streamed or not', async (shape) => {
  rows = shape;
  for (const stream of [true, false]) {
    const folder = project({ prompting: 'raw', template: 'chatml', stream }, 3);
    await run(folder, 'train', 'probe');
    const [entry] = await probes(folder);
    expect(entry?.pplMissing).toBeUndefined();
    expect(entry?.pplAnswer).toBeCloseTo(Math.exp(0.1), 6);
    expect(entry?.pplCall).toBeCloseTo(Math.exp(0.1), 6);
    expect(entry?.ppl ?? 0).toBeGreaterThan(entry?.pplAnswer ?? 9);
  }
});

it('another template, or another variable of it, is another question; the round says which it was', async () => {
  const folder = project({ prompting: 'raw', template: 'chatml' }, 4);
  const set = (endpoint: object): void => {
    const config = JSON.parse(readFileSync(join(folder, 'looptool.json'), 'utf8')) as { endpoints: Record<string, object> };
    writeFileSync(join(folder, 'looptool.json'), JSON.stringify({ ...config, endpoints: Object.fromEntries(Object.entries(config.endpoints).map(([role, one]) => [role, { ...one, ...endpoint }])) }));
  };
  const reopen = (): void => {
    const round = manifest(folder);
    writeFileSync(join(folder, '.looptool/rounds/0001/round.json'), JSON.stringify({ ...round, stages: { ...round.stages, probe: { ...round.stages.probe, status: 'pending' } } }));
  };
  const asked = async (): Promise<number> => {
    const before = server.answered.length;
    reopen();
    await run(folder, 'probe');
    return server.answered.length - before;
  };
  await run(folder, 'train', 'probe');
  const first = manifest(folder).prompting?.policy;
  expect(first).toMatchObject({ mode: 'raw', template: 'chatml', hash: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown });
  expect(await asked()).toBe(0);
  set({ templateArgs: { enable_thinking: false } });
  expect(await asked()).toBe(4);
  expect(manifest(folder).prompting?.policy?.hash).not.toBe(first?.hash);
  set({ prompting: 'chat' });
  expect(await asked()).toBe(4);
  expect(server.requests.at(-1)?.body).toMatchObject({ chat_template_kwargs: { enable_thinking: false } });
  expect(await asked()).toBe(0);
});

it('what a template does not take is an error of that sample, and is not sent', async () => {
  const folder = project({ prompting: 'raw', template: 'strict.jinja', stream: false }, 5);
  writeFileSync(join(folder, 'strict.jinja'), mistralStyle);
  const file = join(folder, 'data/train.jsonl');
  const [first, ...others] = readFileSync(file, 'utf8').split('\n');
  const twice = JSON.parse(first ?? '{}') as { messages: object[] };
  writeFileSync(file, [JSON.stringify({ ...twice, messages: [{ role: 'user', content: 'first' }, ...twice.messages] }), ...others].join('\n'));
  await run(folder, 'train', 'probe');
  const errors = (await probes(folder)).filter(({ outcome }) => outcome === 'ERROR');
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ attempt: 0, error: expect.stringMatching(/^bad-request: the template strict\.jinja makes no prompt of this conversation \(line \d+, column \d+\): .*must take turns.*nothing was sent/) as unknown });
  expect(server.requests.some(({ text }) => text.includes('first'))).toBe(false);
});

it('the template and its tokens come from the server that tells them', async () => {
  await server.close();
  server = await startFakeServer({
    answer,
    routes: {
      '/props': () => ({ chat_template: llamaStyle, bos_token: '<|begin|>', eos_token: '<|done|>', default_generation_settings: { n_ctx: 4096 } }),
      '/tokenize': (body) => ({ tokens: (body as { content: string }).content === '' ? [1] : [1, 2, 3] }),
    },
  });
  const folder = project({ prompting: 'raw', stream: false }, 2);
  await run(folder, 'train', 'probe');
  const prompts = server.requests.map(({ body }) => body.prompt ?? '');
  // The server puts the beginning in front by itself.
  expect(prompts.every((prompt) => prompt.startsWith('<|start_header_id|>'))).toBe(true);
  expect(server.requests[0]?.body['stop']).toEqual(['<|eot_id|>', '<|done|>']);
  expect(manifest(folder).prompting?.policy).toMatchObject({ mode: 'raw', template: 'server' });
});

it('without a template there is a word on what to set, before anything is asked', async () => {
  const folder = project({ prompting: 'raw' }, 2);
  await expect(run(folder, 'train')).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringMatching(/does not tell its template.*tokenizer_config\.json/) as unknown });
  const other = project({ prompting: 'raw', template: 'nowhere.jinja' }, 2);
  await expect(run(other, 'train')).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringMatching(/nowhere\.jinja cannot be used\. There is no such file/) as unknown });
  const broken = project({ prompting: 'raw', template: 'broken.jinja' }, 2);
  writeFileSync(join(broken, 'broken.jinja'), 'a\n{% for x in %}{% endfor %}');
  await expect(run(broken, 'train')).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('line 2, column 1') as unknown });
  expect(server.requests).toEqual([]);
});
