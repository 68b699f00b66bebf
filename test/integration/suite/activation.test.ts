import * as assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';
import { extensionApi } from './extensionUnderTest.ts';

type Manifest = { readonly contributes: { readonly commands: readonly { readonly command: string }[] } };

describe('the extension', () => {
  it('registers every command that it contributes, and contributes every command that it registers', async () => {
    await extensionApi();
    const extension = extensions.getExtension('looptool.looptool');
    const manifest = extension?.packageJSON as Manifest; // our own package.json
    const contributed = manifest.contributes.commands.map((c) => c.command).sort();
    const registered = (await commands.getCommands(true)).filter((c) => c.startsWith('looptool.') && !/^looptool\.(rounds|findings)\./.test(c)).sort();
    assert.deepEqual(registered, contributed);
  });
});
