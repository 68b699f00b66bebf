import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TextDocumentEdit, type WorkspaceEdit } from 'vscode-languageserver/node';
import { dialects } from '../../src/core/dataset/dialects.generated.ts';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import { checkDataset } from '../../src/core/rules/checkDataset.ts';
import { FixSession } from './support/fixSession.ts';
import { projectConfig } from './support/projectConfig.ts';

const tool = {
  name: 'f',
  description: 'Does f',
  parameters: objectOf([['type', 'object'], ['properties', objectOf([['days', objectOf([['type', 'integer']])], ['hours', objectOf([['type', 'integer']])], ['unit', objectOf([['type', 'string'], ['enum', ['celsius', 'kelvin']]])]])]]),
};
type Write = NonNullable<(typeof dialects)[number]['write']>;
const writers = dialects.flatMap(({ id, write }) => (write === undefined ? [] : [[id, write] as const]));

function rowOf(write: Write, index: number, members: readonly (readonly [string, JsonValue])[]): string {
  const sample = makeSample({ tools: [tool], messages: [{ role: 'user', content: `Request ${index}: 1, 2 or 3 days, 4 hours, in kelvin` }], label: { kind: 'calls', calls: [{ name: 'f', arguments: objectOf(members) }] } });
  return stringifyJson(write(sample));
}

let session: FixSession;
beforeAll(async () => {
  session = await FixSession.start(true, true);
});
afterAll(() => session.stop());

function annotationsOf(edit: WorkspaceEdit): readonly unknown[] {
  return Object.values(edit.changeAnnotations ?? {});
}

const argumentsIn = (text: string): unknown[] => readDataset(text, { file: '', steps: 'all' }).samples.map(({ sample: { label } }) => (label.kind === 'calls' ? { ...label.calls[0]?.arguments } : label.kind));
const rulesIn = (text: string): string[] => checkDataset(text, readDataset(text, { file: '', steps: 'all' })).map(({ rule }) => rule);

describe('fix all', () => {
  test.each(writers)('%s: all of a kind in the file, with a preview, and nothing else', async (id, write) => {
    const rows = [
      rowOf(write, 0, [['days', '3']]),
      rowOf(write, 1, [['days', 2], ['unit', 'Kelvin']]),
      rowOf(write, 2, [['days', '1'], ['hours', '4']]),
    ];
    const document = await session.open(`all-${id}.jsonl`, `${rows.join('\n')}\n`);
    const action = (await document.actionsOn('argument-type')).find(({ title }) => title === 'Fix all 3 of argument-type in this file');
    const edit = await document.editOf(action);
    expect(annotationsOf(edit)).toEqual([false, true].map((needsConfirmation) => ({ label: 'argument-type: 3 fixes (all safe)', needsConfirmation })));
    const text = await document.textWith(action);
    expect(argumentsIn(text)).toEqual([{ days: 3 }, { days: 2, unit: 'Kelvin' }, { days: 1, hours: 4 }]);
    expect(text.split('\n')[1]).toBe(rows[1]);
    expect(rulesIn(text)).not.toContain('argument-type');
    const unsafe = (await document.actionsOn('argument-enum')).map(({ title }) => title);
    expect(unsafe).not.toContain('Fix all 1 of argument-enum in this file (look at each)');
  });

  test('says where fixes are not safe, and leaves out findings with several to choose from', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const document = await session.open('unsafe.jsonl', `${[0, 1].map((index) => rowOf(write, index, [['unit', 'Kelvin']])).join('\n')}\n`);
    const action = (await document.actionsOn('argument-enum')).find(({ title }) => title === 'Fix all 2 of argument-enum in this file (look at each)');
    expect(annotationsOf(await document.editOf(action))).toEqual([{ label: 'argument-enum: 2 fixes (none of them safe: look at each)', needsConfirmation: true }]);
    expect(argumentsIn(await document.textWith(action))).toEqual([{ unit: 'kelvin' }, { unit: 'kelvin' }]);
  });

  test('source.fixAll makes the safe ones alone, without a preview, and an old one is not made', async () => {
    const [[, write] = []] = writers;
    if (write === undefined) throw new Error('no writer');
    const document = await session.open('source.jsonl', `${rowOf(write, 0, [['days', '3'], ['unit', 'Kelvin']])}\n`);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const [action, ...others] = await document.actionsAt(range, { only: ['source.fixAll'] });
    expect([action?.title, others]).toEqual(['Make all safe fixes (LoopTool)', []]);
    expect(annotationsOf(await document.editOf(action))).toEqual([]);
    const text = await document.textWith(action);
    expect(argumentsIn(text)).toEqual([{ days: 3, unit: 'Kelvin' }]);
    await document.change(text);
    await expect(document.editOf(action)).rejects.toThrow('has no edit');
    expect(await document.actionsAt(range, { only: ['refactor'] })).toEqual([]);
  });

  test('all of a kind in the dataset: open documents and files on disk, CRLF too', async () => {
    const [first, second] = writers;
    if (first === undefined || second === undefined) throw new Error('no writers');
    session.write('d/looptool.json', projectConfig(['a.jsonl', 'sub/b.json', 'gone.jsonl']));
    const a = `${rowOf(first[1], 0, [['days', '3']])}\r\n${rowOf(first[1], 1, [['days', 2]])}\r\n`;
    const b = `[\n  ${rowOf(second[1], 0, [['days', '1']])},\n  ${rowOf(second[1], 1, [['hours', '4']])}\n]\n`;
    session.write('d/a.jsonl', a);
    session.write('d/sub/b.json', b);
    const document = await session.open('d/a.jsonl', a);
    const action = (await document.actionsOn('argument-type')).find(({ title }) => title === 'Fix all of argument-type in the dataset');
    await session.run(action?.command);
    const [edit, ...more] = session.applied;
    expect(more).toEqual([]);
    expect((edit?.documentChanges ?? []).map((change) => (TextDocumentEdit.is(change) ? [change.textDocument.uri, change.textDocument.version] : []))).toEqual([
      [document.uri, 1],
      [pathToFileURL(join(session.folder, 'd/sub/b.json')).href, null],
    ]);
    expect(annotationsOf(edit ?? {})).toMatchObject([{ label: expect.stringContaining('argument-type: 3 fixes in 2 files (all safe) Left out') as string, needsConfirmation: false }, { needsConfirmation: true }]);
    expect(argumentsIn(document.text)).toEqual([{ days: 3 }, { days: 2 }]);
    expect(document.text.split('\r\n')[1]).toBe(a.split('\r\n')[1]);
    const after = session.read('d/sub/b.json') ?? '';
    expect(argumentsIn(after)).toEqual([{ days: 1 }, { hours: 4 }]);
  });
});
