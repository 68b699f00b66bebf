import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noCompanions } from '../../src/core/dataset/companions.ts';
import { dialectById } from '../../src/core/dataset/registry.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { conversationMethod, conversationResultSchema, type ConversationResult } from '../../src/protocol/lsp/conversation.ts';
import { openLabelMethod, openLabelResultSchema, saveLabelMethod, saveLabelResultSchema, type OpenLabelResult, type SaveLabelResult } from '../../src/protocol/lsp/labelDocument.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

let session: Session;
beforeAll(async () => {
  session = await Session.start();
});
afterAll(() => session.stop());

let files = 0;
const open = (...rows: readonly string[]): Promise<SessionDocument> => session.open(`conversation${files++}.jsonl`, `${rows.join('\n')}\n`);

async function shown(document: SessionDocument, line: number, character: number): Promise<ConversationResult> {
  return conversationResultSchema.parse(await session.connection.sendRequest(conversationMethod, { textDocument: document.id, position: { line, character } }));
}

async function openLabel(document: SessionDocument, at: unknown, step?: number): Promise<OpenLabelResult> {
  return openLabelResultSchema.parse(await session.connection.sendRequest(openLabelMethod, { textDocument: document.id, at, step }));
}

async function saveLabel(document: SessionDocument, opened: OpenLabelResult, text: string): Promise<SaveLabelResult> {
  if (!opened.ok) throw new Error(opened.message);
  const { sampleId, labelHash, record, step } = opened;
  return saveLabelResultSchema.parse(await session.connection.sendRequest(saveLabelMethod, { textDocument: document.id, sampleId, labelHash, record, step, text }));
}

const row = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo', days: 2 } }]);

describe('a record as a conversation', () => {
  test('follows the cursor to the argument that it stands on, and back', async () => {
    const document = await open(row, row.replace('Oslo', 'Rome'));
    const result = await shown(document, 1, row.indexOf('days\\"'));
    expect(result?.record).toBe(1);
    expect(result?.text.split('\n')[result.line]).toBe('      days: 2');
    const mark = result?.marks.find(({ line }) => line === result.line);
    expect(mark?.range?.start.line).toBe(1);
    expect(document.text.split('\n')[1]?.slice(mark?.range?.start.character, mark?.range?.end.character)).toBe('2');
  });

  test('of a place without a record, and of a document that is not open, there is none', async () => {
    expect(await shown(await session.open('settings.json', '{"a": 1}', 'json'), 0, 1)).toBeNull();
    expect(await session.connection.sendRequest(conversationMethod, { textDocument: { uri: 'file:///none' }, position: { line: 0, character: 0 } })).toBeNull();
  });
});

const editable = dialectRows.filter(([id]) => dialectById(id)?.relabel !== undefined && dialectById(id)?.unit !== 'file');

describe('labels as documents', () => {
  test.each(editable.map(([id, what, value]) => [id, what, JSON.stringify(value)] as const))('%s, %s: an edited label is saved as an edit of its record alone', async (id, _what, text) => {
    const document = await open(text, text);
    const opened = await openLabel(document, 0);
    if (!opened.ok) return expect(opened.message).not.toBe('');
    const kind = (JSON.parse(opened.text) as { readonly kind: string }).kind;
    const wanted = kind === 'calls' ? { kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city: 'Tromsø "north"', days: 3 } }] } : { kind: 'text', text: 'Which city?\nSay it.' };
    const saved = await saveLabel(document, opened, JSON.stringify({ $schema: 'x', ...wanted }));
    if (!saved.ok) return expect(saved.message).toContain('cannot hold this label');
    await document.apply(saved.edits);
    const [first, second] = document.text.split('\n');
    expect(second).toBe(text);
    const parsed = parseJson(first ?? '');
    const read = parsed.ok ? dialectById(id)?.read(parsed.value, { steps: 'all', companions: noCompanions }).samples.find(({ step }) => step === opened.step) : undefined;
    expect(read?.sample.id).toBe(opened.sampleId);
    expect(read?.sample.labelHash).toBe(saved.labelHash);
  });

  test('most of these rows can be edited', async () => {
    const results = await Promise.all(editable.map(async ([, , value]) => (await openLabel(await open(JSON.stringify(value)), 0)).ok));
    expect(results.filter(Boolean).length).toBeGreaterThan(results.length / 2);
    expect(new Set(editable.filter((_, index) => results[index]).map(([id]) => id)).size).toBeGreaterThanOrEqual(8);
  });

  test('the schema knows the tools of the sample', async () => {
    const opened = await openLabel(await open(row), { line: 0, character: 5 });
    expect(opened.ok && opened.schema).toContain('"celsius"');
  });

  test('a label that only moved is found, one that changed meanwhile is not overwritten', async () => {
    const document = await open(row);
    const opened = await openLabel(document, 0);
    const text = opened.ok ? opened.text.replace('Oslo', 'Bergen') : '';
    const top = { line: 0, character: 0 };
    await document.apply([{ range: { start: top, end: top }, newText: `${row.replaceAll('Rome', 'Paris')}\n` }]);
    const moved = await saveLabel(document, opened, text);
    expect(moved.ok && moved.edits.map(({ range, newText }) => [range.start.line, newText])).toEqual([[1, 'Bergen']]);
    const city = document.text.lastIndexOf('Oslo\\"') - document.text.indexOf('\n') - 1;
    await document.apply([{ range: { start: { line: 1, character: city }, end: { line: 1, character: city + 4 } }, newText: 'Rome' }]);
    expect((await saveLabel(document, opened, text)).ok).toBe(false);
  });

  test('what is no label is refused with a reason', async () => {
    const document = await open(row);
    const saved = await saveLabel(document, await openLabel(document, 0), '{"kind": "calls"}');
    expect(saved.ok ? '' : saved.message).toContain('calls');
  });
});
