import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { checkPrompts, diffPrompts, ejectPrompts, listPrompts, showPrompt } from '../../../src/app/prompts/promptCommands.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runOneStage, runRounds } from '../../../src/app/runRounds.ts';
import { runSampleAction } from '../../../src/app/samples/sampleActions.ts';
import { isAbort } from '../../../src/core/errors.ts';
import { builtInPrompts, promptNames } from '../../../src/core/llm/prompts/promptSet.ts';
import { canonicalFold } from '../../../src/core/rounds/fold.ts';
import { expandEntrySchema, verifyEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import { roundManifestSchema, type StageName } from '../../../src/core/rounds/manifest.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeServer } from '../../fakes/openaiServer.ts';
import { weatherAnswer, writeRemoteProject } from '../../runner/support/remoteProject.ts';

const mine = 'Completeness, most of all:';
let folder: string;
let server: FakeServer;
/** Called with every request to the judge. */
let asked: () => void;
let notes: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-prompts-'));
  asked = () => undefined;
  notes = [];
  server = await startFakeServer({
    answer: (request) => {
      if (request.body.model === 'judge-model') asked();
      return weatherAnswer(request);
    },
  });
  writeRemoteProject(folder, server.baseUrl, { samples: 30 });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ports = () => nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
const reporterOf = (using: ReturnType<typeof ports>) => new Reporter(using.clock, (event) => void (event.type === 'note' && notes.push(event.message)));

async function run(stage: StageName, signal = new AbortController().signal): Promise<void> {
  const using = ports();
  await runOneStage(using, { project: folder, stage, signal, reporter: reporterOf(using) });
}

const manifest = () => roundManifestSchema.parse(JSON.parse(readFileSync(join(folder, '.looptool/rounds/0001/round.json'), 'utf8')));
const votes = async () => (await readJournal(new ProjectFiles(folder).round(1).journal('verify'), verifyEntrySchema)).entries.flatMap((entry) => (entry.type === 'vote' ? [entry] : []));
const file = (name: string): string => join(folder, 'prompts', `${name}.md`);
const judgeRequests = () => server.requests.filter(({ body }) => body.model === 'judge-model');

async function ownJudge(text = (shipped: string): string => shipped.replace('Completeness:', mine)): Promise<void> {
  await ejectPrompts({ project: folder, names: ['judge.calls'], force: true });
  writeFileSync(file('judge.calls'), text(readFileSync(file('judge.calls'), 'utf8')));
}

describe('prompts of a project', () => {
  it('are written as files, which change nothing as long as nobody edits them', async () => {
    await run('probe');
    const ejected = await ejectPrompts({ project: folder, names: [] });
    expect(ejected).toEqual({ directory: 'prompts', written: promptNames.map((name) => `prompts/${name}.md`), kept: [], used: true });
    await run('verify');
    expect(new Set((await votes()).map(({ promptVersion, prompt }) => [promptVersion, prompt?.name, prompt?.hash].join(' ')))).toEqual(new Set([`judge-2 judge.calls ${builtInPrompts['judge.calls'].hash}`]));
    expect(manifest().stages.verify.notes.join()).not.toContain('own');
    expect((await listPrompts({ project: folder })).map(({ version, file: path }) => `${version} ${path ?? ''}`)[0]).toBe('judge-2 prompts/judge.calls.md');
    expect(await diffPrompts({ project: folder })).toHaveLength(7);
    expect((await diffPrompts({ project: folder })).every(({ diff }) => diff === '')).toBe(true);
  });

  it('are used in the place of the shipped ones, as versions of their own that are in every record', async () => {
    await ownJudge();
    await ejectPrompts({ project: folder, names: ['solve'] });
    for (const stage of ['probe', 'verify', 'expand', 'compose'] as const) await run(stage);
    expect(judgeRequests().filter(({ body }) => body.messages[0]?.content?.includes(mine)).length).toBe((await votes()).length);
    const [vote] = await votes();
    expect(vote?.promptVersion).toMatch(/^judge-2~[0-9a-f]{8}$/u);
    expect(vote?.prompt).toEqual({ name: 'judge.calls', version: 'judge-2', hash: expect.stringMatching(/^prm_[0-9a-f]{16}$/u) as string });
    expect(manifest().gate?.promptVersion).toBe(vote?.promptVersion);
    expect(manifest().stages.verify.notes).toContain(`Prompts of the project's own: judge.calls (judge-2~${vote?.prompt?.hash.slice(4, 12)}).`);
    expect(manifest().prompts?.verify?.find(({ name }) => name === 'judge.calls')).toMatchObject({ hash: vote?.prompt?.hash, own: true, system: expect.stringContaining(mine) as string });
    const { entries } = await readJournal(new ProjectFiles(folder).round(1).journal('expand'), expandEntrySchema);
    const refs = entries.flatMap((entry) => ('prompt' in entry ? [[entry.type, entry.promptVersion, entry.prompt?.name, entry.prompt?.hash].join(' ')] : []));
    expect(new Set(refs)).toEqual(new Set([
      `generation generate-2 generate ${builtInPrompts.generate.hash}`,
      `solution solve-1 solve ${builtInPrompts.solve.hash}`,
      `critique critique-1 critique ${builtInPrompts.critique.hash}`,
    ]));
    const made = (await new ProjectFiles(folder).round(2).readTrainRows()).flatMap((row) => row.made ?? []);
    expect(made.length).toBeGreaterThan(0);
    expect(made.every(({ prompt }) => prompt?.hash === builtInPrompts.generate.hash)).toBe(true);
  });

  it('stay for the whole stage what they were when it began: one that is resumed asks nothing twice, and says so', async () => {
    await ownJudge();
    await run('probe');
    const controller = new AbortController();
    let count = 0;
    asked = () => {
      count += 1;
      if (count === 7) controller.abort();
    };
    await expect(run('verify', controller.signal)).rejects.toSatisfy(isAbort);
    asked = () => undefined;
    const began = manifest().prompts;
    const before = await votes();
    await ownJudge((shipped) => shipped.replace('Completeness:', 'Something else:'));
    notes = [];
    await run('verify');
    expect(notes.join('\n')).toContain('prompts/judge.calls.md has changed since verify of round 1 began. The stage goes on with the text that it began with');
    expect(manifest().prompts?.verify).toEqual(began?.verify);
    const all = await votes();
    expect(all.length).toBeGreaterThan(before.length);
    expect(new Set(all.map(({ prompt }) => prompt?.hash)).size).toBe(1);
    // What is in the journal is asked once; what was in flight at the stop may be asked again.
    expect(new Set(all.map(({ requestKey, third }) => `${requestKey} ${third}`)).size).toBe(all.length);

    // A round without the pause and without the edit comes to the same.
    const resumed = canonicalFold((await readJournal(new ProjectFiles(folder).round(1).journal('verify'), verifyEntrySchema)).entries);
    rmSync(join(folder, '.looptool'), { recursive: true });
    await ownJudge();
    await run('probe');
    await run('verify');
    expect(canonicalFold((await readJournal(new ProjectFiles(folder).round(1).journal('verify'), verifyEntrySchema)).entries)).toBe(resumed);
  });

  it('of a round that this version cannot fill are refused, not sent without their data', async () => {
    await run('probe');
    await run('verify');
    const path = join(folder, '.looptool/rounds/0001/round.json');
    const { stages, ...rest } = manifest();
    const prompts = { verify: rest.prompts?.verify?.map((prompt) => ({ ...prompt, user: prompt.user.replace('{{tools}}', '{{functions}}') })) };
    writeFileSync(path, JSON.stringify({ ...rest, prompts, stages: { ...stages, verify: { ...stages.verify, status: 'stopped' } } }));
    const before = server.requests.length;
    await expect(run('verify')).rejects.toMatchObject({ code: 'config-invalid', userMessage: expect.stringContaining('has no slot {{tools}}') as string });
    expect(server.requests.length).toBe(before);
  });

  it('are those of the round where one of its samples is judged', async () => {
    await ownJudge();
    await run('probe');
    await run('verify');
    rmSync(file('judge.calls'));
    const using = ports();
    const result = await runSampleAction(using, { project: folder, action: 'judge', target: { address: { file: join(folder, 'data/train.jsonl'), record: 3 } }, signal: new AbortController().signal, reporter: reporterOf(using) });
    expect(result).toMatchObject({ known: true, round: 1 });
  });
});

describe('a prompt that cannot be used', () => {
  const broken = async (): Promise<void> => ownJudge((shipped) => shipped.replace('{{answer_2}}\n', ''));
  const message = /prompts\/judge\.calls\.md:\d+ The slot \{\{answer_2\}\} is missing[^]*Nothing was asked\. Put them right \(looptool prompts check\), or remove the files/u;

  it('is said before anything is asked, with file and line', async () => {
    await broken();
    const using = ports();
    const options = { project: folder, signal: new AbortController().signal, reporter: reporterOf(using) };
    const refused = { code: 'config-invalid', userMessage: expect.stringMatching(message) as string };
    await expect(runRounds(using, { ...options, rounds: 1 })).rejects.toMatchObject(refused);
    await expect(run('verify')).rejects.toMatchObject(refused);
    await expect(run('expand')).rejects.toMatchObject(refused);
    await expect(runSampleAction(using, { ...options, action: 'judge', target: { address: { file: join(folder, 'data/train.jsonl'), record: 0 } } })).rejects.toMatchObject(refused);
    expect(server.requests).toEqual([]);
    // Nobody's prompt is asked with there.
    await run('probe');
  });

  it('is found by a check, which also knows files that no prompt is called after', async () => {
    expect(await checkPrompts({ project: folder })).toEqual({ files: [], problems: [], notices: [] });
    await broken();
    writeFileSync(file('README'), '# How we prompt\n');
    writeFileSync(file('judge.call'), readFileSync(file('judge.calls')));
    const { problems } = await checkPrompts({ project: folder });
    expect(problems.map(({ file: path, message: said }) => `${path} ${said.slice(0, 30)}`)).toEqual(['prompts/judge.call.md No prompt has the name of this', 'prompts/judge.calls.md The slot {{answer_2}} is missi']);
    expect((await diffPrompts({ project: folder, name: 'judge.calls' }))[0]?.diff).toContain('-{{answer_2}}');
  });
});

describe('files of prompts', () => {
  it('are never written over unasked', async () => {
    await ownJudge();
    await expect(ejectPrompts({ project: folder, names: ['judge.calls'] })).rejects.toMatchObject({ code: 'usage', userMessage: expect.stringContaining('is there already') as string });
    expect(await ejectPrompts({ project: folder, names: [] })).toMatchObject({ kept: ['prompts/judge.calls.md'] });
    expect((await diffPrompts({ project: folder, name: 'judge.calls' }))[0]?.diff).toContain(`+- ${mine}`);
    await ejectPrompts({ project: folder, names: ['judge.calls'], force: true });
    expect((await diffPrompts({ project: folder, name: 'judge.calls' }))[0]?.diff).toBe('');
    await expect(ejectPrompts({ project: folder, names: ['judge'] })).rejects.toMatchObject({ code: 'usage', userMessage: expect.stringContaining('judge.calls, judge.mixed') as string });
  });

  it('lie where looptool.json says', async () => {
    expect(await ejectPrompts({ project: folder, names: ['solve'], directory: 'config/texts' })).toEqual({ directory: 'config/texts', written: ['config/texts/solve.md'], kept: [], used: false });
    const config = JSON.parse(readFileSync(join(folder, 'looptool.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'looptool.json'), JSON.stringify({ ...config, prompts: 'config/texts' }));
    expect((await listPrompts({ project: folder })).find(({ name }) => name === 'solve')?.file).toBe('config/texts/solve.md');
  });

  it('say when a newer text is shipped', async () => {
    await ownJudge((shipped) => shipped.replace('version: judge-2', 'version: judge-1'));
    // The text is that of judge-2 all the same.
    expect((await checkPrompts({ project: folder })).notices).toEqual([]);
    await ownJudge((shipped) => shipped.replace('version: judge-2', 'version: judge-1').replace('Completeness:', mine));
    const notice = 'prompts/judge.calls.md is made from judge-1, and judge-2 is shipped by now. See: looptool prompts diff judge.calls';
    expect((await checkPrompts({ project: folder })).notices).toEqual([notice]);
    await run('probe');
    await run('verify');
    expect(notes).toContain(notice);
  });

  it('can be looked at without a project', async () => {
    const nowhere = join(folder, 'nowhere');
    mkdirSync(nowhere);
    expect((await listPrompts({ project: nowhere })).map(({ name, file: path }) => [name, path])).toEqual(promptNames.map((name) => [name, undefined]));
    expect((await showPrompt({ project: nowhere, name: 'solve' })).text).toContain('version: solve-1');
    await ownJudge();
    expect((await showPrompt({ project: folder, name: 'judge.calls' })).text).toContain(mine);
    expect((await showPrompt({ project: folder, name: 'judge.calls', shipped: true })).text).not.toContain(mine);
  });
});
