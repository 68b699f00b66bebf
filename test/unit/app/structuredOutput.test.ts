import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runRounds } from '../../../src/app/runRounds.ts';
import { expandEntrySchema, verifyEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeAnswer, type FakeRequest, type FakeServer, type Misbehaviour } from '../../fakes/openaiServer.ts';
import { weatherAnswer, writeRemoteProject } from '../../runner/support/remoteProject.ts';

const concurrency = 4;
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of cleanUps.splice(0)) await work();
});

const formOf = ({ body }: FakeRequest): string => (body['response_format'] as { readonly type: string } | undefined)?.type ?? 'text';
const isPolicy = ({ body }: FakeRequest): boolean => body.model === 'policy-model';

/** The verdict in words, as a model without JSON writes it. */
function inWords(request: FakeRequest): FakeAnswer {
  const answer = weatherAnswer(request);
  const verdict = /"verdict":"(\w+)"/u.exec(answer.content)?.[1];
  return verdict === undefined || isPolicy(request) ? answer : { ...answer, content: `**Verdict: ${verdict}**\nError Analysis: the city is wrong.\nCorrect Approach: read the request.` };
}

async function loop(misbehave: (request: FakeRequest) => Misbehaviour, endpoint: object = {}): Promise<{ readonly server: FakeServer; readonly project: string }> {
  const project = mkdtempSync(join(tmpdir(), 'looptool-form-'));
  const server = await startFakeServer({ answer: inWords, misbehave });
  cleanUps.push(() => server.close(), () => rmSync(project, { recursive: true, force: true }));
  writeRemoteProject(project, server.baseUrl, { samples: 30, concurrency, endpoint });
  const ports = nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
  await runRounds(ports, { project, rounds: 1, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) });
  return { server, project };
}

async function entriesOf(project: string) {
  const files = new ProjectFiles(project).round(1);
  const votes = (await readJournal(files.journal('verify'), verifyEntrySchema)).entries.flatMap((entry) => (entry.type === 'vote' ? [entry] : []));
  return { votes, expansions: (await readJournal(files.journal('expand'), expandEntrySchema)).entries };
}

async function expectWholeRound({ server, project }: Awaited<ReturnType<typeof loop>>, refused: (request: FakeRequest) => boolean): Promise<void> {
  const { votes, expansions } = await entriesOf(project);
  expect(votes.length).toBeGreaterThan(20);
  expect(votes.filter(({ verdict }) => verdict === 'ERROR' || verdict === 'UNPARSED')).toEqual([]);
  expect(expansions.filter((entry) => ('status' in entry && entry.status === 'api') || ('verdict' in entry && entry.verdict !== 'CORRECT'))).toEqual([]);
  // Each request is in its journal once, with a refusal as one more attempt.
  const answered = votes.length + expansions.filter(({ type }) => type !== 'repetition').length;
  const sent = server.requests.filter((request) => !isPolicy(request));
  expect(sent.filter((request) => !refused(request)).length).toBe(answered);
  const tries = [...votes, ...expansions.filter(({ type }) => type !== 'generation')].reduce((sum, { attempt }) => sum + Math.max(0, attempt - 1), 0);
  const refusals = sent.filter((request) => refused(request) && request.body.model !== 'generator-model').length;
  expect(tries).toBe(refusals);
}

it('a server that knows no schemas is asked for any JSON object, and told so for the whole job', async () => {
  const refused = (request: FakeRequest): boolean => formOf(request) === 'json_schema';
  const done = await loop((request) => (refused(request) ? 'noJsonSchema' : 'ok'));
  await expectWholeRound(done, refused);
  const forms = done.server.requests.filter((request) => !isPolicy(request)).map(formOf);
  // Those that were on their way when the first refusal came; the critic of the next stage is asked without a schema at once.
  expect(forms.filter((form) => form === 'json_schema').length).toBeLessThanOrEqual(concurrency);
  expect(new Set(forms.slice(2 * concurrency))).toEqual(new Set(['json_object']));
  expect(new Set(done.server.requests.filter(isPolicy).map(formOf))).toEqual(new Set(['text']));
});

it('a server that knows no response_format at all is asked in words, and its words are read', async () => {
  const refused = (request: FakeRequest): boolean => formOf(request) !== 'text';
  // One attempt a request: what a refusal teaches costs no sample its answer.
  const done = await loop((request) => (refused(request) ? 'noResponseFormat' : 'ok'), { maxAttempts: 1 });
  await expectWholeRound(done, refused);
  const judged = done.server.requests.filter(({ body }) => body.model === 'judge-model').map(formOf);
  expect(judged.filter((form) => form !== 'text').length).toBeLessThanOrEqual(2 * concurrency);
  expect(new Set(judged.slice(3 * concurrency))).toEqual(new Set(['text']));
});

it('a server that knows schemas alone is asked for them where there is one', async () => {
  const refused = (request: FakeRequest): boolean => formOf(request) === 'json_object';
  const done = await loop((request) => (refused(request) ? 'noJsonSchema' : 'ok'));
  await expectWholeRound(done, refused);
  const forms = (model: string, task: string) => done.server.answered.filter(({ body, text }) => body.model === model && text.includes(`\\"${task}\\"`)).map(formOf);
  expect(new Set(forms('judge-model', 'compare'))).toEqual(new Set(['json_schema']));
  expect(new Set(forms('generator-model', 'generate'))).toEqual(new Set(['text']));
});

it('an endpoint may be asked for text from the start', async () => {
  const done = await loop(() => 'ok', { structuredOutput: 'off' });
  await expectWholeRound(done, () => false);
  expect(new Set(done.server.requests.map(formOf))).toEqual(new Set(['text']));
});
