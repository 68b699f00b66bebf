import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WorkspaceSymbolRequest } from 'vscode-languageserver/node';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';
import { everyRequest } from './support/everyRequest.ts';
import type { Session } from './support/session.ts';
import { Tally } from './support/tally.ts';
import { openTrial, startTrial } from './support/trial.ts';
import { tryDocument } from './support/tryDocument.ts';

const uris = [
  'untitled:Untitled-1',
  'untitled:/home/me/new%20rows.jsonl',
  'file:///c%3A/data/x.jsonl',
  'file:///C:/data/x.jsonl',
  'file://server/share/x.jsonl',
  'file:///data/100%25%20of%20%23%3F.jsonl',
  'file:///data/%ED%95%9C%EA%B5%AD%EC%96%B4.jsonl',
  'file:///data/broken%2.jsonl',
  'file:///data/a%2Fb.jsonl',
  'file:///data/nul%00.jsonl',
  'vscode-remote://ssh-remote%2Bhost/data/x.jsonl',
  'vscode-vfs://github/owner/repository/x.jsonl',
  'vscode-notebook-cell:/data/x.ipynb#ch0000001',
  'git:/data/x.jsonl?%7B%22path%22%3A%22%2Fdata%2Fx.jsonl%22%2C%22ref%22%3A%22HEAD%22%7D',
  'inmemory://model/1',
  'no-scheme.jsonl',
];

const rows = [openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Paris', days: '3', unit: 'Kelvin' } }]), openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Rome' } }], 'How is the weather in Rome?')];
/** Has companions beside it where it is a file. */
const question = JSON.stringify({ id: 'simple_python_0', question: [[{ role: 'user', content: 'How is the weather in Paris?' }]], function: [{ ...weatherTool, parameters: { ...weatherTool.parameters, type: 'dict' } }] });

describe.each([
  ['no folder', null],
  ['two folders', ['file:///data', 'file:///other/folder']],
  ['folders of other kinds', ['file:///c%3A/data', 'vscode-remote://ssh-remote%2Bhost/data', 'file://server/share', 'untitled:folder', 'broken%2', '']],
])('in a workspace of %s', (_title, folders) => {
  let session: Session;
  beforeAll(async () => {
    session = await startTrial(folders);
  });
  afterAll(() => session.stop());

  test.each(uris)('every ability works in the document %s, and no request about it fails', async (uri) => {
    const document = await openTrial(session, uri, `${rows.join('\n')}\n`);
    const tally = new Tally();
    await tryDocument(document, tally);
    expect(tally.wrong).toEqual([]);
    expect(tally.counts.get('diagnostics')?.good).toBe(2);
    const symbols = (await session.connection.sendRequest(WorkspaceSymbolRequest.type, { query: 'get_weather' })) ?? [];
    expect(symbols.some(({ location }) => location.uri === uri)).toBe(true);
    await document.close();
    const other = await openTrial(session, uri, `${question}\n`);
    await everyRequest(other, [0, 40, other.text.length - 30]);
    await other.close();
    expect(session.isAlive).toBe(true);
  });
});
