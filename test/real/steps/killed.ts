import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { journalFolds } from '../../runner/support/roundSnapshot.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { withServer, type RealContext } from '../support/context.ts';
import { CountingProxy } from '../support/countingProxy.ts';
import type { LlamaServer } from '../support/llamaServer.ts';
import { endSimulated, lastWords, looptool, makeProject, type CliResult } from '../support/project.ts';

const step = 'killed';
/** Parts of the undisturbed run's answers after which the server is killed. */
const moments = [0.15, 0.5, 0.9] as const;
const gapMs = 1200;
/** Exit code of a job that could not go on. */
const failedCode = 2;

type Round = { readonly folds: Readonly<Record<string, string>>; readonly answers: ReadonlyMap<string, number>; readonly total: number };

/**
 * A round whose server is killed, with raw prompts. One slot without a prompt cache: an answer then depends on nothing but its prompt, so
 * that results can be compared byte by byte.
 */
export async function killedStep(context: RealContext): Promise<void> {
  await withServer(context, { slots: 1, flags: ['--no-cache-prompt'] }, async (server) => {
    const proxy = await CountingProxy.start(server.port);
    try {
      const undisturbed = await oneRound(context, proxy, 'undisturbed');
      if (undisturbed === undefined) return;
      await restarted(context, server, proxy, undisturbed);
      await resumed(context, server, proxy, undisturbed);
    } finally {
      await proxy.close();
    }
  });
}

/** Killed three times and back after a moment: the job waits and goes on by itself. */
async function restarted(context: RealContext, server: LlamaServer, proxy: CountingProxy, undisturbed: Round): Promise<void> {
  const since = proxy.passed.length;
  const ways: Promise<void>[] = [];
  proxy.onAnswered = () => {
    const answered = proxy.passed.slice(since).filter(({ outcome }) => outcome === 'answered').length;
    if (ways.length >= moments.length || answered < undisturbed.total * (moments[ways.length] ?? 1)) return;
    ways.push(outage(server, proxy, gapMs));
  };
  const found = await oneRound(context, proxy, 'restarted');
  proxy.onAnswered = () => undefined;
  await Promise.all(ways);
  if (found === undefined) return;
  compare(context, `server killed ${ways.length} times and restarted`, undisturbed, found, proxy, since);
}

/** Killed and left dead: the job ends and says so; with the server back, the same command goes on. */
async function resumed(context: RealContext, server: LlamaServer, proxy: CountingProxy, undisturbed: Round): Promise<void> {
  const { results } = context;
  const since = proxy.passed.length;
  let back: Promise<void> | undefined;
  proxy.onAnswered = () => {
    const answered = proxy.passed.slice(since).filter(({ outcome }) => outcome === 'answered').length;
    if (back === undefined && answered >= undisturbed.total / 3) back = down(server, proxy);
  };
  const project = projectOf(context, proxy, 'resumed', { maxAttempts: 2 });
  const stopped = await runRound(context, project);
  proxy.onAnswered = () => undefined;
  const words = lastWords(stopped);
  results.check(stopped.code === failedCode && /cannot be reached|out of order|in a row/.test(words) && /goes on where it stood/.test(words), step, 'server killed and left dead: the job ends with a message', `exit code ${stopped.code}`);
  results.note(words);
  await back;
  await up(server, proxy);
  const again = await runRound(context, project);
  endSimulated(project);
  results.check(again.code === 0, step, 'started again with the server back', again.code === 0 ? '' : lastWords(again));
  if (again.code === 0) compare(context, 'killed, left dead, started again', undisturbed, await resultOf(project, proxy, since), proxy, since);
}

function compare({ results }: RealContext, what: string, undisturbed: Round, found: Round, proxy: CountingProxy, since: number): void {
  const differing = Object.keys(undisturbed.folds).filter((name) => undisturbed.folds[name] !== found.folds[name]);
  results.check(differing.length === 0, step, `${what}: results`, differing.length === 0 ? `${Object.keys(found.folds).join(', ')} byte-identical` : `${differing.join(', ')} differ`);
  for (const name of differing) firstDifference(undisturbed.folds[name] ?? '', found.folds[name] ?? '').forEach((line) => results.note(line));
  const lost = [...undisturbed.answers].filter(([body, count]) => (found.answers.get(body) ?? 0) < count).length;
  const again = [...found.answers].reduce((sum, [body, count]) => sum + Math.max(0, count - (undisturbed.answers.get(body) ?? 0)), 0);
  const sent = proxy.passed.slice(since);
  const broken = sent.filter(({ outcome }) => outcome === 'lost').length;
  results.check(lost === 0 && again === 0, step, `${what}: requests`, `${found.total} answered (undisturbed ${undisturbed.total}), ${broken} lost with the server and sent again, ${again} answered twice, ${lost} missing`);
}

function firstDifference(a: string, b: string): readonly string[] {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return [`first difference, line ${at + 1}:`, (left[at] ?? '').slice(0, 500), (right[at] ?? '').slice(0, 500)];
}

async function oneRound(context: RealContext, proxy: CountingProxy, name: string): Promise<Round | undefined> {
  const since = proxy.passed.length;
  const project = projectOf(context, proxy, name, {});
  const run = await runRound(context, project);
  endSimulated(project);
  if (run.code !== 0) {
    context.results.check(false, step, `a round, ${name}`, `exit code ${run.code}: ${lastWords(run)}`);
    return undefined;
  }
  return await resultOf(project, proxy, since);
}

function projectOf(context: RealContext, proxy: CountingProxy, name: string, endpoint: object): string {
  const heldOut = [{ name: 'held-out values', path: 'data/smoke-heldout-values.jsonl', dialect: 'openai-chat' }];
  const datasets = { seed: [{ path: 'data/smoke-train.jsonl', dialect: 'openai-chat' }], heldOut, truth: 'data/smoke-truth.jsonl', roundSize: 120 };
  const expand = { k: 2, maxSeeds: 15, gates: { difficulty: 'wrong' as const } };
  return makeProject(context, name, proxy.baseUrl, { trainer: { kind: 'none' }, datasets, expand, endpoint: { prompting: 'raw', ...endpoint } });
}

async function runRound(context: RealContext, project: string): Promise<CliResult> {
  return await looptool(context, ['run', '--rounds', '1', '--json', '--project', project]);
}

async function resultOf(project: string, proxy: CountingProxy, since: number): Promise<Round> {
  const files = new ProjectFiles(project);
  const next = createHash('sha256').update(readFileSync(files.round(2).train())).digest('hex');
  const answers = new Map<string, number>();
  const answered = proxy.passed.slice(since).filter(({ outcome }) => outcome === 'answered');
  for (const { body } of answered) answers.set(body, (answers.get(body) ?? 0) + 1);
  return { folds: { ...(await journalFolds(files.round(1).directory)), 'the next set': next }, answers, total: answered.length };
}

async function outage(server: LlamaServer, proxy: CountingProxy, ms: number): Promise<void> {
  await down(server, proxy);
  await sleep(ms);
  await up(server, proxy);
}

async function down(server: LlamaServer, proxy: CountingProxy): Promise<void> {
  await server.down('SIGKILL');
  await proxy.close();
}

async function up(server: LlamaServer, proxy: CountingProxy): Promise<void> {
  await server.up();
  await proxy.open();
}
