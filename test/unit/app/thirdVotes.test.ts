import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runOneStage } from '../../../src/app/runRounds.ts';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import type { Decision } from '../../../src/core/review/decision.ts';
import type { VoteEntry } from '../../../src/core/rounds/journalEntries.ts';
import type { RoundManifest, StageName } from '../../../src/core/rounds/manifest.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeAnswer, type FakeRequest, type FakeServer } from '../../fakes/openaiServer.ts';
import { weatherAnswer, weatherRows, writeRemoteProject } from '../../runner/support/remoteProject.ts';

let folder: string;
let server: FakeServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-third-'));
  server = await startFakeServer({ answer });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The first judge prefers the answer that stands first, in every reply without sampling; the second judge knows better. */
function answer(request: FakeRequest): FakeAnswer {
  const { model, temperature } = request.body;
  if (model === 'judge-model' && temperature === 0) return { content: '{"verdict":"ANSWER_2_WRONG","error_analysis":"","correct_approach":""}' };
  return weatherAnswer(model === 'second-model' ? { ...request, body: { ...request.body, model: 'judge-model' } } : request);
}

/** Samples 1, 2 and 4 match, 3 and 6 have a wrong prediction, 5 and 10 a wrong label. */
async function verified(verify: object, more: Readonly<Record<string, unknown>> = {}, stages: readonly StageName[] = ['probe', 'verify']): Promise<{ readonly manifest: RoundManifest; readonly votes: readonly VoteEntry[] }> {
  writeRemoteProject(folder, server.baseUrl, { samples: 1, verify });
  const file = join(folder, 'looptool.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { endpoints: Record<string, object> };
  writeFileSync(file, JSON.stringify({ ...config, endpoints: { ...config.endpoints, ...more } }));
  writeFileSync(join(folder, 'data/train.jsonl'), weatherRows(1, 11).map((row) => `${JSON.stringify(row)}\n`).join(''));
  for (const stage of stages) await run(stage);
  const { manifest } = readRound();
  return { manifest, votes: readVotes() };
}

async function run(stage: StageName): Promise<void> {
  const ports = nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
  await runOneStage(ports, { project: folder, stage, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) });
}

const linesOf = (file: string): readonly unknown[] => (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
const readRound = (): { readonly manifest: RoundManifest } => ({ manifest: JSON.parse(readFileSync(join(folder, '.looptool/rounds/0001/round.json'), 'utf8')) as RoundManifest });
const readVotes = (): readonly VoteEntry[] => (linesOf(new ProjectFiles(folder).round(1).journal('verify')) as VoteEntry[]).filter(({ type }) => type === 'vote');

it('the same judge is asked once more where the orders disagree, and each question is sent once', async () => {
  const { manifest, votes } = await verified({ relabel: 'always' });
  const judged = new Set(votes.map(({ sampleId }) => sampleId)).size;
  expect(judged).toBeGreaterThan(3);
  expect(votes.filter(({ third }) => third).length).toBe(judged);
  expect(votes).toHaveLength(3 * judged);
  expect(new Set(votes.map(({ requestKey }) => requestKey)).size).toBe(votes.length);
  // Sampled, the judge is right: it bears out the order that found the prediction wrong, and in one order alone no label falls.
  expect(manifest.stages.verify.counts).toMatchObject({ judged, PRED_WRONG: 3, replaced: 0, thirdVotes: judged });
  const before = server.requests.length;
  await run('verify');
  expect(server.requests.length).toBe(before);
});

it('switched off, what the orders disagree on has no verdict', async () => {
  const { manifest, votes } = await verified({ relabel: 'always', thirdVote: 'off' });
  expect(votes.some(({ third }) => third)).toBe(false);
  expect(manifest.stages.verify.counts).toMatchObject({ NO_CONSENSUS: new Set(votes.map(({ sampleId }) => sampleId)).size, thirdVotes: 0 });
});

it('a second judge settles it, under its own name', async () => {
  const second = { kind: 'openai', baseUrl: server.baseUrl, model: 'second-model', apiKeyEnv: 'TEST_KEY' };
  const { votes } = await verified({ relabel: 'always', thirdVote: 'second' }, { judge2: second });
  const thirds = votes.filter(({ third }) => third);
  expect(thirds.length).toBeGreaterThan(3);
  expect(new Set(thirds.map(({ judge }) => judge))).toEqual(new Set(['second-model']));
  expect(new Set(votes.filter(({ third }) => !third).map(({ judge }) => judge))).toEqual(new Set(['judge-model']));
  await expect(verified({ thirdVote: 'second' }, {}, ['probe'])).rejects.toMatchObject({ code: 'config-invalid' });
});

it('the published protocol asks once for each pair', async () => {
  const { manifest, votes } = await verified({ relabel: 'always', protocol: 'paper' });
  expect(votes.every(({ order, promptVersion }) => order === 'LP' && promptVersion === 'judge-paper-1')).toBe(true);
  expect(new Set(votes.map(({ sampleId }) => sampleId)).size).toBe(votes.length);
  // A judge that prefers the first answer finds every label right.
  expect(manifest.stages.verify.counts).toMatchObject({ PRED_WRONG: votes.length, replaced: 0 });
});

it('shows the judge what people decided, and keeps to the choice for the whole round', async () => {
  await verified({ relabel: 'always', fewShot: 2 }, {}, ['probe']);
  const rows = await new ProjectFiles(folder).round(1).readTrainRows();
  const probes = linesOf(new ProjectFiles(folder).round(1).journal('probe')) as { sampleId: string; outcome: string }[];
  const mismatched = rows.filter(({ id }) => probes.some(({ sampleId, outcome }) => sampleId === id && outcome === 'MISMATCH'));
  const decide = (n: number, ruling: Decision['ruling']): Decision => ({ v: 1, op: 'decide', id: `d${n}`, at: `2026-01-0${n + 1}T00:00:00Z`, by: 'ann', sampleId: mismatched[n]?.id ?? '', labelHash: mismatched[n]?.labelHash ?? '', round: 1, ruling, way: 'single' });
  const write = (decisions: readonly Decision[]): void => writeFileSync(new ProjectFiles(folder).decisions(), decisions.map((one) => `${JSON.stringify(one)}\n`).join(''));
  write([decide(0, 'keepLabel'), decide(1, 'bothWrong')]);
  await run('verify');
  const { manifest } = readRound();
  expect(manifest.examples?.map(({ decision, verdict }) => [decision, verdict])).toEqual([['d0', 'PRED_WRONG'], ['d1', 'BOTH_WRONG']]);
  const others = readVotes().filter(({ sampleId }) => sampleId !== mismatched[0]?.id && sampleId !== mismatched[1]?.id);
  expect(new Set(others.map(({ promptVersion }) => promptVersion))).toEqual(new Set([manifest.gate?.promptVersion]));
  expect(manifest.gate?.promptVersion).toMatch(/^judge-2\+2\./u);
  const asked = server.requests.filter(({ body }) => body.model === 'judge-model');
  expect(asked.every(({ body }) => readSections(body.messages[1]?.content ?? '').has('Examples'))).toBe(true);
  // Its own decision is never shown with a pair: of these only one example remains.
  expect(readVotes().find(({ sampleId }) => sampleId === mismatched[0]?.id)?.promptVersion).toMatch(/^judge-2\+1\./u);
  const before = server.requests.length;
  write([decide(0, 'keepLabel'), decide(1, 'bothWrong'), decide(2, 'takePrediction')]);
  await run('verify');
  expect([server.requests.length, readRound().manifest.examples]).toEqual([before, manifest.examples]);
});
