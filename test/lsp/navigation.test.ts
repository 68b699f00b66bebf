import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancellationTokenSource, DefinitionRequest, DocumentLinkRequest, DocumentLinkResolveRequest, DocumentSymbolRequest, FoldingRangeRequest, PrepareRenameRequest, ReferencesRequest, SelectionRangeRequest, SemanticTokensRequest, WorkspaceSymbolRequest, type Location } from 'vscode-languageserver/node';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-nav-'));
let session: Session;

beforeAll(async () => {
  session = await Session.start({ folders: [pathToFileURL(folder).href] });
});

afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true });
});

/** What a file says: the first tool that is called, its calls and definitions. */
function saidBy(text: string, dialect: string): { readonly name: string; readonly calls: number; readonly isDefined: boolean; readonly parameter: string | undefined } | undefined {
  const { samples } = readDataset(text, { file: 'f', dialect, steps: 'all' });
  const all = samples.flatMap(({ sample }) => [...(sample.label.kind === 'calls' ? sample.label.calls : [])]);
  const [first] = all;
  if (first === undefined) return undefined;
  const context = samples.flatMap(({ sample, step }) => (step === 0 ? sample.messages.flatMap((message) => (message.role === 'assistant' ? message.calls : [])) : []));
  const tool = samples[0]?.sample.tools.find(({ name }) => name === first.name);
  const properties = JSON.stringify(tool?.parameters ?? {});
  const parameter = Object.keys(first.arguments).find((key) => properties.includes(JSON.stringify(key)));
  return { name: first.name, calls: [...all, ...context].filter(({ name }) => name === first.name).length, isDefined: tool !== undefined, parameter };
}

const references = async (document: SessionDocument, offset: number, includeDeclaration: boolean): Promise<Location[]> =>
  (await everywhere(document, offset, includeDeclaration)).filter(({ uri }) => uri === document.uri);
const everywhere = async (document: SessionDocument, offset: number, includeDeclaration: boolean): Promise<Location[]> =>
  (await session.connection.sendRequest(ReferencesRequest.type, { ...document.at(offset), context: { includeDeclaration } })) ?? [];
const definition = async (document: SessionDocument, offset: number): Promise<Location[]> => ((await session.connection.sendRequest(DefinitionRequest.type, document.at(offset))) ?? []) as Location[];

/** Occurrences of a name that the server takes for the tool's. */
async function named(document: SessionDocument, name: string): Promise<number[]> {
  const found: number[] = [];
  for (const offset of document.occurrences(name)) {
    const prepared = await session.connection.sendRequest(PrepareRenameRequest.type, document.at(offset)).catch(() => null);
    if (prepared === null || !('range' in prepared) || prepared.placeholder !== name) continue;
    expect(document.offsetAt(prepared.range.start)).toBe(offset);
    expect(document.textOf(prepared.range)).toBe(name);
    found.push(offset);
  }
  return found;
}

describe('definition and references', () => {
  test.each(dialectRows.map(([dialect, what, row], index) => [`${dialect}, ${what}`, dialect, row, index] as const))('%s', async (_title, dialect, row, index) => {
    const text = `${JSON.stringify(row)}\n${JSON.stringify(row)}\n`;
    const said = saidBy(text, dialect);
    const document = await session.openUri(`untitled:nav-${index}.jsonl`, text);
    if (said === undefined) {
      expect(await references(document, 1, true)).toEqual([]);
      return;
    }
    const names = await named(document, said.name);
    const [first = -1] = names;
    const calls = await references(document, first, false);
    const all = await references(document, first, true);
    expect(calls).toHaveLength(said.calls);
    for (const place of all) {
      expect(place.uri).toBe(document.uri);
      expect(document.textOf(place.range)).toBe(said.name);
    }
    const offsets = (list: readonly Location[]): number[] => list.map(({ range }) => document.offsetAt(range.start));
    const definitions = offsets(all).filter((offset) => !offsets(calls).includes(offset));
    expect(definitions.length > 0).toBe(said.isDefined);
    for (const offset of offsets(calls)) {
      const [target] = await definition(document, offset);
      if (said.isDefined) expect(definitions).toContain(document.offsetAt(target?.range.start ?? { line: 0, character: 0 }));
    }
    if (said.parameter === undefined || !said.isDefined) return;
    const keys = await named(document, said.parameter);
    const places = await references(document, keys.at(-1) ?? -1, true);
    expect(new Set(places.map(({ range }) => document.textOf(range)))).toEqual(new Set([said.parameter]));
    expect(places.length).toBeGreaterThan((await references(document, keys.at(-1) ?? -1, false)).length);
  });

  test('lead from a result to its call, from a call to its definition and its result', async () => {
    const row = dialectRows.find(([dialect, what]) => dialect === 'trl' && what === 'objects')?.[2];
    const document = await session.openUri('untitled:result.jsonl', JSON.stringify(row));
    const [call = -1, result = -1] = document.occurrences('"get_forecast"');
    const [target] = await definition(document, document.text.indexOf('"4C"') + 2);
    expect(document.offsetAt(target?.range.start ?? { line: 0, character: 0 })).toBe(call + 1);
    const places = await definition(document, call + 2);
    expect(places).toHaveLength(2);
    expect(document.textOf(places[1]?.range ?? places[0]!.range)).toContain('4C');
    expect(result).toBeGreaterThan(call);
  });

  test('go on after edits', async () => {
    const document = await session.openUri('untitled:edits.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Oslo' }))}\n`);
    const at = (): number => document.occurrences('get_weather').at(-1) ?? -1;
    expect(await references(document, at(), false)).toHaveLength(1);
    await document.replace('{"instruction"', `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Rome' }))}\n{"instruction"`);
    expect(await references(document, at(), false)).toHaveLength(2);
  });
});

test('references and symbols come from files that are not open, with positions that are right, and from BFCL in two files', async () => {
  mkdirSync(join(folder, 'possible_answer'), { recursive: true });
  const rows = [openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }]), openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Zürich 𝄞' } }])];
  const closed = `[\r\n  ${rows.join(',\r\n  ')}\r\n]`;
  writeFileSync(join(folder, 'closed.json'), closed);
  writeFileSync(join(folder, 'package.json'), '{"name": "get_weather"}');
  const question = { id: 'simple_0', question: [[{ role: 'user', content: 'Weather in Oslo?' }]], function: [{ ...weatherTool, parameters: { ...weatherTool.parameters, type: 'dict' } }] };
  writeFileSync(join(folder, 'BFCL_v4_simple.json'), `${JSON.stringify(question)}\n`);
  writeFileSync(join(folder, 'possible_answer', 'BFCL_v4_simple.json'), `${JSON.stringify({ id: 'simple_0', ground_truth: [{ get_weather: { city: ['Oslo'] } }] })}\n`);
  const document = await session.openUri(pathToFileURL(join(folder, 'open.jsonl')).href, `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Rome' }))}\n`);
  const found = await everywhere(document, document.occurrences('get_weather').at(-1) ?? -1, false);
  const lines = closed.split('\r\n');
  const inClosed = found.filter(({ uri }) => uri.endsWith('closed.json'));
  expect(inClosed.map(({ range }) => lines[range.start.line]?.slice(range.start.character, range.end.character))).toEqual(['get_weather', 'get_weather']);
  expect(inClosed.map(({ range }) => range.start.line)).toEqual([1, 2]);
  const symbols = (await session.connection.sendRequest(WorkspaceSymbolRequest.type, { query: 'gwea' })) ?? [];
  const own = symbols.filter(({ location }) => location.uri.startsWith('file:')).map((symbol) => `${symbol.name} ${symbol.containerName ?? ''} ${symbol.location.uri.slice(symbol.location.uri.lastIndexOf('/') + 1)}`);
  expect(own.sort()).toEqual(['get_weather 1 definitions, 1 calls BFCL_v4_simple.json', 'get_weather 1 definitions, 1 calls open.jsonl', 'get_weather 2 definitions, 2 calls closed.json']);
});

test('links lead from a result to its call, from a row to its parent, and never out of the workspace', async () => {
  const row = dialectRows.find(([dialect]) => dialect === 'tau-bench')?.[2];
  const document = await session.openUri('untitled:links.jsonl', `${JSON.stringify({ ...row, id: 'seed-1' })}\n${JSON.stringify({ ...row, id: 'x', parents: ['seed-1', 'https://example.org/evil'] })}\n`);
  const links = (await session.connection.sendRequest(DocumentLinkRequest.type, { textDocument: document.id })) ?? [];
  const shown: string[] = [];
  for (const link of links) {
    const resolved = link.target === undefined ? await session.connection.sendRequest(DocumentLinkResolveRequest.type, link) : link;
    shown.push(`${document.textOf(link.range)} -> ${resolved.target ?? 'nowhere'}`);
  }
  const call = document.text.indexOf('{"id":"1"') + 1;
  expect(shown).toEqual([`1 -> untitled:links.jsonl#L1,${call}`, expect.stringMatching(/^1 -> untitled:links.jsonl#L2,\d+$/), expect.stringMatching(/^seed-1 -> untitled:links.jsonl#L1,\d+$/), 'https://example.org/evil -> nowhere']);
});

test('nothing is ever refused, however a document is broken', async () => {
  const { connection } = session;
  for (const [index, [dialect, , row]] of dialectRows.entries()) {
    const text = JSON.stringify(row);
    const cut = Math.floor((text.length * ((index * 7) % 10)) / 10);
    const broken = [text.slice(0, cut) + text.slice(cut + 9), text.replaceAll('"name"', '"nam"'), text.replaceAll('{', '['), text.replaceAll(':"', ':["')];
    const document = await session.openUri(`untitled:hostile-${dialect}-${index}.jsonl`, [text, ...broken].join('\n'));
    const textDocument = { uri: document.uri };
    for (let at = 0; at <= document.text.length; at += Math.ceil(document.text.length / 12)) {
      const { position } = document.at(at);
      await connection.sendRequest(DefinitionRequest.type, { textDocument, position });
      await connection.sendRequest(SelectionRangeRequest.type, { textDocument, positions: [position, { line: 99_999, character: 7 }] });
    }
    await connection.sendRequest(DocumentLinkRequest.type, { textDocument });
    await connection.sendRequest(DocumentSymbolRequest.type, { textDocument });
    await connection.sendRequest(FoldingRangeRequest.type, { textDocument });
    await connection.sendRequest(SemanticTokensRequest.type, { textDocument });
    expect((await connection.sendRequest(WorkspaceSymbolRequest.type, { query: 'zzz' })) ?? []).toEqual([]);
    await document.close();
  }
});

test('a search that is cancelled ends as that', async () => {
  const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Rome' }));
  const document = await session.openUri('untitled:cancelled.jsonl', `${row}\n`.repeat(3000));
  const source = new CancellationTokenSource();
  const asked = session.connection.sendRequest(ReferencesRequest.type, { ...document.at(document.occurrences('get_weather')[0] ?? 0), context: { includeDeclaration: false } }, source.token);
  source.cancel();
  // RequestCancelled; a server that is quick enough may have answered before.
  expect([-32800, 'answered']).toContain(await asked.then(() => 'answered', (error: unknown) => (error as { code: number }).code));
  expect(await definition(document, document.occurrences('get_weather').at(-1) ?? 0)).not.toEqual([]);
  await document.close();
});

test('documents that are unknown, broken or no datasets have nothing', async () => {
  const broken = await session.openUri('untitled:broken.jsonl', '{"messages": [\n"]}\n\u0000');
  expect(await references(broken, 3, true)).toEqual([]);
  expect(await definition(broken, 3)).toEqual([]);
  expect(await session.connection.sendRequest(DefinitionRequest.type, { textDocument: { uri: 'untitled:never' }, position: { line: 0, character: 0 } })).toEqual([]);
});
