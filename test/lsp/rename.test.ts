import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrepareRenameRequest, RenameRequest, type TextDocumentEdit, type WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import type { Sample } from '../../src/core/dataset/sample.ts';
import { buildProject } from '../builders/builtProject.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-rename-'));
let session: Session;

beforeAll(async () => {
  session = await Session.start({
    folders: [pathToFileURL(folder).href],
    capabilities: { workspace: { workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } } } },
  });
});

afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true });
});

const samplesOf = (text: string, dialect: string): readonly Sample[] => readDataset(text, { file: 'f', dialect, steps: 'all' }).samples.map(({ sample }) => sample);

/** Names of tools and calls of a sample, with their arguments. */
function said({ tools, messages, label }: Sample): unknown {
  const calls = [...messages.flatMap((message) => (message.role === 'assistant' ? message.calls : [])), ...(label.kind === 'calls' ? label.calls : [])];
  return JSON.parse(JSON.stringify({ tools: tools.map(({ name, parameters, extras }) => ({ name, parameters, extras })), calls, results: messages.map((message) => (message.role === 'tool' ? message.name : undefined)) }));
}

type Parts = { readonly edit: WorkspaceEdit; readonly sure: string; readonly all: string };

/** The document with the edits that need no asking, and with all. */
async function renamed(document: SessionDocument, offset: number, newName: string): Promise<Parts> {
  const edit = await session.connection.sendRequest(RenameRequest.type, { ...document.at(offset), newName });
  const edits = ((edit?.documentChanges ?? []) as TextDocumentEdit[]).filter(({ textDocument }) => textDocument.uri === document.uri).flatMap((one) => one.edits);
  const sure = edits.filter((one) => !('annotationId' in one)).map(({ range, ...rest }) => ({ range, newText: 'newText' in rest ? rest.newText : '' }));
  const all = edits.map(({ range, ...rest }) => ({ range, newText: 'newText' in rest ? rest.newText : '' }));
  return { edit: edit ?? {}, sure: document.applied(sure), all: document.applied(all) };
}

async function offsetOf(document: SessionDocument, name: string): Promise<number> {
  for (const offset of document.occurrences(name)) {
    const prepared = await session.connection.sendRequest(PrepareRenameRequest.type, document.at(offset)).catch(() => null);
    if (prepared !== null && 'placeholder' in prepared && prepared.placeholder === name) return offset;
  }
  return -1;
}

function message(action: Promise<unknown>): Promise<string> {
  return action.then(() => 'done', (error: unknown) => (error instanceof Error ? error.message : String(error)));
}

describe('rename', () => {
  const rows = dialectRows.map(([dialect, what, row], index) => [`${dialect}, ${what}`, dialect, row, index] as const);

  test.each(rows)('a tool of %s', async (_title, dialect, row, index) => {
    const text = `${JSON.stringify(row)}\n${JSON.stringify(row)}\n`;
    const before = samplesOf(text, dialect);
    const name = before[0]?.tools[0]?.name ?? before.flatMap(({ label }) => (label.kind === 'calls' ? label.calls : []))[0]?.name;
    if (name === undefined) return;
    const document = await session.openUri(`untitled:tool-${index}.jsonl`, text);
    const { sure, all } = await renamed(document, await offsetOf(document, name), 'renamed_tool');
    const expected = JSON.stringify(before.map(said)).replaceAll(`"${name}"`, '"renamed_tool"');
    expect(JSON.stringify(samplesOf(sure, dialect).map(said))).toBe(expected);
    expect(sure).not.toBe(text);
    // The name changed and nothing else, with its mentions too.
    expect(sure.replaceAll('renamed_tool', name)).toBe(text);
    expect(all.replaceAll('renamed_tool', name)).toBe(text);
    expect(JSON.stringify(samplesOf(all, dialect).map(said))).toBe(expected);
    await document.close();
  });

  test.each(rows)('a parameter of %s', async (_title, dialect, row, index) => {
    const text = `${JSON.stringify(row)}\n${JSON.stringify(row)}\n`;
    const before = samplesOf(text, dialect);
    const call = before.flatMap(({ label }) => (label.kind === 'calls' ? label.calls : []))[0];
    const [parameter] = Object.keys(call?.arguments ?? {});
    if (parameter === undefined) return;
    const document = await session.openUri(`untitled:parameter-${index}.jsonl`, text);
    const { sure } = await renamed(document, await offsetOf(document, parameter), 'renamed_key');
    expect(JSON.stringify(samplesOf(sure, dialect).map(said))).toBe(JSON.stringify(before.map(said)).replaceAll(`"${parameter}"`, '"renamed_key"'));
    expect(sure).not.toBe(text);
    expect(sure.replaceAll('renamed_key', parameter)).toBe(text);
    await document.close();
  });

  test('leaves mentions unticked, and says nothing of them to editors that cannot ask', async () => {
    const text = openaiRow([{ ...weatherTool, description: 'get_weather is not get_weather_now' }], [{ name: 'get_weather', arguments: { city: 'get_weather' } }], 'Call get_weather');
    const document = await session.openUri('untitled:mentions.jsonl', text);
    const { edit, sure, all } = await renamed(document, await offsetOf(document, 'get_weather'), 'weather');
    expect(edit.changeAnnotations?.['mention']?.needsConfirmation).toBe(true);
    expect(sure).toContain('Call get_weather');
    expect(all).toContain('Call weather');
    expect(all).toContain('weather is not get_weather_now');
    const plain = await Session.start();
    const other = await plain.openUri(document.uri, text);
    const answer = await plain.connection.sendRequest(RenameRequest.type, { ...other.at(text.indexOf('"get_weather"') + 1), newName: 'weather' });
    expect(other.applied(answer?.changes?.[other.uri] ?? [])).toBe(sure);
    await plain.stop();
  });

  test('refuses names that would break something, in words', async () => {
    const second = { ...weatherTool, name: 'other' };
    const document = await session.openUri('untitled:refused.jsonl', `${openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }])}\n${openaiRow([weatherTool, second], [{ name: 'get_weather', arguments: { city: 'Oslo' } }])}\n`);
    const tool = await offsetOf(document, 'get_weather');
    const parameter = await offsetOf(document, 'city');
    expect(await message(renamed(document, tool, 'other'))).toContain('there already is a tool "other" (record 2 of');
    expect(await message(renamed(document, tool, 'get weather'))).toContain('1 to 64 letters, digits, _ and -');
    expect(await message(renamed(document, tool, ''))).toContain('not empty');
    expect(await message(renamed(document, parameter, 'days'))).toContain('already has a parameter "days"');
    expect(await message(session.connection.sendRequest(PrepareRenameRequest.type, document.at(document.text.indexOf('Oslo'))))).toContain('Only names of tools');
  });

  test('goes to the possible answers of BFCL', async () => {
    mkdirSync(join(folder, 'possible_answer'), { recursive: true });
    const question = (id: string): unknown => ({ id, question: [[{ role: 'user', content: 'Weather in Oslo?' }]], function: [{ ...weatherTool, parameters: { ...weatherTool.parameters, type: 'dict' } }] });
    const answer = (id: string): string => `${JSON.stringify({ id, ground_truth: [{ get_weather: { city: ['Oslo'], days: [''] } }] })}\n`;
    const path = join(folder, 'possible_answer', 'BFCL_v4_simple.json');
    writeFileSync(path, answer('simple_0') + answer('simple_1'));
    const text = `${JSON.stringify(question('simple_0'))}\n${JSON.stringify(question('simple_1'))}\n`;
    const document = await session.openUri(pathToFileURL(join(folder, 'BFCL_v4_simple.json')).href, text);
    // The companion files are read for the first check.
    await document.diagnostics();
    for (const [name, newName] of [['get_weather', 'weather'], ['city', 'town']] as const) {
      const { edit, sure } = await renamed(document, await offsetOf(document, name), newName);
      expect(sure.replaceAll(`"${newName}"`, `"${name}"`)).toBe(text);
      const answers = ((edit.documentChanges ?? []) as TextDocumentEdit[]).find(({ textDocument }) => textDocument.uri.includes('possible_answer'));
      const source = readFileSync(path, 'utf8');
      const edits = (answers?.edits ?? []).map(({ range, ...rest }) => ({ range, newText: 'newText' in rest ? rest.newText : '' }));
      expect(TextDocument.applyEdits(TextDocument.create(path, 'json', 1, source), edits)).toBe(source.replaceAll(`"${name}"`, `"${newName}"`));
    }
  });

  test('goes to all datasets of the project, open or not, and to no other', async () => {
    const directory = join(folder, 'project');
    mkdirSync(directory);
    const { datasetFile } = buildProject(directory);
    const heldOut = join(directory, 'data/heldout.jsonl');
    writeFileSync(join(directory, 'data/other.jsonl'), readFileSync(heldOut, 'utf8'));
    const path = datasetFile;
    const document = await session.openUri(pathToFileURL(path).href, readFileSync(path, 'utf8'));
    const { edit, sure } = await renamed(document, await offsetOf(document, 'get_weather'), 'weather');
    const changes = (edit.documentChanges ?? []) as TextDocumentEdit[];
    expect(changes.map(({ textDocument }) => [textDocument.uri.slice(textDocument.uri.lastIndexOf('/') + 1), textDocument.version])).toEqual([[path.slice(path.lastIndexOf('/') + 1), 1], ['heldout.jsonl', null]]);
    expect(sure.replaceAll('weather', 'get_weather').replaceAll('get_get_', 'get_')).toBe(document.text.replaceAll('weather', 'get_weather').replaceAll('get_get_', 'get_'));
    const closed = TextDocument.create('', 'jsonl', 1, readFileSync(heldOut, 'utf8'));
    const edits = (changes[1]?.edits ?? []).flatMap(({ range, ...rest }) => ('annotationId' in rest ? [] : [{ range, newText: 'newText' in rest ? rest.newText : '' }]));
    const samples = samplesOf(TextDocument.applyEdits(closed, edits), 'looptool');
    expect(samples).toHaveLength(3);
    for (const { tools, label } of samples) expect([tools[0]?.name, label.kind === 'calls' ? label.calls[0]?.name : '']).toEqual(['weather', 'weather']);
  });

  test('writes names with the escapes of their place', async () => {
    const tool = { name: 'hole Wetter', description: 'x', parameters: { type: 'object', properties: { stadt: { type: 'string' } } } };
    const document = await session.openUri('untitled:escapes.jsonl', looptoolRow([tool], callBlock('hole Wetter', { stadt: 'Zürich' })));
    const name = 'sag "Wetter" \\ 𝄞 für';
    const { sure } = await renamed(document, await offsetOf(document, 'hole Wetter'), name);
    expect(samplesOf(sure, 'looptool').map(({ tools, label }) => [tools[0]?.name, label.kind === 'calls' ? label.calls[0]?.name : ''])).toEqual([[name, name]]);
  });
});
