import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { CodeLensRefreshRequest, CodeLensRequest, CodeLensResolveRequest, type CodeLens } from 'vscode-languageserver/node';
import { sampleSchema } from '../../src/core/dataset/sample.ts';
import { probeEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { refreshResultsMethod, visibleLinesMethod } from '../../src/protocol/lsp/lensMethods.ts';
import { lensArgumentSchema, type LensArgument } from '../../src/protocol/lsp/sampleLens.ts';
import { samplesAtMethod } from '../../src/protocol/lsp/samplesAt.ts';
import { wholeSampleMethod, wholeSampleSchema } from '../../src/protocol/lsp/wholeSample.ts';
import { buildProject, type BuiltProject } from '../builders/builtProject.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

let session: Session;
let refreshed: () => void = () => undefined;
let directory: string;
let project: BuiltProject;

beforeAll(async () => {
  session = await Session.start({
    capabilities: { workspace: { codeLens: { refreshSupport: true } } },
    hook: (connection) => connection.onRequest(CodeLensRefreshRequest.type, () => refreshed()),
  });
  expect(session.initialized.capabilities.codeLensProvider).toEqual({ resolveProvider: true });
});

afterAll(async () => {
  expect(await session.stop()).toBe(0);
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-lens-'));
  project = buildProject(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const nextRefresh = (): Promise<void> => new Promise((resolve) => (refreshed = resolve));
const lensesOf = async ({ id }: SessionDocument): Promise<readonly CodeLens[]> => (await session.connection.sendRequest(CodeLensRequest.type, { textDocument: id })) ?? [];
/** As editors do: only what has no command yet. */
const resolve = (lens: CodeLens): Promise<CodeLens> => (lens.command === undefined ? session.connection.sendRequest(CodeLensResolveRequest.type, lens) : Promise.resolve(lens));
const titlesOf = async (lenses: readonly CodeLens[]): Promise<readonly string[]> => (await Promise.all(lenses.map(resolve))).map(({ command }) => command?.title ?? '');
const argumentOf = (lens: CodeLens): LensArgument => lensArgumentSchema.parse(lens.command?.arguments?.[0]);

const open = (file: string, text = readFileSync(file, 'utf8')): Promise<SessionDocument> => session.openUri(pathToFileURL(file).href, text);

/** Opens the project's dataset and waits until its journals are read. */
async function openProject(): Promise<SessionDocument> {
  const read = nextRefresh();
  const document = await open(project.datasetFile);
  await titlesOf((await lensesOf(document)).slice(0, 1));
  await read;
  return document;
}
const journal = (stage: string): string => join(directory, `.looptool/rounds/0001/${stage}.jsonl`);

describe('lenses of a dataset in a project', () => {
  it('say of each record what the journals do, at column 0, and what can be done', async () => {
    const document = await openProject();
    const lenses = await lensesOf(document);
    expect(lenses.map(({ range }) => range)).toEqual(project.samples.flatMap((_, line) => Array.from({ length: 6 }, () => ({ start: { line, character: 0 }, end: { line, character: 0 } }))));
    expect(await titlesOf(lenses.slice(0, 6))).toEqual(['mismatch · perplexity 1.50 · the label is wrong (2 of 2)', 'Probe', 'Ask the judge', 'Expand', 'Review', 'Show as conversation']);
    expect((await titlesOf(lenses.filter((_, i) => i % 6 === 0))).map((title) => title.split(' · ')[0])).toEqual(['mismatch', 'mismatch', 'mismatch', 'matches', 'matches', 'matches']);
    await document.close();
  });

  it('carry what their commands need', async () => {
    const document = await openProject();
    const [, , , , , , status, probe] = await lensesOf(document);
    if (probe === undefined || status === undefined) throw new Error('no lens');
    const resolved = await resolve(probe);
    expect(resolved.command?.command).toBe('looptool.probeSample');
    expect(argumentOf(resolved)).toEqual({ uri: document.uri, line: 1, record: 1 });
    expect(argumentOf(await resolve(status)).statuses).toEqual([{ outcome: 'MISMATCH', ppl: 1.5, verdict: 'PRED_WRONG', votes: 2, agreeing: 2, by: 'judge', round: 1 }]);
    await document.close();
  });

  it('say that a label changed since the probe', async () => {
    const document = await openProject();
    const at = readFileSync(project.datasetFile, 'utf8').indexOf('Paris', readFileSync(project.datasetFile, 'utf8').indexOf('"output"'));
    await document.apply([{ range: { start: { line: 0, character: at }, end: { line: 0, character: at + 5 } }, newText: 'Reims' }]);
    expect((await titlesOf(await lensesOf(document))).filter((_, i) => i % 6 === 0).slice(0, 2)).toEqual(['label changed since the probe', 'mismatch · perplexity 1.50 · the policy is wrong (2 of 2)']);
    await document.close();
  });

  it('lead to the samples of their record, or of a place in it', async () => {
    const document = await openProject();
    const ask = (at: object): Promise<unknown> => session.connection.sendRequest(samplesAtMethod, { uri: document.uri, at });
    const expected = { record: 1, samples: [{ step: 0, sampleId: project.samples[1]?.id, title: 'How is the weather in Paris for 2 days?', status: { outcome: 'MISMATCH', ppl: 1.5, verdict: 'PRED_WRONG', votes: 2, agreeing: 2, by: 'judge', round: 1 } }] };
    expect(await ask({ record: 1 })).toEqual(expected);
    const label = (readFileSync(project.datasetFile, 'utf8').split('\n')[1] ?? '').indexOf('Paris', 10);
    expect(await ask({ line: 1, character: label })).toEqual({ ...expected, current: 0 });
    expect(await ask({ record: 99 })).toBeNull();
    expect(await ask({ line: 99, character: 0 })).toBeNull();
    await document.close();
  });

  it('have the whole sample at hand, with the answer of the last probe of this label', async () => {
    const document = await openProject();
    const ask = async (record: number, step: number): Promise<unknown> => await session.connection.sendRequest(wholeSampleMethod, { uri: document.uri, record, step });
    const { sample, probe } = wholeSampleSchema.parse(await ask(1, 0));
    expect(sampleSchema.parse(JSON.parse(sample))).toMatchObject({ id: project.samples[1]?.id, labelHash: project.samples[1]?.labelHash, messages: [{ role: 'user' }] });
    expect(probeEntrySchema.parse(JSON.parse(probe ?? ''))).toMatchObject({ outcome: 'MISMATCH', prediction: { kind: 'CALL' } });
    const at = readFileSync(project.datasetFile, 'utf8').indexOf('Paris', readFileSync(project.datasetFile, 'utf8').indexOf('"output"'));
    await document.apply([{ range: { start: { line: 0, character: at }, end: { line: 0, character: at + 5 } }, newText: 'Reims' }]);
    expect(wholeSampleSchema.parse(await ask(0, 0)).probe).toBeUndefined();
    expect([await ask(99, 0), await ask(0, 9)]).toEqual([null, null]);
    await document.close();
  });

  it('are asked for anew when a journal grows', async () => {
    const document = await openProject();
    const again = nextRefresh();
    const line = JSON.parse(readFileSync(journal('probe'), 'utf8').split('\n')[0] ?? '') as object;
    appendFileSync(journal('probe'), `${JSON.stringify({ ...line, outcome: 'MATCH', ppl: 1.25 })}\n`);
    expect(await session.connection.sendRequest(refreshResultsMethod)).toBeNull();
    await again;
    expect(await titlesOf((await lensesOf(document)).slice(0, 1))).toEqual(['matches · perplexity 1.25']);
    await document.close();
  });

  it('are those around the lines that are seen, and follow them', async () => {
    const file = join(directory, 'data/long.jsonl');
    const row = readFileSync(project.datasetFile, 'utf8').split('\n')[0] ?? '';
    const document = await open(file, `${row}\n`.repeat(5000));
    expect(new Set((await lensesOf(document)).map(({ range }) => range.start.line)).size).toBe(2000);
    await session.connection.sendNotification(visibleLinesMethod, { uri: document.uri, first: 1000, last: 1040 });
    const around = await lensesOf(document);
    // What is seen needs no further question.
    expect(around.filter(({ command }) => command === undefined).map(({ range }) => range.start.line)).toEqual([...Array.from({ length: 100 }, (_, i) => 900 + i), ...Array.from({ length: 101 }, (_, i) => 1041 + i)]);
    const lines = around.map(({ range }) => range.start.line);
    expect([Math.min(...lines), Math.max(...lines), lines.length]).toEqual([900, 1141, 242 * 6]);
    const moved = nextRefresh();
    await session.connection.sendNotification(visibleLinesMethod, { uri: document.uri, first: 4900, last: 4999 });
    await moved;
    expect(Math.max(...(await lensesOf(document)).map(({ range }) => range.start.line))).toBe(4999);
    await document.close();
  });
});

test.each(dialectRows)('a record of %s (%s) has a status and its actions', async (dialect, _what, row) => {
  const file = join(directory, 'data', `${dialect}.jsonl`);
  mkdirSync(join(directory, 'data'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(row)}\n`);
  const document = await open(file);
  const lenses = await Promise.all((await lensesOf(document)).map(resolve));
  expect(lenses.map(({ command, range }) => [command?.command, range.start.line, range.start.character])).toEqual(
    ['', 'looptool.probeSample', 'looptool.judgeSample', 'looptool.expandSample', 'looptool.reviewSample', 'looptool.showConversation'].map((command) => [command, 0, 0]),
  );
  expect(lenses[0]?.command?.title).toMatch(/^(not probed|\d+ samples: \d+ not probed)$/);
  await document.close();
});

describe('documents without results', () => {
  it('outside of a project can only be shown as a conversation', async () => {
    const document = await open('/nowhere/data.jsonl', readFileSync(project.datasetFile, 'utf8'));
    expect(await titlesOf((await lensesOf(document)).slice(0, 2))).toEqual(['Show as conversation', 'Show as conversation']);
    await document.close();
  });

  it('that are no datasets, are closed or are hostile have none, and nothing fails', async () => {
    const document = await open(join(directory, 'data/other.jsonl'), '{"a": 1}\n[[[[\n\u0000');
    expect(await lensesOf(document)).toEqual([]);
    await document.close();
    expect(await lensesOf(document)).toEqual([]);
    const stale: CodeLens = { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, data: { uri: document.uri, record: 7 } };
    expect((await resolve(stale)).command?.title).toBe('no sample');
  });
});
