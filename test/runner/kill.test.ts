import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rng } from '../../src/core/random/rng.ts';
import { roundManifestSchema } from '../../src/core/rounds/manifest.ts';
import type { RunnerEvent } from '../../src/protocol/runnerEvents.ts';
import { serverFileSchema } from '../../src/protocol/serverFile.ts';
import { eventsOf, runCli, startCli, temporaryFolder } from './support/cli.ts';
import { roundSnapshot } from './support/roundSnapshot.ts';

/** `npm run test:kill` asks for 200. */
const kills = Number(process.env['LOOPTOOL_KILLS'] ?? 10);
const seed = Number(process.env['LOOPTOOL_KILL_SEED'] ?? 1);

/** Parts of a run in their order; a kill is aimed at a moment within one of them. */
const parts = ['start', 'before', 'train', 'probe', 'verify', 'expand', 'compose', 'after'] as const;
type Part = (typeof parts)[number];

const cleanUps: (() => void)[] = [];
const undisturbed = temporaryFolder((work) => cleanUps.push(work));
/** So many moments are aimed at in one round; then the next round is begun. */
const killsPerRound = 10;
const partMs = new Map<Part, number>();

beforeAll(async () => {
  await makeProject(undisturbed);
  const startedAt = Date.now();
  const { code, stdout, stderr } = await runCli(['run', '--rounds', '1', '--json', '--project', undisturbed]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  measureParts(eventsOf(stdout), startedAt);
}, 300_000);

afterAll(() => {
  stopServer(undisturbed, 'SIGTERM');
  cleanUps.forEach((work) => work());
});

test(`rounds that are killed at ${kills} random moments give the same bytes as one that is not`, async () => {
  const expected = [await roundSnapshot(undisturbed, 1, 'finished'), await roundSnapshot(undisturbed, 2, 'composed')];
  let killed = 0;
  for (let round = 1; killed < kills; round += 1) {
    const disturbed = temporaryFolder((work) => cleanUps.push(work));
    await makeProject(disturbed);
    const here = await disturb(disturbed, new Rng('kill', seed, round), Math.min(killsPerRound, kills - killed));
    expect(here).toBeGreaterThan(0);
    killed += here;
    const last = await runCli(['run', '--rounds', '1', '--json', '--project', disturbed]);
    expect(last.stderr).toBe('');
    expect(last.code).toBe(0);
    expect([await roundSnapshot(disturbed, 1, 'finished'), await roundSnapshot(disturbed, 2, 'composed')]).toEqual(expected);
    stopServer(disturbed, 'SIGTERM');
    if (kills > killsPerRound) console.log(`${killed} of ${kills} moments, all results equal`);
  }
}, 60_000 + kills * 30_000);

async function makeProject(project: string): Promise<void> {
  expect((await runCli(['init', '--sample', '--smoke', '--project', project])).code).toBe(0);
}

/** Kills at moments that are spread over the parts of a round, in their order; how many of them came before its end. */
async function disturb(project: string, rng: Rng, moments: number): Promise<number> {
  const aimed = Array.from({ length: moments }, () => rng.int(parts.length)).sort((a, b) => a - b);
  let killed = 0;
  for (const index of aimed) {
    const part = parts[index] ?? 'start';
    const delayMs = rng.next() * (partMs.get(part) ?? 500);
    if (await killDuring(project, part, delayMs)) killed += 1;
    // Sometimes the engine's server dies as well.
    if (rng.chance(0.2)) stopServer(project, 'SIGKILL');
  }
  return killed;
}

/** Runs until `delayMs` into a part, then kill -9. False when the run ended before. */
async function killDuring(project: string, part: Part, delayMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const arm = () => (timer ??= setTimeout(() => run.child.kill('SIGKILL'), delayMs));
  const run = startCli(['run', '--rounds', '1', '--json', '--project', project], {
    onLine: (line) => {
      const event = eventsOf(line)[0];
      if (event?.type === 'stage-start' && parts.indexOf(partOf(event.stage, project)) >= parts.indexOf(part)) arm();
    },
  });
  if (part === 'start') arm();
  const { signal } = await run.exit;
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

function partOf(stage: string, project: string): Part {
  if (stage !== 'evaluate') return parts.find((part) => part === stage) ?? 'start';
  const manifest = roundManifestSchema.parse(JSON.parse(readFileSync(join(project, '.looptool/rounds/0001/round.json'), 'utf8')));
  return manifest.stages.train.status === 'done' ? 'after' : 'before';
}

function measureParts(events: readonly RunnerEvent[], startedAt: number): void {
  let since = startedAt;
  let part: Part = 'start';
  let trained = false;
  for (const event of events) {
    if (event.type !== 'stage-start') continue;
    partMs.set(part, Date.parse(event.at) - since);
    since = Date.parse(event.at);
    trained ||= event.stage === 'train';
    part = event.stage === 'evaluate' ? (trained ? 'after' : 'before') : event.stage;
  }
  partMs.set(part, Date.parse(events.at(-1)?.at ?? '') - since);
}

function stopServer(project: string, signal: NodeJS.Signals): void {
  try {
    const file = serverFileSchema.parse(JSON.parse(readFileSync(join(project, '.looptool/server.json'), 'utf8')));
    process.kill(file.pid, signal);
  } catch {
    // None runs.
  }
}
