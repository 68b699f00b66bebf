import { buildSync } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionsFile } from '../../src/app/decisionsFile.ts';
import { Rng } from '../../src/core/random/rng.ts';
import type { DecisionOperation } from '../../src/core/review/decision.ts';
import type { DecisionState } from '../../src/core/review/decisionState.ts';
import { foldDecisions } from '../../src/core/review/foldDecisions.ts';
import { temporaryFolder } from './support/cli.ts';

/** `npm run test:kill` asks for 200. */
const kills = Number(process.env['LOOPTOOL_KILLS'] ?? 10);
const seed = Number(process.env['LOOPTOOL_KILL_SEED'] ?? 1);
/** The file is begun anew after so many. */
const killsPerFile = 20;
/** From the first decision on; one takes a few milliseconds. */
const longestLifeMs = 80;

const cleanUps: (() => void)[] = [];
const folder = temporaryFolder((work) => cleanUps.push(work));
const script = join(folder, 'reviewer.js');

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  buildSync({ entryPoints: [fileURLToPath(new URL('support/reviewer.ts', import.meta.url))], outfile: script, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
});

afterAll(() => cleanUps.forEach((work) => work()));

/** What one process said: the writes that it was told are on disk, and the one that it was at when it was killed. */
type Said = { readonly stored: readonly (readonly DecisionOperation[])[]; readonly inFlight: readonly DecisionOperation[] };
type Reviewer = { readonly child: ChildProcess; readonly output: string; readonly over: Promise<NodeJS.Signals | null> };

function start(file: string, by: string, run: number): Reviewer {
  const output = join(folder, `${by}-${run}.txt`);
  rmSync(output, { force: true });
  const out = openSync(output, 'a');
  const child = spawn(process.execPath, [script, file, by, String(run)], { stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  return { child, output, over: new Promise((resolve) => child.once('close', (_, signal) => resolve(signal))) };
}

async function decidesBy(reviewer: Reviewer): Promise<void> {
  while (reviewer.child.exitCode === null && (!existsSync(reviewer.output) || statSync(reviewer.output).size === 0)) await delay(2);
}

async function kill(reviewer: Reviewer): Promise<Said> {
  reviewer.child.kill('SIGKILL');
  expect(await reviewer.over).toBe('SIGKILL');
  return saidBy(reviewer.output);
}

function saidBy(output: string): Said {
  const stored: (readonly DecisionOperation[])[] = [];
  let inFlight: readonly DecisionOperation[] = [];
  // A line that the kill cut off was never written.
  for (const line of readFileSync(output, 'utf8').split('\n').slice(0, -1)) {
    if (line === 'stored') {
      stored.push(inFlight);
      inFlight = [];
    } else inFlight = JSON.parse(line) as readonly DecisionOperation[];
  }
  return { stored, inFlight };
}

const idsOf = (operations: readonly DecisionOperation[]): readonly string[] => operations.map(({ id }) => id);

type Lines = { readonly operations: readonly DecisionOperation[]; readonly torn: number; readonly open: readonly DecisionOperation[] };

/** Whole lines of the file that can be read, in order, and how many cannot; `open` is a last line that only lacks its newline: the next write ends it. */
function linesOf(file: string): Lines {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [''];
  const [open, ...parsed] = [lines.pop() ?? '', ...lines.filter((line) => line !== '')].map(operationsIn);
  return { operations: parsed.flat(), torn: parsed.filter(({ length }) => length === 0).length, open: open ?? [] };
}

function operationsIn(line: string): readonly DecisionOperation[] {
  try {
    return [JSON.parse(line) as DecisionOperation];
  } catch {
    return [];
  }
}

/** All that a person could see of the state. */
function seen(state: DecisionState, people: readonly string[]): unknown {
  return [[...state.inForce].sort(([a], [b]) => (a < b ? -1 : 1)), state.standing, [...state.conflicts].sort(), people.map((by) => [state.undoTargetOf(by), state.redoTargetOf(by)])];
}

function tornAtEnd(file: string): boolean {
  return existsSync(file) && !readFileSync(file, 'utf8').endsWith('\n');
}

/** What of a write that nobody was told of came to the disk is cut at any byte: few kills fall into the moment of the write itself. */
function cutWithin(file: string, [first]: readonly DecisionOperation[], rng: Rng): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const found = first === undefined ? -1 : text.indexOf(JSON.stringify(first.id));
  if (found < 0) return;
  const lineStart = text.lastIndexOf('\n', found) + 1;
  truncateSync(file, lineStart + rng.int(text.length - lineStart));
}

async function stateOf(file: string): Promise<DecisionState> {
  const log = new DecisionsFile(file);
  await log.refresh();
  return log.state;
}

const fileOf = (kind: string, killed: number): string => {
  const file = join(folder, `${kind}-${Math.floor(killed / killsPerFile)}`, '.looptool', 'decisions.jsonl');
  mkdirSync(join(file, '..'), { recursive: true });
  return file;
};

test(`a reviewer who is killed at ${kills} random moments loses no decision that was stored, and has none twice`, async () => {
  const rng = new Rng('decisions kill', seed);
  let before: Lines = { operations: [], torn: 0, open: [] };
  const counts = { decided: 0, inFlight: 0, torn: 0 };
  for (let killed = 0; killed < kills; killed += 1) {
    if (killed % killsPerFile === 0) before = { operations: [], torn: 0, open: [] };
    const file = fileOf('one', killed);
    const reviewer = start(file, 'ann', killed);
    await decidesBy(reviewer);
    await delay(rng.next() * longestLifeMs);
    const { stored, inFlight } = await kill(reviewer);
    if (rng.chance(0.5)) cutWithin(file, inFlight, rng);
    const now = linesOf(file);
    const written = stored.length === 0 ? before.operations : [...before.operations, ...before.open, ...stored.flat()];
    // Of what was in flight there may be a beginning.
    const extra = (stored.length === 0 ? [...before.open, ...inFlight] : inFlight).slice(0, now.operations.length - written.length);
    expect(now.operations.length).toBeGreaterThanOrEqual(written.length);
    expect(idsOf(now.operations)).toEqual(idsOf([...written, ...extra]));
    expect(now.torn - before.torn).toBeLessThanOrEqual(1);
    expect(seen(await stateOf(file), ['ann'])).toEqual(seen(foldDecisions([...written, ...extra]), ['ann']));
    before = now;
    counts.decided += stored.flat().length;
    counts.inFlight += Number(inFlight.length > 0);
    counts.torn += Number(tornAtEnd(file));
  }
  expect(counts.decided).toBeGreaterThan(kills);
  if (kills > 10) console.log(`${kills} kills: ${counts.decided} operations stored, ${counts.inFlight} kills within a write, ${counts.torn} torn lines left; none lost, none doubled`);
}, 60_000 + kills * 5_000);

test(`two reviewers on one file, of whom one or both are killed at ${kills} moments, lose nothing and glue nothing`, async () => {
  const rng = new Rng('decisions kill of two', seed);
  const people = ['ann', 'bob'] as const;
  const running = new Map<string, Reviewer>();
  let run = 0;
  let [killed, stored] = [0, 0];
  while (killed < kills) {
    const file = fileOf('two', killed);
    const acknowledged: DecisionOperation[] = [];
    const mayBe: DecisionOperation[] = [];
    const of = new Map(people.map((by) => [by, [] as string[]]));
    const last = Math.min(kills, killed + killsPerFile);
    const first = killed;
    const end = async (by: (typeof people)[number]): Promise<void> => {
      const reviewer = running.get(by);
      if (reviewer === undefined) return;
      running.delete(by);
      const said = await kill(reviewer);
      killed += 1;
      acknowledged.push(...said.stored.flat());
      mayBe.push(...said.inFlight);
      of.get(by)?.push(...idsOf([...said.stored.flat(), ...said.inFlight]));
    };
    while (killed < last) {
      for (const by of people) if (!running.has(by)) running.set(by, start(file, by, (run += 1)));
      for (const reviewer of running.values()) await decidesBy(reviewer);
      await delay(rng.next() * longestLifeMs);
      await end(rng.pick(people));
    }
    for (const by of people) await end(by);
    const { operations, torn } = linesOf(file);
    const there = idsOf(operations);
    expect(new Set(there).size).toBe(there.length);
    expect(torn).toBeLessThanOrEqual(killed - first);
    const held = new Set(there);
    expect(idsOf(acknowledged).filter((id) => !held.has(id))).toEqual([]);
    const known = new Set(idsOf([...acknowledged, ...mayBe]));
    expect(there.filter((id) => !known.has(id))).toEqual([]);
    // Each in the order in which they decided.
    for (const by of people) expect(there.filter((id) => id.startsWith(by))).toEqual(of.get(by)?.filter((id) => held.has(id)));
    expect(seen(await stateOf(file), people)).toEqual(seen(foldDecisions(operations), people));
    stored += acknowledged.length;
  }
  if (kills > 10) console.log(`${killed} kills of two reviewers: ${stored} operations stored, none lost, none doubled, none glued`);
}, 60_000 + kills * 5_000);
