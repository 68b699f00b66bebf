import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { expandEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { roundManifestSchema, type RoundManifest } from '../../src/core/rounds/manifest.ts';
import { readJournal } from '../../src/node/appendJournal.ts';
import { startFakeServer, type FakeAnswer, type FakeRequest, type FakeServer } from '../fakes/openaiServer.ts';
import { eventsOf, runCli, temporaryFolder } from './support/cli.ts';
import { weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const env = { TEST_KEY: 'k' };
const cleanUps: (() => void)[] = [];
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => cleanUps.forEach((work) => work()));

function manifest(project: string): RoundManifest {
  return roundManifestSchema.parse(JSON.parse(readFileSync(join(project, '.looptool/rounds/0001/round.json'), 'utf8')));
}

/** The policy gets every expansion with an even number right. */
function answerWithEasyOnes(request: FakeRequest): FakeAnswer {
  const city = /Town\d+ again \d*[02468]$/u.exec(request.body.messages.at(-1)?.content ?? '')?.[0];
  if (request.body.model !== 'policy-model' || city === undefined) return weatherAnswer(request);
  return { content: '', toolCalls: [{ name: 'get_weather', arguments: JSON.stringify({ city }) }], finishReason: 'tool_calls' };
}

test('a preview makes the first few expansions, which the whole run does not ask for again; a dry run says where all samples go', async () => {
  const server = await startFakeServer({ answer: answerWithEasyOnes });
  servers.push(server);
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, server.baseUrl, { samples: 60, expand: { k: 2, preview: 4, gates: { difficulty: 'wrong' } } });
  const looptool = (...args: readonly string[]) => runCli([...args, '--project', project], { env });
  const generated = (): number => server.requests.filter(({ body }) => body.model === 'generator-model').length;
  for (const stage of ['train', 'probe', 'verify']) expect((await looptool(stage)).code).toBe(0);

  const preview = await looptool('expand', '--preview');
  expect(preview.stderr).toBe('');
  expect(preview.stdout).toMatch(/Round 1: \d of 4 expansions accepted/);
  expect(preview.stdout).toContain('please, weather in Town');
  expect([generated(), manifest(project).stages.expand.status]).toEqual([4, 'pending']);
  expect((await looptool('expand', '--preview')).stdout.split('\n').filter((line) => /Round 1:|after smp_/.test(line))).toEqual(preview.stdout.split('\n').filter((line) => /Round 1:|after smp_/.test(line)));
  expect(generated()).toBe(4);

  expect((await looptool('expand')).code).toBe(0);
  const { counts } = manifest(project).stages.expand;
  const asked = counts['asked'] ?? 0;
  expect(asked).toBeGreaterThan(20);
  expect(generated()).toBe(asked);
  expect(Object.entries(counts).reduce((sum, [name, count]) => sum + (name === 'accepted' || name.startsWith('refused.') ? count : 0), 0)).toBe(asked);
  const { entries } = await readJournal(join(project, '.looptool/rounds/0001/expand.jsonl'), expandEntrySchema);
  const of = (type: string): number => entries.filter((entry) => entry.type === type).length;
  expect([of('generation'), of('solution'), of('probe') > 0]).toEqual([asked, of('critique'), true]);
  expect(counts['refused.difficulty'] ?? 0).toBeGreaterThan(0);

  const dry = await looptool('compose', '--dry-run', '--json');
  const result = eventsOf(dry.stdout).find(({ type }) => type === 'result') as { readonly data: { readonly size: number; readonly pplThreshold: number; readonly rankedBy: Record<string, number>; readonly byOrigin: Record<string, number>; readonly flows: readonly { from: string; to: string; count: number }[] } } | undefined; // the one result
  expect(result?.data.flows.filter(({ from }) => from === 'set').reduce((sum, { count }) => sum + count, 0)).toBe(60);
  expect(existsSync(join(project, '.looptool/rounds/0002'))).toBe(false);
  expect((await looptool('compose', '--dry-run')).stdout).toContain('Nothing was written.');
  expect((await looptool('compose')).code).toBe(0);
  const composed = manifest(project).stages.compose.counts;
  const ranked = Object.fromEntries(Object.entries(result?.data.rankedBy ?? {}).map(([by, count]) => [`ranked.${by}`, count]));
  expect({ ...result?.data.byOrigin, ...ranked, size: result?.data.size, pplThreshold: result?.data.pplThreshold }).toEqual({ ...composed });
}, 120_000);
