import * as assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { languages, window, workspace } from 'vscode';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { weatherSample } from '../../builders/builtProject.ts';
import { eventually, freshFolder, removeFolder } from './extensionUnderTest.ts';

describe('diagnostics', () => {
  let folder: string;
  before(() => void (folder = freshFolder('checked')));
  after(() => removeFolder(folder));

  it('mark the argument that breaks the schema of its tool, inside the nested JSON string', async () => {
    const good = weatherSample(1);
    const bad = makeSample({ tools: good.tools, messages: good.messages, label: { kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: 'Paris', days: 'many' } }] } });
    const file = join(folder, 'rows.jsonl');
    writeFileSync(file, `${writeRow('openai-chat', good)}\n${writeRow('openai-chat', bad)}\n`);
    const document = await workspace.openTextDocument(file);
    await window.showTextDocument(document);
    const found = await eventually('a diagnostic', () => languages.getDiagnostics(document.uri).find(({ message }) => message.startsWith('days is')));
    assert.equal(found.source?.toLowerCase(), 'looptool');
    assert.equal(found.range.start.line, 1);
    assert.match(document.getText(found.range), /^\\?"?many\\?"?$/);
  });

  it('leave JSON that is no dataset alone', async () => {
    const file = join(folder, 'plain.json');
    writeFileSync(file, '{"messages": 5, "name": "settings"}');
    const document = await workspace.openTextDocument(file);
    await window.showTextDocument(document);
    assert.deepEqual(languages.getDiagnostics(document.uri), []);
  });
});
