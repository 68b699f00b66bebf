import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DidChangeConfigurationNotification, InlayHintRefreshRequest, InlayHintRequest, RegistrationRequest, type InlayHint } from 'vscode-languageserver/node';
import { dialectRows } from '../builders/dialectRows.ts';
import { openaiRow } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

const setting = 'looptool.inlayHints.enabled';
let session: Session;
let refreshes = 0;
beforeAll(async () => {
  session = await Session.start({
    capabilities: { workspace: { configuration: true, inlayHint: { refreshSupport: true }, didChangeConfiguration: { dynamicRegistration: true } } },
    settings: { [setting]: true },
    hook: (connection) => {
      connection.onRequest(RegistrationRequest.type, () => undefined);
      connection.onRequest(InlayHintRefreshRequest.type, () => void (refreshes += 1));
    },
  });
});
afterAll(() => session.stop());

let opened = 0;

async function hintsIn(document: SessionDocument, start = 0, end = document.text.length): Promise<readonly InlayHint[]> {
  const { textDocument, position } = document.at(start);
  return (await session.connection.sendRequest(InlayHintRequest.type, { textDocument, range: { start: position, end: document.at(end).position } })) ?? [];
}

/** Each hint as `label|what follows it`. */
function shown(document: SessionDocument, hints: readonly InlayHint[]): readonly string[] {
  return hints.map(({ label, position }) => `${typeof label === 'string' ? label : ''}|${document.textOf({ start: position, end: { line: position.line, character: position.character + 8 } })}`);
}

describe.each(dialectRows.filter(([dialect, what, row]) => !/whether|completion|asks|ToolRL text|several calls|LoopTool text/.test(what) && /city\W+: ?\{/.test(JSON.stringify(row)) && (dialect !== 'when2call-sft' || what !== 'a preference')))('%s (%s)', (_dialect, _what, row) => {
  test('shows the type in front of the value', async () => {
    const document = await session.open(`hints-${(opened += 1)}.jsonl`, `${JSON.stringify(row)}\n`);
    const hints = shown(document, await hintsIn(document));
    expect(hints.length).toBeGreaterThan(0);
    for (const hint of hints) expect(hint).toMatch(/^string(?: \| null)?\|\\*["'](?:Oslo|Berg)/);
  });
});

const tool = { name: 'f', parameters: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string', default: 'x"y' }, c: { type: 'boolean', description: 'Defaults to false.' } } } };
const row = openaiRow([tool], [{ name: 'f', arguments: { a: 1 } }]);

describe('inlay hints', () => {
  test('show defaults that the label leaves out, in front of the closing bracket', async () => {
    const document = await session.open('defaults.jsonl', `${row}\n`);
    expect(shown(document, await hintsIn(document))).toEqual(['integer|1}"}}]}]', 'b: "x\\"y", c: false|}"}}]}],']);
  });

  test('are given for the range alone', async () => {
    const document = await session.open('range.jsonl', `${row}\n${row}\n${row}\n`);
    const start = row.length + 1;
    const hints = await hintsIn(document, start, start + row.length);
    expect(hints.map(({ position }) => position.line)).toEqual([1, 1]);
    expect(await hintsIn(document, start, start + 10)).toEqual([]);
  });

  test('are off unless the setting says otherwise, and follow it', async () => {
    const document = await session.open('off.jsonl', `${row}\n`);
    session.settings.delete(setting);
    await session.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    expect(await hintsIn(document)).toEqual([]);
    expect(refreshes).toBeGreaterThan(0);
    session.settings.set(setting, true);
    await session.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    expect(await hintsIn(document)).toHaveLength(2);
    const without = await Session.start();
    const other = await without.open('none.jsonl', `${row}\n`);
    const { textDocument, position } = other.at(0);
    expect(await without.connection.sendRequest(InlayHintRequest.type, { textDocument, range: { start: position, end: other.at(row.length).position } })).toEqual([]);
    await without.stop();
  });
});
