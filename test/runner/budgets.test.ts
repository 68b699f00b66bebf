import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { RunEstimate } from '../../src/app/estimate.ts';
import { startFakeServer, type FakeServer } from '../fakes/openaiServer.ts';
import { eventsOf, runCli, temporaryFolder } from './support/cli.ts';
import { weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const env = { TEST_KEY: 'sk-test' };
const cleanUps: (() => void)[] = [];
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => cleanUps.forEach((work) => work()));

async function setUp(options: { readonly samples: number; readonly delayMs?: number; readonly budgets?: object; readonly price?: object; readonly concurrency?: number }) {
  const { samples, delayMs, budgets, price, concurrency } = options;
  const server = await startFakeServer({ answer: weatherAnswer, ...(delayMs === undefined ? {} : { delayMs }) });
  servers.push(server);
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, server.baseUrl, { samples, endpoint: { timeoutMs: 30_000, ...(price === undefined ? {} : { price }) }, ...(concurrency === undefined ? {} : { concurrency }) });
  const file = join(project, 'looptool.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, ...(budgets === undefined ? {} : { budgets }) }));
  const run = async (...args: readonly string[]) => await runCli([...args, '--json', '--project', project], { env });
  const estimate = async (...args: readonly string[]): Promise<RunEstimate> => {
    const { stdout, stderr } = await run(...args, '--estimate');
    const result = eventsOf(stdout).find(({ type }) => type === 'result');
    if (result?.type !== 'result') throw new Error(`no estimate: ${stderr}`);
    return result.data as RunEstimate; // our own command line's
  };
  return { server, run, estimate };
}

/** The fake server counts 12 tokens for each request: 10 and 2. A round of ten samples takes far more than any of these. */
describe('a budget that is crossed', () => {
  test.each([
    ['tokens', { budgets: { tokens: 200 }, samples: 10 }],
    ['money', { budgets: { money: 0.0003 }, price: { prompt: 1, completion: 3 }, samples: 10 }],
    // Twenty-six answers of 150 ms, two at a time, take 1.95 seconds at least; the budget is 1.8.
    ['minutes', { budgets: { minutes: 0.03 }, delayMs: 150, concurrency: 2, samples: 26 }],
  ] as const)('of %s stops the job with what to do, and the same command goes on until all is done, without asking twice', async (budget, options) => {
    const { server, run } = await setUp(options);
    let stops = 0;
    for (let runs = 0; ; runs++) {
      const { code, stdout } = await run('probe');
      if (code === 0) break;
      stops += 1;
      expect(code).toBe(130);
      const end = eventsOf(stdout).at(-1);
      expect(end).toMatchObject({ type: 'job-end', status: 'stopped', code: 'budget-spent', message: expect.stringMatching(new RegExp(`budgets\\.${budget}.*Run the same command again`)) as string });
      expect(runs).toBeLessThan(60);
    }
    if (budget === 'minutes') expect(stops).toBeGreaterThan(0);
    const questions = server.requests.filter(({ body }) => body['max_tokens'] !== 16).map(({ text }) => text);
    expect(questions).toHaveLength(options.samples);
    expect(new Set(questions).size).toBe(options.samples);
  });

  test('of tokens never lets a job take more', async () => {
    const { server, run } = await setUp({ budgets: { tokens: 100 }, samples: 30 });
    for (let before = 0; ; before = server.requests.length) {
      const { code } = await run('probe');
      // What is under way when the first answers come is not known beforehand: four at a time.
      expect(server.requests.length - before).toBeLessThanOrEqual(8 + 4);
      if (code === 0) break;
    }
  });
});

describe('an estimate', () => {
  test('says what a stage then asks, and sends nothing', async () => {
    const { server, run, estimate } = await setUp({ samples: 24 });
    const first = await estimate('run');
    expect(server.requests).toHaveLength(0);
    expect(first.parts.find(({ kind }) => kind === 'answers')).toMatchObject({ stage: 'probe', requests: 24, done: 0, basis: 'planned', tokensBy: 'characters' });
    expect(first.parts.find(({ kind }) => kind === 'votes')).toMatchObject({ basis: 'assumed' });
    expect(first.totals.seconds).toBeUndefined();
    await run('probe');
    const sent = server.requests.length;
    const planned = await estimate('verify');
    expect(server.requests).toHaveLength(sent);
    const votes = planned.parts.find(({ kind }) => kind === 'votes');
    expect(votes).toMatchObject({ basis: 'planned', done: 0 });
    const { stdout } = await run('verify');
    const thirds = eventsOf(stdout).flatMap((event) => (event.type === 'stage-end' && event.stage === 'verify' ? [event.counts['thirdVotes'] ?? 0] : []));
    expect(server.requests.length - sent).toBe((votes?.requests ?? 0) + (thirds[0] ?? 0));
    // What is done is not to be sent again.
    expect((await estimate('verify')).parts).toEqual([]);
  });

  test('measures tokens, prices and rates by what was answered, and says which budget is too small', async () => {
    const { run, estimate } = await setUp({ samples: 40, price: { prompt: 1, completion: 10 }, budgets: { tokens: 100_000, money: 0.0003 } });
    expect((await run('probe')).code).toBe(130);
    const { parts, totals, budgets } = await estimate('probe');
    const [answers] = parts;
    const { requests = 0, done = 0 } = answers ?? {};
    expect(requests + done).toBe(40);
    expect(answers).toMatchObject({ tokensBy: 'measured', promptTokens: 10 * requests, completionTokens: 2 * requests });
    expect(totals.money).toBeCloseTo((requests * (10 + 2 * 10)) / 1e6, 10);
    expect(totals.seconds).toBeGreaterThan(0);
    expect(budgets.map(({ budget, enough }) => [budget, enough])).toEqual([
      ['tokens', true],
      ['money', false],
    ]);
  });

  test('of rounds that are not made yet goes by those that are', async () => {
    const { server, run, estimate } = await setUp({ samples: 24 });
    expect((await run('run')).code).toBe(0);
    const sent = server.requests.length;
    const { parts } = await estimate('run', '--rounds', '3');
    expect(server.requests).toHaveLength(sent);
    expect([...new Set(parts.map(({ round }) => round))]).toEqual([2, 3]);
    expect(parts.filter(({ requests }) => requests > 0).every(({ basis, tokensBy }) => basis !== 'assumed' && tokensBy === 'measured')).toBe(true);
    expect((await estimate('run')).notes.join(' ')).toContain('nothing would be sent');
  });
});
