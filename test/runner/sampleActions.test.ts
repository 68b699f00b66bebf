import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/json/stringify.ts';
import { sampleActionResultSchema, type SampleActionResult, type SampleRequest } from '../../src/protocol/sampleRequest.ts';
import { runnerEventSchema } from '../../src/protocol/runnerEvents.ts';
import { startFakeServer, type FakeServer } from '../fakes/openaiServer.ts';
import { eventsOf, root, runCli, startCli, temporaryFolder } from './support/cli.ts';
import { allText, weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const key = 'sk-not-to-be-found-anywhere';
const env = { TEST_KEY: key };
const cleanUps: (() => void)[] = [];
afterAll(() => cleanUps.forEach((work) => work()));
let server: FakeServer | undefined;
afterEach(() => server?.close());

type Setup = Partial<Parameters<typeof startFakeServer>[0]> & { readonly samples?: number };

/** Label of record 1 is wrong (index 0 of five), the policy errs on records 1, 4, 7 (every third). */
async function setUp(options: Setup = {}): Promise<string> {
  const folder = temporaryFolder((work) => cleanUps.push(work));
  server = await startFakeServer({ answer: weatherAnswer, ...options });
  writeRemoteProject(folder, server.baseUrl, { samples: options.samples ?? 6 });
  return folder;
}
const ask = (folder: string, action: string, record: number, ...more: readonly string[]) => runCli(['sample', action, join(folder, 'data/train.jsonl'), '--record', String(record), '--project', folder, '--json', ...more], { env });
function resultOf(stdout: string): SampleActionResult {
  const event = eventsOf(stdout).find(({ type }) => type === 'result');
  if (event?.type !== 'result') throw new Error(`no result: ${stdout}`);
  return sampleActionResultSchema.parse(event.data);
}
const linesOf = (file: string): readonly Record<string, unknown>[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
const scratch = (folder: string, name: string): string => join(folder, '.looptool/scratch', `${name}.jsonl`);
const inRound = (folder: string, name: string): string => join(folder, '.looptool/rounds/0001', `${name}.jsonl`);
const notesOf = (stdout: string): readonly string[] => eventsOf(stdout).flatMap((event) => (event.type === 'note' ? [event.message] : []));

describe('one sample, before there is a round', () => {
  it('is probed into the scratch journal, and asked again when asked again', async () => {
    const folder = await setUp();
    const first = await ask(folder, 'probe', 4);
    expect(first.code).toBe(0);
    expect(resultOf(first.stdout)).toMatchObject({ known: false, occurrence: { file: 'data/train.jsonl', record: 3, step: 0 }, probe: { outcome: 'MISMATCH', labelHash: expect.any(String) as unknown } });
    expect(resultOf(first.stdout).round).toBeUndefined();
    await ask(folder, 'probe', 4);
    expect(linesOf(scratch(folder, 'probe')).map(({ outcome }) => outcome)).toEqual(['MISMATCH', 'MISMATCH']);
    expect(linesOf(scratch(folder, 'samples'))).toHaveLength(1);
    expect(server?.answered).toHaveLength(2);
    expect(existsSync(join(folder, '.looptool/rounds'))).toBe(false);
    expect(allText(folder)).not.toContain(key);
  });

  it('is probed first when the judge is asked, and judged with each answer first', async () => {
    const folder = await setUp();
    const run = await ask(folder, 'judge', 4);
    expect(notesOf(run.stdout)).toContain('The sample was not probed with this label: the policy is asked first.');
    expect(resultOf(run.stdout).judgement).toMatchObject({ verdict: 'PRED_WRONG', votes: 2, agreeing: 2, by: 'judge' });
    expect(linesOf(scratch(folder, 'verify')).map(({ order }) => order).sort()).toEqual(['LP', 'PL']);
    await ask(folder, 'judge', 4);
    expect(server?.answered.filter(({ body }) => body.model === 'policy-model')).toHaveLength(1);
    expect(server?.answered.filter(({ body }) => body.model === 'judge-model')).toHaveLength(4);
  });

  it('has its label replaced in the verdict where the label is wrong', async () => {
    const folder = await setUp({ samples: 11 });
    const run = await ask(folder, 'judge', 6);
    expect(resultOf(run.stdout).judgement).toMatchObject({ verdict: 'LABEL_WRONG', relabel: { kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: 'Town5' } }] } });
  });

  it('is not judged where the answer matches', async () => {
    const folder = await setUp();
    const run = await ask(folder, 'judge', 2);
    expect(resultOf(run.stdout)).toMatchObject({ probe: { outcome: 'MATCH' } });
    expect(resultOf(run.stdout).judgement).toBeUndefined();
    expect(server?.answered).toHaveLength(1);
  });

  it('is expanded with the gates of the stage, with other siblings the next time', async () => {
    const folder = await setUp();
    await ask(folder, 'judge', 4);
    const [first, second] = [await ask(folder, 'expand', 4), await ask(folder, 'expand', 4)];
    expect(resultOf(first.stdout).expansions?.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    const requests = (run: typeof first) => resultOf(run.stdout).expansions?.map(({ sample }) => sample?.messages.at(-1)?.content);
    expect(requests(first)).not.toEqual(requests(second));
    expect(linesOf(scratch(folder, 'expand')).filter(({ type }) => type === 'generation')).toHaveLength(4);
  });

  it('is not expanded with a label that the judge calls wrong and did not replace', async () => {
    const folder = await setUp({ answer: (request) => (request.body.model === 'judge-model' ? { content: '{"verdict": "BOTH_WRONG", "error_analysis": "neither", "correct_approach": ""}' } : weatherAnswer(request)) });
    expect(resultOf((await ask(folder, 'judge', 4)).stdout).judgement).toMatchObject({ verdict: 'BOTH_WRONG' });
    const run = await ask(folder, 'expand', 4);
    expect(run.code).toBe(2);
    expect(run.stdout).toContain('Correct it first');
    expect(linesOf(scratch(folder, 'expand'))).toEqual([]);
  });

  it('is told to people in a few lines', async () => {
    const folder = await setUp();
    const run = await runCli(['sample', 'judge', 'data/train.jsonl', '--record', '4'], { env, cwd: folder });
    expect(run.stdout).toContain('data/train.jsonl record 4, step 1');
    expect(run.stdout).toContain('  prediction  get_weather {"city":"Elsewhere"}');
    expect(run.stdout).toContain('PRED_WRONG (judge-model, 2 of 2 votes)');
  });
});

describe('one sample of a round under way', () => {
  it('goes into the journals of the round, and the stages take it from there', async () => {
    const folder = await setUp();
    await runCli(['train', '--project', folder, '--json'], { env });
    const asked = server?.answered.length ?? 0;
    const run = await ask(folder, 'judge', 4);
    expect(resultOf(run.stdout)).toMatchObject({ round: 1, judgement: { verdict: 'PRED_WRONG' } });
    expect(existsSync(join(folder, '.looptool/scratch'))).toBe(false);
    expect((server?.answered.length ?? 0) - asked).toBe(3);
    // The stage asks for the five others only, and its fold is that of a stage that did all.
    await runCli(['probe', '--project', folder, '--json'], { env });
    expect(linesOf(inRound(folder, 'probe'))).toHaveLength(6);
    await runCli(['verify', '--project', folder, '--json'], { env });
    expect(linesOf(inRound(folder, 'verify')).filter(({ sampleId }) => sampleId === resultOf(run.stdout).sampleId)).toHaveLength(2);
  });

  it('is answered from the journal where that has the answer', async () => {
    const folder = await setUp();
    await runCli(['probe', '--project', folder, '--json'], { env });
    const asked = server?.answered.length;
    expect(resultOf((await ask(folder, 'probe', 4)).stdout)).toMatchObject({ round: 1, known: true, probe: { outcome: 'MISMATCH' } });
    expect(server?.answered).toHaveLength(asked ?? -1);
  });

  it('stays out of the round while a job holds it, when the label is another, and when the round is done', async () => {
    const folder = await setUp();
    await runCli(['probe', '--project', folder, '--json'], { env });
    const lock = join(folder, '.looptool/rounds/0001/round.lock');
    writeFileSync(lock, JSON.stringify({ v: 1, pid: process.pid, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z', command: 'looptool run' }));
    const busy = await ask(folder, 'probe', 4);
    expect(resultOf(busy.stdout).round).toBeUndefined();
    expect(notesOf(busy.stdout)[0]).toContain('A job works on round 1');
    expect(readFileSync(lock, 'utf8')).toContain('looptool run');
    writeFileSync(lock, JSON.stringify({ v: 1, pid: 2 ** 22 + 1, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z', command: 'looptool run' }));
    const data = join(folder, 'data/train.jsonl');
    const text = readFileSync(data, 'utf8');
    writeFileSync(data, text.replace('{\\"city\\":\\"Town3\\"}', '{\\"city\\":\\"Town33\\"}'));
    expect(resultOf((await ask(folder, 'probe', 4)).stdout).round).toBeUndefined();
    writeFileSync(data, text);
    expect(resultOf((await ask(folder, 'probe', 4)).stdout)).toMatchObject({ round: 1 });
    expect(existsSync(lock)).toBe(false);
    expect(linesOf(inRound(folder, 'probe'))).toHaveLength(6);
    await runCli(['run', '--project', folder, '--json'], { env });
    expect(resultOf((await ask(folder, 'probe', 4)).stdout).round).toBeUndefined();
  });
});

describe('what goes wrong', () => {
  it.each([
    ['unauthorised', 'endpoint-key'],
    ['unknownModel', 'endpoint-refused'],
    ['tooLong', 'endpoint-refused'],
  ] as const)('%s: is said, and the sample can be asked about again', async (how, code) => {
    let broken = true;
    const folder = await setUp({ misbehave: () => (broken ? how : 'ok') });
    const run = await ask(folder, 'probe', 4);
    expect(run.code).toBe(2);
    expect(eventsOf(run.stdout).at(-1)).toMatchObject({ type: 'job-end', status: 'failed', code });
    expect(run.stdout).not.toContain(key);
    broken = false;
    expect((await ask(folder, 'probe', 4)).code).toBe(0);
  });

  it.each([
    [['--record', '99'], 'has no record 99: it has 6'],
    [['--record', '1', '--step', '3'], 'has no step 3; it has 1'],
  ])('a place that there is not: %j', async (place, message) => {
    const folder = await setUp();
    const run = await runCli(['sample', 'probe', join(folder, 'data/train.jsonl'), ...place, '--project', folder], { env });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(server?.requests).toEqual([]);
  });

  it('a stop ends it at once, and leaves no lock', async () => {
    const hook: { stop?: () => void } = {};
    const folder = await setUp({ misbehave: () => (hook.stop === undefined ? 'ok' : (hook.stop(), 'stall')) });
    await runCli(['train', '--project', folder, '--json'], { env });
    const run = startCli(['sample', 'probe', join(folder, 'data/train.jsonl'), '--record', '4', '--project', folder, '--json'], { env });
    hook.stop = () => void run.child.kill('SIGTERM');
    expect((await run.exit).code).toBe(130);
    expect(existsSync(join(folder, '.looptool/rounds/0001/round.lock'))).toBe(false);
  });

  it('a kill while the judge is asked costs the votes in flight, and nothing else', async () => {
    let kill = (): void => undefined;
    const folder = await setUp({ delayMs: 100, misbehave: ({ body }) => (body.model === 'judge-model' ? (kill(), 'ok') : 'ok') });
    await runCli(['train', '--project', folder, '--json'], { env });
    const run = startCli(['sample', 'judge', join(folder, 'data/train.jsonl'), '--record', '4', '--project', folder, '--json'], { env });
    kill = () => void run.child.kill('SIGKILL');
    expect((await run.exit).signal).toBe('SIGKILL');
    expect(linesOf(inRound(folder, 'probe'))).toHaveLength(1);
    kill = () => undefined;
    const policyAsked = () => server?.answered.filter(({ body }) => body.model === 'policy-model').length;
    const before = policyAsked();
    const again = await ask(folder, 'judge', 4);
    expect(resultOf(again.stdout)).toMatchObject({ round: 1, judgement: { verdict: 'PRED_WRONG' } });
    expect(policyAsked()).toBe(before);
    expect(canonicalJson(linesOf(inRound(folder, 'verify')).map(({ order }) => String(order)).sort())).toBe('["LP","PL"]');
  });
});

describe('the editor\'s runner', () => {
  it('takes the unsaved text and the keys over standard input, and ends with what came of it', async () => {
    const folder = await setUp();
    const file = join(folder, 'data/train.jsonl');
    const text = readFileSync(file, 'utf8').replace('Town3\\"', 'Town77\\"');
    const request: SampleRequest = { kind: 'sample', project: folder, action: 'probe', sample: { by: 'place', file, record: 3, step: 0, text }, keys: { [new URL(server?.baseUrl ?? '').origin]: key } };
    const child = spawn(process.execPath, [join(root, 'dist/runner.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(`${JSON.stringify(request)}\n`);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    const events = stdout.trim().split('\n').map((line) => runnerEventSchema.parse(JSON.parse(line)));
    expect(events.map(({ type }) => type)).toEqual(['note', 'result', 'job-end']);
    expect(resultOf(stdout)).toMatchObject({ probe: { outcome: 'MISMATCH', comparison: { differences: [{ expected: 'Town77' }] } } });
    expect(server?.requests[0]?.authorization).toBe(`Bearer ${key}`);
    expect(existsSync(join(folder, '.looptool/jobs'))).toBe(false);
    expect(allText(folder)).not.toContain(key);
  });
});

describe('the prompt of one sample', () => {
  it('is the text alone on standard output, by place or by id; what is to be said stands beside it', async () => {
    const folder = await setUp();
    const file = join(folder, 'looptool.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { endpoints: { policy: object } };
    writeFileSync(file, JSON.stringify({ ...config, endpoints: { ...config.endpoints, policy: { ...config.endpoints.policy, prompting: 'raw', template: 'chatml' } } }));
    const run = await runCli(['sample', 'prompt', join(folder, 'data/train.jsonl'), '--record', '4', '--project', folder], { env });
    expect(run.stdout).toMatch(/^<\|im_start\|>system\n[\s\S]*"name": "get_weather"[\s\S]*<\|im_start\|>user\nweather in Town3<\|im_end\|>\n<\|im_start\|>assistant\n\n$/);
    expect(run.stderr).toContain('raw: template chatml');
    const { sampleId } = resultOf((await ask(folder, 'prompt', 4)).stdout);
    const again = await runCli(['sample', String(sampleId), '--prompt', '--project', folder], { env });
    expect(again.stdout).toBe(run.stdout);
    expect(server?.requests).toEqual([]);
    expect(existsSync(join(folder, '.looptool/scratch'))).toBe(false);
  });
});
