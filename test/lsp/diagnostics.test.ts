import { fork } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProtocolConnection, DocumentDiagnosticRequest, IPCMessageReader, IPCMessageWriter } from 'vscode-languageserver/node';
import { rules } from '../../src/core/rules/rules.generated.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';
import { serverBundle, Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

let session: Session;

beforeAll(async () => {
  session = await Session.start();
});

afterAll(async () => {
  expect(await session.stop()).toBe(0);
});

/** Each diagnostic as `rule: text under it`, but for those of the whole set, which come when they come. */
async function shown(document: SessionDocument): Promise<string[]> {
  return (await document.diagnostics()).filter(({ code }) => code !== 'more-findings' && !wideRules.has(String(code))).map(({ code, range }) => `${String(code)}: ${document.textOf(range)}`);
}

const wideRules = new Set(rules.filter(({ scope }) => scope === 'dataset').map(({ id }) => id));
const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));

describe('the language server', () => {
  test('offers pull diagnostics and incremental sync', () => {
    expect(session.initialized.capabilities).toMatchObject({ textDocumentSync: 2, diagnosticProvider: { identifier: 'looptool', interFileDependencies: false } });
  });

  test.each([['LF', '\n'], ['CRLF', '\r\n']])('shows findings of LoopTool rows at the exact argument, lines ending in %s', async (name, lineEnd) => {
    const rows = [
      good,
      looptoolRow([weatherTool], callBlock('get_weather', { city: 'Zürich 𝄞 "\\', days: '3' })),
      looptoolRow([weatherTool], callBlock('getWeather', { city: 'Rome' })),
      looptoolRow([weatherTool], "<tool_call>\n{'name'}\n</tool_call>"),
      '{"instruction": 5',
    ];
    const document = await session.open(`looptool-${name}.jsonl`, rows.join(lineEnd) + lineEnd);
    expect(await shown(document)).toEqual([
      'argument-type: \\"3\\"',
      'unknown-tool: \\"getWeather\\"',
      "unparsable-label: <tool_call>\\n{'name'}\\n</tool_call>",
      'unreadable-record: 5',
    ]);
    const first = (await document.diagnostics()).find(({ code }) => code === 'argument-type');
    expect(first).toMatchObject({ severity: 1, source: 'looptool', message: 'days is string "3", expected integer', range: { start: { line: 1 } } });
  });

  test('shows findings of OpenAI rows inside the argument strings', async () => {
    const rows = [openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Paris', place: { lat: 'Oslo' } } }]), openaiRow([weatherTool], [{ name: 'get_weather', arguments: { town: 'Oslo' } }], 'How is Oslo?')];
    const document = await session.open('openai.json', `[\r\n${rows.join(',\r\n')}\r\n]`, 'json');
    expect(await shown(document)).toEqual(['argument-type: \\"Oslo\\"', 'missing-argument: "get_weather"', 'unknown-argument: \\"town\\"']);
  });

  test('follows edits', async () => {
    const document = await session.open('edited.jsonl', `${good}\n${good}\n`);
    expect(await shown(document)).toEqual([]);
    await document.replace('\\"Paris\\"', '17');
    expect(await shown(document)).toEqual(['argument-type: 17']);
    await document.replace(good, `${looptoolRow([weatherTool], callBlock('nope', {}))}\n${good}`);
    expect(await shown(document)).toEqual(['argument-type: 17', 'unknown-tool: \\"nope\\"']);
    await document.replace('17', '\\"Rome\\"');
    await document.replace('nope', 'get_weather');
    expect(await shown(document)).toEqual(['missing-argument: \\"get_weather\\"']);
  });

  test('says when nothing changed, also not by closing and opening again', async () => {
    const document = await session.open('same.jsonl', `${good}\n`);
    const first = await document.report();
    expect(await document.report(first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
    await document.close();
    const again = await session.open('same.jsonl', `${good.replace('\\"Paris\\"', '1')}\n`);
    expect(await again.report(first.resultId)).toMatchObject({ kind: 'full', items: [{ code: 'argument-type' }] });
  });

  test('drops a version that is overtaken, and answers for the one after it', async () => {
    const document = await session.open('fast.jsonl', `${Array.from({ length: 3000 }, () => good).join('\n')}\n`);
    const overtaken = document.report().then(() => 'answered', (error: unknown) => (error as { code: number }).code);
    await document.replace('\\"Paris\\"', '17');
    expect(await shown(document)).toEqual(['argument-type: 17']);
    // ServerCancelled; a server that is quick enough may have answered before the change came.
    expect([-32802, 'answered']).toContain(await overtaken);
  });

  test('leaves files alone that are no datasets, or no JSON', async () => {
    for (const [name, text, language] of [['package.json', '{\n  "name": "x"\n}', 'json'], ['notes.md', good, 'markdown'], ['empty.jsonl', '', 'jsonl']] as const) {
      expect(await (await session.open(name, text, language)).diagnostics()).toEqual([]);
    }
    expect(await session.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: 'file:///never/opened.jsonl' } })).toEqual({ kind: 'full', items: [] });
  });

  test('shows 900 diagnostics at most, and how many more there are', async () => {
    const bad = good.replace('\\"Paris\\"', '1');
    const document = await session.open('many.jsonl', `${Array.from({ length: 1000 }, () => bad).join('\n')}\n`);
    const diagnostics = await document.diagnostics();
    expect(diagnostics).toHaveLength(900);
    expect(diagnostics.find((d) => d.code === 'more-findings')?.message).toMatch(/^1100 more/);
  });
});

test('the language server speaks over node IPC as well', async () => {
  const child = fork(serverBundle(), ['--node-ipc'], { execArgv: [] });
  const other = await Session.over(child, createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child)));
  expect(other.initialized.serverInfo?.name).toBe('looptool');
  expect(await other.stop()).toBe(0);
});
