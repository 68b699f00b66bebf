import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DiagnosticRefreshRequest, DiagnosticTag, DidChangeWatchedFilesNotification, FileChangeType, RegistrationRequest } from 'vscode-languageserver/node';
import { findingsMethod, findingsResultSchema, type FindingsParams, type FindingsResult } from '../../src/protocol/lsp/findings.ts';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

const endpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', model: 'm' };

let root: string;
let session: Session;
let refreshes: number;
let watched: unknown;

/** An editor that can be told to ask again, and watches files for the server. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'looptool-checks-'));
  refreshes = 0;
  session = await Session.start({
    rootUri: pathToFileURL(root).href,
    capabilities: { textDocument: { diagnostic: { relatedInformation: true } }, workspace: { diagnostics: { refreshSupport: true }, didChangeWatchedFiles: { dynamicRegistration: true } } },
    hook: (connection) => {
      connection.onRequest(DiagnosticRefreshRequest.type, () => void (refreshes += 1));
      connection.onRequest(RegistrationRequest.type, ({ registrations }) => void (watched ??= registrations.find(({ method }) => method === DidChangeWatchedFilesNotification.method)?.registerOptions));
    },
  });
});

afterEach(async () => {
  await session.stop();
  rmSync(root, { recursive: true });
});

const uriOf = (name: string): string => pathToFileURL(join(root, name)).href;
const write = (name: string, text: string): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};
const config = (lint: unknown): string => JSON.stringify({ version: 1, name: 'p', datasets: { seed: [{ path: 'train.jsonl' }] }, endpoints: { policy: endpoint, judge: endpoint, generator: endpoint }, lint });
const open = (name: string, text: string): Promise<SessionDocument> => session.openUri(uriOf(name), text);

async function findings(params: FindingsParams): Promise<FindingsResult> {
  return findingsResultSchema.parse(await session.connection.sendRequest(findingsMethod, params));
}

const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
const wrong = (days: string): string => looptoolRow([weatherTool], callBlock('get_weather', { city: 'Rome', days }), `Rome for ${days} days?`);

describe('checks of open datasets', () => {
  test('follow looptool.json and what people suppressed, also when these change', async () => {
    const document = await open('train.jsonl', `${wrong('3')}\n`);
    const [first] = await document.diagnostics();
    expect(first).toMatchObject({ code: 'argument-type', severity: 1, data: { rule: 'argument-type', record: 0, sampleId: expect.stringMatching(/^smp_/) as string } });
    await vi.waitFor(() => expect(watched).toMatchObject({ watchers: [{ globPattern: '**/looptool.json' }, { globPattern: '**/.looptool/suppressions.jsonl' }] }));
    const changes = async (name: string, text: string): Promise<void> => {
      const before = refreshes;
      write(name, text);
      await session.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [{ uri: uriOf(name), type: FileChangeType.Changed }] });
      await vi.waitFor(() => expect(refreshes).toBeGreaterThan(before));
    };
    await changes('looptool.json', config({ rules: { 'argument-type': 'warning' } }));
    expect((await document.diagnostics())[0]).toMatchObject({ code: 'argument-type', severity: 2 });
    await changes('.looptool/suppressions.jsonl', `${JSON.stringify({ v: 1, sampleId: (first?.data as { sampleId: string }).sampleId, rule: 'argument-type' })}\n`);
    expect(await document.diagnostics()).toEqual([]);
    await changes('looptool.json', '{ broken');
    expect(await document.diagnostics()).toEqual([]);
  });

  test('of documents beside every project are the recommended ones', async () => {
    for (const uri of ['untitled:Untitled-1', 'vscode-vfs://github/a/b.jsonl', 'git:/c%3A/data/a.jsonl?%7B%7D', 'file:///c%3A/data/a.jsonl']) {
      const document = await session.openUri(uri, `${wrong('3')}\n`);
      expect((await document.diagnostics()).map(({ code, severity }) => [code, severity])).toEqual([['argument-type', 1]]);
    }
  });

  test('of little text tell what is wrong with the whole set at once', async () => {
    const document = await open('little.jsonl', `${good}\n${good}\n`);
    expect((await document.diagnostics()).map(({ code }) => code)).toEqual(['duplicate-sample']);
  });

  test('find what is wrong with the whole set afterwards, and say where the other sample is', async () => {
    const long = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Bern' }), `How is Bern? ${'word '.repeat(50_000)}`);
    const document = await open('a.jsonl', `${good}\n${wrong('3')}\n${good}\n${long}\n`);
    const codes = async (): Promise<string[]> => (await document.diagnostics()).map(({ code }) => String(code)).sort();
    await codes();
    await vi.waitFor(async () => expect(await codes()).toEqual(['argument-type', 'duplicate-sample']), { timeout: 20_000 });
    expect(refreshes).toBeGreaterThan(0);
    const duplicate = (await document.diagnostics()).find(({ code }) => code === 'duplicate-sample');
    expect(duplicate).toMatchObject({ tags: [DiagnosticTag.Unnecessary], range: { start: { line: 2, character: 0 }, end: { line: 2, character: good.length } }, relatedInformation: [{ location: { uri: document.uri, range: { start: { line: 0, character: 0 } } } }] });
    // A line before them moves both.
    await document.apply([{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: `${wrong('4')}\n` }]);
    const moved = async (): Promise<unknown> => (await document.diagnostics()).find(({ code }) => code === 'duplicate-sample');
    await vi.waitFor(async () => expect(await moved()).toMatchObject({ range: { start: { line: 3 } }, relatedInformation: [{ location: { range: { start: { line: 1 } } } }] }), { timeout: 20_000 });
  });

  test('show the definition of the tool beside a finding on a call', async () => {
    const document = await open('b.jsonl', `${good}\n${wrong('3')}\n`);
    const [finding] = await document.diagnostics();
    const range = finding?.relatedInformation?.[0]?.location.range;
    expect(wrong('3').slice(range?.start.character, range?.end.character)).toBe(JSON.stringify(JSON.stringify(weatherTool)).slice(1, -1));
  });

  test('are told of page by page, grouped and filtered', async () => {
    const unknown = looptoolRow([weatherTool], callBlock('nope', {}), 'What?');
    const document = await open('c.jsonl', `${Array.from({ length: 1000 }, (_, day) => wrong(String(day))).join('\n')}\n${unknown}\n`);
    await vi.waitFor(async () => expect((await findings({ uri: document.uri, limit: 0 })).complete).toBe(true), { timeout: 20_000 });
    const local = { uri: document.uri, severity: 'error' as const };
    const all = await findings({ ...local, limit: 10_000 });
    expect(all.total).toBe(1001);
    expect(all.groups).toEqual([{ rule: 'argument-type', severity: 'error', tool: 'get_weather', count: 1000 }, { rule: 'unknown-tool', severity: 'error', tool: 'nope', count: 1 }]);
    const page = await findings({ ...local, offset: 990, limit: 5 });
    expect(page.findings).toEqual(all.findings.slice(990, 995));
    expect(page.findings[0]).toMatchObject({ record: 990, tool: 'get_weather', range: { start: { line: 990 } } });
    expect(await findings({ ...local, rule: 'unknown-tool' })).toMatchObject({ total: 1, findings: [{ record: 1000 }], groups: [{}, {}] });
    expect(await findings({ ...local, text: 'STRING "17"' })).toMatchObject({ total: 1, findings: [{ record: 17 }] });
    for (const params of [{ uri: 'file:///never' }, { nonsense: 1 } as unknown as FindingsParams]) expect(await findings(params)).toEqual({ version: null, complete: true, total: 0, groups: [], findings: [] });
    const shown = await document.diagnostics();
    expect(shown).toHaveLength(900);
    expect(shown.find(({ code }) => code === 'more-findings')?.data).toMatchObject({ rule: 'more-findings', shown: 899 });
  });
});
