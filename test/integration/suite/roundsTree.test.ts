import * as assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { buildProject } from '../../builders/builtProject.ts';
import { childrenAt, eventually, extensionApi, freshFolder, removeFolder } from './extensionUnderTest.ts';

describe('the rounds tree', () => {
  let folder: string;
  before(async () => {
    folder = freshFolder('weather');
    buildProject(folder, { samples: 260, mismatched: 230 });
    await (await extensionApi()).refresh();
  });
  after(() => removeFolder(folder));

  it('shows the project, its round and the stages with their counts', async () => {
    const api = await extensionApi();
    assert.deepEqual((await childrenAt(api)).map((c) => c.label), ['weather']);
    const stages = await childrenAt(api, 'weather', 'Round 1');
    assert.deepEqual(stages.map((c) => c.label), ['Train', 'Probe', 'Verify', 'Expand', 'Compose', 'Evaluate']);
    assert.match(String(stages[1]?.item.description), /30 of 260 match · 230 mismatched/);
    assert.match(stages[4]?.item.contextValue ?? '', /;runnable/);
  });

  it('shows a bucket page by page', async () => {
    const api = await extensionApi();
    const shown = await childrenAt(api, 'weather', 'Round 1', 'Probe', 'Mismatched');
    assert.equal(shown.length, 201);
    const more = shown.at(-1);
    assert.equal(more?.node.kind, 'more');
    await commands.executeCommand('looptool.showMore', more?.node);
    assert.equal((await childrenAt(api, 'weather', 'Round 1', 'Probe', 'Mismatched')).length, 230);
  });

  it('opens a sample in its dataset file at the label', async () => {
    const api = await extensionApi();
    const [sample] = await childrenAt(api, 'weather', 'Round 1', 'Verify', 'Label wrong');
    assert.ok(sample);
    await commands.executeCommand('looptool.openSample', sample.node);
    const editor = window.activeTextEditor;
    assert.match(editor?.document.fileName ?? '', /train\.jsonl$/);
    const line = editor?.document.lineAt(editor.selection.active.line).text ?? '';
    assert.ok(line.includes(sample.label), `the cursor is on another record than ${sample.label}`);
    assert.ok(editor && line.slice(editor.selection.active.character).startsWith('"<tool_call>'), 'the cursor is not at the label');
  });

  it('shows a sample that has no place in a file as a document of its own', async () => {
    const api = await extensionApi();
    const [sample] = await childrenAt(api, 'weather', 'Round 1', 'Expand', 'Accepted');
    assert.equal(sample?.item.command?.command, 'looptool.showSample');
    await commands.executeCommand('looptool.showSample', sample?.node);
    const document = window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'looptool');
    assert.equal((JSON.parse(document?.getText() ?? '') as { expand: { status: string } }).expand.status, 'candidate');
  });

  it('opens the review of a round in a panel', async () => {
    await commands.executeCommand('looptool.openReview');
    await eventually('the review panel', () => window.tabGroups.all.some((g) => g.tabs.some((t) => t.label === 'Review: round 1')));
  });
});
