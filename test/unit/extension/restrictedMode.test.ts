import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commandTable, registerCommands } from '../../../src/extension/commandTable.ts';
import type { Services } from '../../../src/extension/services.ts';

const editor = vi.hoisted(() => ({ handlers: new Map<string, (argument: unknown) => Promise<void>>(), shown: [] as string[] }));

vi.mock('vscode', () => ({
  l10n: { t: (message: string) => message },
  workspace: { isTrusted: false },
  window: { showErrorMessage: (message: string) => (editor.shown.push(message), Promise.resolve(undefined)) },
  commands: { registerCommand: (id: string, handler: (argument: unknown) => Promise<void>) => (editor.handlers.set(id, handler), { dispose: () => undefined }) },
}));

type Contributed = { readonly command: string; readonly enablement?: string };
// Our own package.json.
const { contributes, capabilities } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
  readonly contributes: { readonly commands: readonly Contributed[] };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: unknown } };
};

/** What shows and does nothing else. Every other command sends, runs, signals or writes. */
const reading = ['discardCorrections', 'jobMenu', 'showLog', 'refresh', 'openConfig', 'openJournal', 'openSample', 'showSample', 'showSamples', 'copySampleId', 'showMore', 'showConversation', 'restartServer', 'chooseDialect', 'checkDataset', 'showFindings', 'showChecked', 'findingsByRule', 'findingsByTool', 'filterFindings', 'clearFindingsFilter', 'openFinding', 'moreFindings', 'showRule', 'showPromptTemplate'].map((name) => `looptool.${name}`);
const acting = contributes.commands.map((c) => c.command).filter((command) => !reading.includes(command));

describe('in Restricted Mode', () => {
  beforeEach(() => {
    editor.shown.length = 0;
    editor.handlers.clear();
  });

  it('the extension is there, with less', () => {
    expect(capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect(acting.length).toBeGreaterThan(10);
  });

  it.each(acting)('%s is disabled', (command) => {
    const enablement = contributes.commands.find((c) => c.command === command)?.enablement ?? '';
    // One condition among others that all have to hold: an "or" could let it through.
    expect(enablement).not.toContain('||');
    expect(enablement.split('&&').map((condition) => condition.trim())).toContain('isWorkspaceTrusted');
  });

  it.each(acting)('%s refuses when it is called all the same, and touches nothing', async (command) => {
    const touched: string[] = [];
    const log = { error: () => undefined };
    // Nothing of it but the log may be asked for.
    const services = new Proxy({}, { get: (_target, name) => (name === 'log' ? log : touched.push(String(name))) }) as Services;
    registerCommands(services);
    await editor.handlers.get(command)?.(undefined);
    expect(editor.shown).toEqual([expect.stringContaining('trusted workspace')]);
    expect(touched).toEqual([]);
  });

  it.each(reading)('%s stays', (command) => {
    expect(commandTable[command]?.trusted).toBe(false);
    expect(contributes.commands.find((c) => c.command === command)?.enablement ?? '').not.toContain('isWorkspaceTrusted');
  });
});
