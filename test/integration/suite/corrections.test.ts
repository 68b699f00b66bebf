import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commands, TabInputTextDiff, window, workspace } from 'vscode';
import { buildProject, cityLabel, decide } from '../../builders/builtProject.ts';
import { eventually, extensionApi, freshFolder, removeFolder } from './extensionUnderTest.ts';

describe('applying corrections', () => {
  let folder: string;
  beforeEach(async () => {
    folder = freshFolder('corrected');
  });
  afterEach(() => removeFolder(folder));

  it('shows a diff, changes nothing before the answer, then makes the smallest edits, saved and undoable', async () => {
    const { samples, datasetFile } = buildProject(folder);
    const [first, second] = samples;
    assert.ok(first && second);
    decide(folder, first, cityLabel('Lyon', 1));
    decide(folder, second, cityLabel('Rome', 2), { labelHash: 'lbl_of_another_label' });
    await (await extensionApi()).refresh();
    const before = readFileSync(datasetFile, 'utf8');

    await commands.executeCommand('looptool.applyCorrections');
    const tab = await eventually('the diff', () => window.tabGroups.activeTabGroup.activeTab);
    assert.ok(tab.input instanceof TabInputTextDiff, 'the active tab is no diff');
    assert.equal(tab.input.modified.scheme, 'looptool-corrections');
    const preview = await workspace.openTextDocument(tab.input.modified);
    assert.equal(readFileSync(datasetFile, 'utf8'), before, 'the file changed before the answer');

    await commands.executeCommand('looptool.confirmCorrections');
    const after = readFileSync(datasetFile, 'utf8');
    // The stale decision on the second sample is left out: only the first record's city changed.
    assert.equal(after, before.replace('Paris\\"', 'Lyon\\"'));
    assert.equal(after, preview.getText());

    await window.showTextDocument(await workspace.openTextDocument(datasetFile));
    await commands.executeCommand('undo');
    assert.equal((await workspace.openTextDocument(datasetFile)).getText(), before);
    await commands.executeCommand('workbench.action.files.revert');
  });

  it('changes nothing when the preview is discarded', async () => {
    const { samples, datasetFile } = buildProject(folder);
    const [first] = samples;
    assert.ok(first);
    decide(folder, first, cityLabel('Lyon', 1));
    await (await extensionApi()).refresh();
    const before = readFileSync(datasetFile, 'utf8');
    await commands.executeCommand('looptool.applyCorrections');
    await commands.executeCommand('looptool.discardCorrections');
    await commands.executeCommand('looptool.confirmCorrections');
    assert.equal(readFileSync(datasetFile, 'utf8'), before);
  });
});
