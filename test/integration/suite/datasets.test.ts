import * as assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { commands, languages, Uri, window, workspace, type TextDocument } from 'vscode';
import { looptoolRow, weatherTool, callBlock } from '../../builders/datasetText.ts';
import { eventually, extensionApi, freshFolder, removeFolder } from './extensionUnderTest.ts';

const wrongType = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris', days: '3' }));
const unknownTool = looptoolRow([weatherTool], callBlock('getWeather', { city: 'Rome' }));

async function open(file: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(file);
  await window.showTextDocument(document);
  return document;
}

const ours = (uri: Uri) => languages.getDiagnostics(uri).filter(({ source }) => source === 'looptool');

describe('datasets', () => {
  let folder: string;
  beforeEach(() => void (folder = freshFolder('datasets')));
  afterEach(() => removeFolder(folder));

  it('start no server until one is opened, and are recognised when their text is typed', async () => {
    const api = await extensionApi();
    await api.language.stop();
    const plain = join(folder, 'package.json');
    writeFileSync(plain, '{"name": "app", "description": "d", "scripts": {"build": "tsc"}}');
    await open(plain);
    const untitled = await workspace.openTextDocument({ language: 'jsonl', content: '' });
    const editor = await window.showTextDocument(untitled);
    assert.equal(api.language.pid, undefined);
    await editor.edit((edit) => edit.insert(untitled.positionAt(0), `${wrongType}\n`));
    await eventually('the server', () => api.language.pid !== undefined && api.language.isOpen(untitled.uri));
    const found = await eventually('a finding', () => ours(untitled.uri)[0]);
    assert.equal(typeof found.code === 'object' ? found.code.value : found.code, 'argument-type');
    assert.match(typeof found.code === 'object' ? found.code.target.toString() : '', /^looptool-rule:.*argument-type\.md$/);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('say what they are in the language status', async () => {
    const api = await extensionApi();
    const file = join(folder, 'rows.jsonl');
    writeFileSync(file, `${wrongType}\n${unknownTool}\n`);
    await open(file);
    const texts = await eventually('the status', () => (/\d errors/.test(api.status.texts['findings'] ?? '') ? api.status.texts : undefined));
    assert.match(texts['dialect'] ?? '', /LoopTool/);
  });

  it('list their findings by rule and by tool', async () => {
    const api = await extensionApi();
    const file = join(folder, 'listed.jsonl');
    writeFileSync(file, `${wrongType}\n${wrongType}\n${unknownTool}\n`);
    const document = await open(file);
    await eventually('diagnostics', () => ours(document.uri).length > 0);
    await commands.executeCommand('looptool.showFindings', document.uri);
    const groups = await eventually('groups', () => (api.findings.texts().length > 0 ? api.findings.texts() : undefined));
    const types = groups.find(({ text }) => text.startsWith('argument-type | 2'));
    assert.ok(types, groups.map(({ text }) => text).join('\n'));
    assert.match(api.findings.texts(types.node)[1]?.text ?? '', /days is string.*\| line 2$/);
    await window.showTextDocument(await workspace.openTextDocument({ content: 'elsewhere' }));
    await commands.executeCommand('looptool.openFinding', api.findings.texts(types.node)[1]?.node);
    assert.equal(window.activeTextEditor?.document.uri.toString(), document.uri.toString());
    assert.equal(window.activeTextEditor?.selection.start.line, 1);
  });

  it('are checked without being opened, Parquet too, and no finding is there twice', async () => {
    const api = await extensionApi();
    mkdirSync(join(folder, 'data'));
    const text = join(folder, 'data/a.jsonl');
    writeFileSync(text, `${wrongType}\n${unknownTool}\n`);
    const rows = [wrongType, unknownTool].map((row) => JSON.parse(row) as Readonly<Record<string, string>>);
    parquetWriteFile({ filename: join(folder, 'data/b.parquet'), columnData: ['instruction', 'input', 'output'].map((name) => ({ name, data: rows.map((row) => row[name] ?? ''), type: 'STRING' })) });
    await commands.executeCommand('looptool.checkDataset', Uri.file(join(folder, 'data')));
    const groups = api.findings.texts();
    const unknown = groups.find(({ text: label }) => label.startsWith('unknown-tool | 2'));
    assert.ok(unknown, groups.map(({ text: label }) => label).join('\n'));
    const [first, second] = api.findings.texts(unknown.node);
    assert.match(first?.text ?? '', /\| a\.jsonl · line 2$/);
    assert.match(second?.text ?? '', /\| b\.parquet · row 2$/);
    await commands.executeCommand('looptool.openFinding', second?.node);
    assert.match(window.activeTextEditor?.document.getText() ?? '', /"output": "<tool_call>\\n/);
    const uri = Uri.file(text);
    assert.ok(ours(uri).length >= 2, 'no problems of the file that is not open');
    await open(text);
    await eventually('the server', () => api.language.isOpen(uri));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const places = await eventually('the findings of the server', () => (ours(uri).length >= 2 ? ours(uri).map(({ range, message }) => `${range.start.line}:${range.start.character} ${message}`) : undefined));
    assert.deepEqual(places, [...new Set(places)]);
    await commands.executeCommand('looptool.findingsByTool');
    assert.ok(api.findings.texts().some(({ text: label }) => label.startsWith('getWeather | ')));
    await commands.executeCommand('looptool.findingsByRule');
  });

  it('are checked again after the server was killed, with the text that was not saved', async () => {
    const api = await extensionApi();
    const file = join(folder, 'crash.jsonl');
    writeFileSync(file, `${wrongType}\n`);
    const document = await open(file);
    await eventually('a finding', () => ours(document.uri).length === 1);
    const before = api.language.pid;
    assert.ok(before);
    const editor = window.activeTextEditor;
    await editor?.edit((edit) => edit.insert(document.lineAt(document.lineCount - 1).range.start, `${unknownTool}\n`));
    process.kill(before, 'SIGKILL');
    await eventually('another server', () => api.language.pid !== undefined && api.language.pid !== before);
    await eventually('both findings', () => new Set(ours(document.uri).map(({ range }) => range.start.line)).size === 2);
    assert.equal(document.isDirty, true);
    assert.equal(document.getText(), `${wrongType}\n${unknownTool}\n`);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('are read as the dialect that was chosen for them', async () => {
    const api = await extensionApi();
    const file = join(folder, 'chosen.jsonl');
    writeFileSync(file, `${wrongType}\n`);
    const document = await open(file);
    await eventually('a finding', () => ours(document.uri).length === 1);
    await api.language.request('looptool/dialect', { uri: document.uri.toString(), dialect: 'hermes' });
    await eventually('the finding that it cannot be read', () => ours(document.uri).some(({ message }) => message.includes('cannot be read')));
    await eventually('the status', () => api.status.of(document.uri)?.chosen === true);
  });

  it('in a file named .json, one record a line, become JSON Lines where the setting says so', async () => {
    const settings = workspace.getConfiguration('looptool');
    await settings.update('jsonLinesAsJsonl', 'always', true);
    const file = join(folder, 'lines.json');
    writeFileSync(file, `${wrongType}\n${unknownTool}\n`);
    await open(file);
    await eventually('the language', () => window.activeTextEditor?.document.languageId === 'jsonl');
    await eventually('the findings', () => ours(Uri.file(file)).length >= 2);
    await settings.update('jsonLinesAsJsonl', undefined, true);
  });
});
