import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, commandOf } from '../../../src/app/jobAction.ts';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { readProjectView, roundUnderWay } from '../../../src/app/projectView.ts';
import { runJob } from '../../../src/app/runJob.ts';
import { stageNames, type RoundManifest, type StageName } from '../../../src/core/rounds/manifest.ts';
import { readJobs } from '../../../src/node/jobs.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { jobRequestSchema, type JobRequest } from '../../../src/protocol/jobFile.ts';
import { buildProject } from '../../builders/builtProject.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-stage-round-'));
  buildProject(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const roundFile = (round: number): string => join(directory, '.looptool/rounds', String(round).padStart(4, '0'), 'round.json');

/** Writes the manifest of a round anew, with exactly these stages done. */
function writeRound(round: number, done: readonly StageName[]): void {
  const first = JSON.parse(readFileSync(roundFile(1), 'utf8')) as RoundManifest;
  const stages = Object.fromEntries(stageNames.map((stage) => [stage, { status: done.includes(stage) ? 'done' : 'pending', counts: {}, notes: [] }]));
  mkdirSync(join(roundFile(round), '..'), { recursive: true });
  writeFileSync(roundFile(round), JSON.stringify({ ...first, round, stages }));
}

const composed: readonly StageName[] = ['train', 'probe', 'verify', 'expand', 'compose'];

async function runnable(): Promise<readonly string[]> {
  const { rounds } = await readProjectView(directory, Date.now());
  return rounds.flatMap((r) => r.stages.filter((s) => s.runnable).map((s) => `${s.stage} of round ${r.round}`));
}

describe('after compose has made the next round', () => {
  it('the tree offers the evaluation of the round that is not finished, and nothing of the next one', async () => {
    writeRound(1, composed);
    writeRound(2, []);
    expect(await runnable()).toEqual(['evaluate of round 1']);
    expect(roundUnderWay((await readProjectView(directory, Date.now())).rounds)?.round).toBe(1);
  });

  it('the tree offers the next round once the one before it is finished', async () => {
    writeRound(1, stageNames);
    writeRound(2, []);
    expect(await runnable()).toEqual(['train of round 2', 'probe of round 2', 'evaluate of round 2']);
    writeRound(2, stageNames);
    expect(await runnable()).toEqual([]);
    expect(roundUnderWay((await readProjectView(directory, Date.now())).rounds)?.round).toBe(2);
  });

  it('a job does the stage of the round that it names, and of the one under way when it names none', async () => {
    writeRound(1, composed);
    writeRound(2, ['train']);
    expect(await said({ kind: 'stage', stage: 'verify' })).toContain('verify of round 1 is done already.');
    expect(await said({ kind: 'stage', stage: 'verify', round: 1 })).toContain('verify of round 1 is done already.');
    expect(await said({ kind: 'stage', stage: 'verify', round: 2 })).toContain('verify of round 2 needs probe first');
  });

  it('an interrupted job is resumed with its round', async () => {
    writeRound(1, composed);
    writeRound(2, []);
    const action: JobRequest['action'] = { kind: 'stage', stage: 'verify', round: 1 };
    await said(action);
    const [job] = await readJobs(new ProjectFiles(directory));
    expect(actionOf(job?.command ?? '')).toEqual(action);
  });
});

it.each<JobRequest['action']>([
  { kind: 'run', rounds: 12 },
  { kind: 'stage', stage: 'train' },
  { kind: 'stage', stage: 'evaluate', round: 10 },
  { kind: 'stage', stage: 'probe', again: 50 },
  { kind: 'stage', stage: 'probe', round: 3, again: 50 },
])('the command line of a job says what it does: %j', (action) => {
  expect(actionOf(commandOf(action))).toEqual(action);
});

/** What a job says in notes or as its failure; the request goes over the wire as the editor sends it. */
async function said(action: JobRequest['action']): Promise<string> {
  const job = jobRequestSchema.parse(JSON.parse(JSON.stringify({ project: directory, id: 'job-1', action, keys: {} })));
  const texts: string[] = [];
  const outcome = await runJob(nodePorts(join(directory, 'cli.js'), {}), job, new AbortController().signal, (event) => {
    if (event.type === 'note') texts.push(event.message);
  });
  return [...texts, outcome.message ?? ''].join('\n');
}
