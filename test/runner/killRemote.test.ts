import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isJsonObject } from '../../src/core/json/value.ts';
import { readSections } from '../../src/core/llm/prompts/sections.ts';
import { Rng } from '../../src/core/random/rng.ts';
import { isComplete, type JournalEntry } from '../../src/core/rounds/fold.ts';
import { evaluateEntrySchema, expandEntrySchema, probeEntrySchema, repeatEntrySchema, verifyEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { roundManifestSchema } from '../../src/core/rounds/manifest.ts';
import { readJournal } from '../../src/node/appendJournal.ts';
import { startFakeServer, type FakeAnswer, type FakeRequest, type FakeServer } from '../fakes/openaiServer.ts';
import { root, runCli, startCli, temporaryFolder } from './support/cli.ts';
import { weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';
import { roundSnapshot } from './support/roundSnapshot.ts';

/** `npm run test:kill` asks for 200. */
const kills = Number(process.env['LOOPTOOL_KILLS'] ?? 6);
const seed = Number(process.env['LOOPTOOL_KILL_SEED'] ?? 1);
/** So many moments are aimed at in one round; then the next round is begun. */
const killsPerRound = 12;
const env = { TEST_KEY: 'sk-test' };

const cleanUps: (() => void)[] = [];
let server: FakeServer;
/** Told of each request that comes. */
let onRequest: (text: string) => void = () => undefined;
let undisturbed = '';
/** Questions of a round by the text of their request, as the undisturbed run asked them. */
const questions = new Map<string, string>();

beforeAll(async () => {
  server = await startFakeServer({
    answer: recordedAnswer,
    misbehave: ({ text }) => {
      onRequest(text);
      return 'ok';
    },
  });
  undisturbed = makeProject(1);
  const { code, stderr } = await runCli(['run', '--json', '--project', undisturbed], { env });
  expect([code, stderr]).toEqual([0, '']);
  await learnQuestions();
}, 300_000);

afterAll(async () => {
  await server.close();
  cleanUps.forEach((work) => work());
});

test(`a round behind servers that is killed at ${kills} random moments comes to the same, and nothing that was finished is asked again`, async () => {
  const expected = await outcome(undisturbed);
  let killed = 0;
  for (let round = 1; killed < kills; round += 1) {
    const project = makeProject(4);
    const here = await disturb(project, new Rng('killRemote', seed, round), Math.min(killsPerRound, kills - killed));
    expect(here).toBeGreaterThan(0);
    killed += here;
    const last = await counted(project, async () => await runCli(['run', '--json', '--project', project], { env }));
    expect([last.code, last.stderr]).toEqual([0, '']);
    expect(await outcome(project)).toEqual(expected);
    if (kills > killsPerRound) console.log(`${killed} of ${kills} moments, all results equal`);
  }
}, 60_000 + kills * 30_000);

test('a failed request is no answer: what a journal says failed is asked again, and nothing else is', async () => {
  const project = temporaryFolder((work) => cleanUps.push(work));
  cpSync(undisturbed, project, { recursive: true });
  const spoilt = new Set<string>();
  for (const name of Object.keys(schemas) as (keyof typeof schemas)[]) await spoil(project, name, spoilt);
  expect(new Set([...spoilt].map((question) => question.split(' ')[0])).size).toBe(7);
  setPending(project);
  const asked: string[] = [];
  onRequest = (text) => asked.push(questions.get(text) ?? text);
  const { code, stderr } = await runCli(['run', '--json', '--project', project], { env });
  onRequest = () => undefined;
  expect([code, stderr]).toEqual([0, '']);
  expect(asked.sort()).toEqual([...spoilt].sort());
  expect(await outcome(project)).toEqual(await outcome(undisturbed));
});

const canLimit = process.platform !== 'win32' && spawnSync('bash', ['-c', 'ulimit -f 64']).status === 0;

test.skipIf(!canLimit)('a disk that is full in the middle of any journal stops the run in words, and nothing that was finished is asked again', async () => {
  const project = makeProject(4);
  const full = new Set<string>();
  // In blocks of 1,024 bytes: files may become so large, and no larger. A little less than each journal needs, the smallest first.
  const names = ['probe', 'repeat', 'verify', 'expand'] as const;
  const sizes = names.map((name) => Math.floor(statSync(journalOf(undisturbed, name)).size / 1024));
  for (const blocks of sizes.map((size) => size - 1).sort((a, b) => a - b)) {
    const args = ['-c', `ulimit -f ${blocks}; exec "$@"`, 'bash', process.execPath, join(root, 'dist/cli.js'), 'run', '--project', project];
    const { status, stderr } = await counted(project, async () => {
      const child = spawn('bash', args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      return await new Promise<{ readonly status: number | null; readonly stderr: string }>((resolve) => child.once('close', (code) => resolve({ status: code, stderr: said })));
    });
    if (status === 0) break;
    expect([status, stderr]).toEqual([2, expect.stringMatching(/could not be (written|saved).*run the command again/is)]);
    full.add(/(\w+)\.jsonl? could not/.exec(stderr)?.[1] ?? stderr);
  }
  expect(full.size).toBeGreaterThan(1);
  const last = await counted(project, async () => await runCli(['run', '--json', '--project', project], { env }));
  expect([last.code, last.stderr]).toEqual([0, '']);
  expect(await outcome(project)).toEqual(await outcome(undisturbed));
}, 300_000);

/** Writes every third answer of a journal over with a failure; but not those that another question has followed from. */
async function spoil(project: string, name: keyof typeof schemas, spoilt: Set<string>): Promise<void> {
  // What was measured after the training here is what was measured before it, said again.
  const entries = (await entriesOf(project, name)).filter((entry) => entry.type !== 'evaluation' || entry.phase === 'before');
  const lines = entries.map((entry, index) => {
    if (!wasAsked(entry) || leadsOn(entry, entries) || index % 3 !== 0) return entry;
    spoilt.add(questionOf(entry));
    const { reply: _reply, ...rest } = entry;
    return { ...rest, ...failedAs(entry) };
  });
  writeFileSync(journalOf(project, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function leadsOn(entry: JournalEntry, entries: readonly JournalEntry[]): boolean {
  const { sampleId } = entry;
  const same = entries.filter((other) => other !== entry && other.sampleId === sampleId);
  switch (entry.type) {
    case 'probe':
    case 'solution':
      return same.length > 0;
    case 'generation':
      return entry.status !== 'candidate' || same.some((other) => other.type === 'generation' && other.k === entry.k);
    case 'evaluation':
      return false;
    default:
      return entry.type === 'vote' && entry.third === undefined && same.some((other) => other.type === 'vote' && other.third === true);
  }
}

function failedAs(entry: JournalEntry): object {
  switch (entry.type) {
    case 'vote':
      return { verdict: 'ERROR', analysis: '', approach: '', error: 'server (HTTP 500): it fell over' };
    case 'critique':
      return { verdict: 'ERROR', analysis: 'server (HTTP 500): it fell over' };
    case 'generation':
      return { status: 'api', reason: 'server (HTTP 500): it fell over', sample: undefined };
    case 'solution':
      return { outcome: 'ERROR', reason: 'server (HTTP 500): it fell over', prediction: undefined };
    default:
      return { outcome: 'ERROR', error: 'server (HTTP 500): it fell over', prediction: undefined };
  }
}

/** As if the run had been stopped before the ends of these stages. */
function setPending(project: string): void {
  const file = join(project, '.looptool/rounds/0001/round.json');
  const manifest = roundManifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const stages = Object.fromEntries(Object.entries(manifest.stages).map(([stage, state]) => [stage, stage === 'train' ? state : { ...state, status: 'stopped', counts: {}, notes: [] }]));
  writeFileSync(file, JSON.stringify({ ...manifest, stages }));
}

/** Every kind of request that a round can send: repeats, second looks, third votes, second attempts, solver, critic, candidates' probes. */
function makeProject(concurrency: number): string {
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, server.baseUrl, { samples: 40, concurrency, endpoint: { timeoutMs: 30_000 }, expand: { k: 2, maxSeeds: 8, gates: { difficulty: 'wrongOrUnsure' } } });
  const file = join(project, 'looptool.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, probe: { again: 12, repeats: { n: 2, samples: 25 }, maxTokens: 64, retryMaxTokens: 128 } }));
  return project;
}

const number = (text: string): number => Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 8), 16);

/** The same request gets the same reply, whenever it comes. */
function recordedAnswer(request: FakeRequest): FakeAnswer {
  const { body, text } = request;
  const content = body.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const town = Number(/Town(\d+)/.exec(content)?.[1] ?? -1);
  const drawn = number(text);
  const call = (city: string): FakeAnswer => ({ content: '', toolCalls: [{ name: 'get_weather', arguments: JSON.stringify({ city }) }], finishReason: 'tool_calls', logProbs: [-0.2, -(drawn % 97) / 50] });
  if (body.model === 'policy-model' && town >= 0) {
    // Cut off at the lower limit; answered otherwise at the second look; right by chance when it is drawn.
    if (town % 13 === 5 && body['max_tokens'] === 64) return { content: 'so many words', finishReason: 'length' };
    if (body.temperature === 0 && town % 4 === 1 && body.logprobs !== true) return call('Elsewhere');
    if (body.temperature !== 0) return call(drawn % 3 === 0 ? 'Elsewhere' : `Town${town}`);
    const usual = weatherAnswer(request);
    return { ...usual, logProbs: [-0.2, -(drawn % 97) / 50] };
  }
  const task = readSections(content).get('Task');
  // A judge that likes what it sees first: the orders disagree, and a third vote is asked for.
  if (task === 'compare' && town % 7 === 0) return { content: JSON.stringify({ verdict: 'ANSWER_2_WRONG', error_analysis: 'the second', correct_approach: 'the first' }) };
  if (task === 'solve' && drawn % 6 === 0) return { content: JSON.stringify({ calls: [{ name: 'get_weather', arguments: { city: 'Elsewhere' } }] }) };
  if (isJsonObject(readSections(content).get('Variation')) && drawn % 4 === 0) return { content: 'no JSON at all' };
  return weatherAnswer(request);
}

const schemas = { probe: probeEntrySchema, repeat: repeatEntrySchema, verify: verifyEntrySchema, expand: expandEntrySchema, evaluate: evaluateEntrySchema };

const journalOf = (project: string, name: keyof typeof schemas): string => join(project, '.looptool/rounds/0001', `${name}.jsonl`);

async function entriesOf(project: string, name: keyof typeof schemas): Promise<readonly JournalEntry[]> {
  return (await readJournal<JournalEntry>(journalOf(project, name), schemas[name])).entries;
}

/** Entries that a request stands behind: no pre-checks, no marks, no held-out answers taken over from before the training. */
const wasAsked = (entry: JournalEntry): boolean => entry.attempt > 0 && !(entry.type === 'evaluation' && entry.phase === 'after');

function questionOf(entry: JournalEntry): string {
  const { type, sampleId, labelHash, requestKey } = entry;
  return [type, sampleId, labelHash, requestKey, ...(entry.type === 'vote' ? [entry.order, entry.third] : entry.type === 'generation' || entry.type === 'repeat' ? [entry.k] : [])].join(' ');
}

/** With one request at a time, requests and entries stand in the same order; the three plain questions that stand for the weights have no entry. */
async function learnQuestions(): Promise<void> {
  const asked: string[] = [];
  for (const name of ['evaluate', 'probe', 'repeat', 'verify', 'expand'] as const) asked.push(...(await entriesOf(undisturbed, name)).filter(wasAsked).map(questionOf));
  const texts = server.requests.filter(({ body }) => body['max_tokens'] !== 16).map(({ text }) => text);
  expect(texts).toHaveLength(asked.length);
  texts.forEach((text, index) => questions.set(text, asked[index] ?? ''));
  // No two requests of the round are the same, and no question was asked twice.
  expect(questions.size).toBe(texts.length);
  expect(new Set(questions.values()).size).toBe(texts.length);
  // Every kind of request that is there is among them.
  const kinds = new Set(asked.map((question) => question.split(' ')[0]));
  expect([...kinds].sort()).toEqual(['critique', 'evaluation', 'generation', 'probe', 'repeat', 'solution', 'vote']);
  const votes = (await entriesOf(undisturbed, 'verify')).filter((entry) => entry.type === 'vote');
  expect(votes.some(({ third }) => third === true)).toBe(true);
  expect((await entriesOf(undisturbed, 'probe')).some((entry) => entry.type === 'probe' && entry.unstable !== undefined)).toBe(true);
}

/** What docs/on-disk.md promises of a round however often it was killed, and what its stages say that they came to. */
async function outcome(project: string): Promise<unknown> {
  const file = join(project, '.looptool/rounds/0001/round.json');
  const { stages } = roundManifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const said = Object.fromEntries(Object.entries(stages).map(([stage, { status, counts, notes }]) => [stage, { status, counts, notes }]));
  return { said, first: await roundSnapshot(project, 1, 'untrained'), second: await roundSnapshot(project, 2, 'composed') };
}

/** Kills runs at moments that are spread over the requests of a round, in their order; how many came before its end. */
async function disturb(project: string, rng: Rng, moments: number): Promise<number> {
  const aimed = Array.from({ length: moments }, () => rng.int(questions.size + 40) - 20).sort((a, b) => a - b);
  let killed = 0;
  for (const position of aimed) {
    // Before the first request, and behind the last one, time is spent without any.
    const delayMs = rng.next() * (position < 0 || position >= questions.size ? 800 : 120);
    if (await counted(project, async () => await killAt(project, position, delayMs))) killed += 1;
  }
  return killed;
}

/** Kill -9 `delayMs` after so many of the round's questions have come to the server. False when the run ended before. */
async function killAt(project: string, position: number, delayMs: number): Promise<boolean> {
  const seen = new Set(await finished(project));
  let timer: NodeJS.Timeout | undefined;
  const run = startCli(['run', '--json', '--project', project], { env });
  const arm = () => {
    if (seen.size >= Math.min(position, questions.size)) timer ??= setTimeout(() => run.child.kill('SIGKILL'), delayMs);
  };
  const inner = onRequest;
  onRequest = (text) => {
    inner(text);
    seen.add(questions.get(text) ?? text);
    arm();
  };
  arm();
  const { signal } = await run.exit;
  clearTimeout(timer);
  onRequest = inner;
  return signal === 'SIGKILL';
}

/** Questions whose answers are on the disk. */
async function finished(project: string): Promise<ReadonlySet<string>> {
  const done = new Set<string>();
  for (const name of Object.keys(schemas) as (keyof typeof schemas)[]) {
    if (!existsSync(journalOf(project, name))) continue;
    for (const entry of await entriesOf(project, name)) if (isComplete(entry)) done.add(questionOf(entry));
  }
  return done;
}

/** Runs something; what was finished before must not come to the server, and what comes must be of this round. */
async function counted<T>(project: string, work: () => Promise<T>): Promise<T> {
  const before = await finished(project);
  const again: string[] = [];
  onRequest = (text) => {
    const question = questions.get(text);
    if (question !== undefined ? before.has(question) : !text.includes('"max_tokens":16,')) again.push(question ?? text);
  };
  const result = await work();
  onRequest = () => undefined;
  expect(again).toEqual([]);
  return result;
}
