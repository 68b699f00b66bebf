import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { ExtensionContext } from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activate, type ExtensionApi } from '../../../src/extension/main.ts';

/** What the extension asked the editor for that reads a file, a document or a secret. */
const editor = vi.hoisted(() => ({ asked: [] as string[], errors: [] as unknown[], commands: new Set<string>() }));

vi.mock('vscode', () => {
  const nothing = { dispose: () => undefined };
  const event = (): typeof nothing => nothing;
  const asked = (what: string): void => void editor.asked.push(what);
  return {
    l10n: { t: (message: string) => message },
    EventEmitter: class {
      readonly event = event;
      fire(): void {}
      dispose(): void {}
    },
    FileType: { File: 1, Directory: 2 },
    StatusBarAlignment: { Left: 1 },
    Uri: { joinPath: () => ({}) },
    languages: { onDidChangeDiagnostics: event },
    TabInputText: class {},
    commands: {
      registerCommand: (id: string) => (editor.commands.add(id), nothing),
      executeCommand: () => Promise.resolve(undefined),
    },
    window: {
      createOutputChannel: () => ({ ...nothing, info: () => undefined, warn: (text: unknown) => editor.errors.push(text), error: (text: unknown) => editor.errors.push(text) }),
      createStatusBarItem: () => ({ ...nothing, show: () => undefined, hide: () => undefined }),
      registerWebviewPanelSerializer: () => nothing,
      createTreeView: () => ({ ...nothing, onDidChangeVisibility: event }),
      tabGroups: { activeTabGroup: { activeTab: undefined }, onDidChangeTabs: event },
      onDidChangeActiveTextEditor: event,
    },
    workspace: {
      isTrusted: true,
      workspaceFolders: [{ name: 'folder', uri: { scheme: 'file', path: '/folder', fsPath: '/folder' } }],
      get textDocuments() {
        asked('documents');
        return [];
      },
      fs: {
        readDirectory: () => (asked('readDirectory'), Promise.resolve([])),
        readFile: () => (asked('readFile'), Promise.resolve(new Uint8Array())),
        stat: () => (asked('stat'), Promise.resolve({})),
      },
      findFiles: () => (asked('findFiles'), Promise.resolve([])),
      openTextDocument: () => (asked('openTextDocument'), Promise.resolve({})),
      getConfiguration: () => ({ get: (_name: string, otherwise: unknown) => otherwise }),
      createFileSystemWatcher: () => ({ ...nothing, onDidChange: event, onDidCreate: event, onDidDelete: event }),
      registerTextDocumentContentProvider: event,
      registerFileSystemProvider: event,
      onDidOpenTextDocument: event,
      onDidChangeTextDocument: event,
      onDidCloseTextDocument: event,
      onDidChangeConfiguration: event,
      onDidChangeWorkspaceFolders: event,
      onDidGrantWorkspaceTrust: event,
    },
  };
});

/** Every function of the file system and of child processes, counted by name. */
function watchNode(): readonly string[] {
  const called: string[] = [];
  for (const [module, functions] of [['fs', fs], ['fs.promises', fs.promises], ['child_process', childProcess]] as const) {
    for (const name of Object.keys(functions)) {
      const original: unknown = Reflect.get(functions, name);
      if (typeof original !== 'function' || !/^[a-z]/.test(name)) continue;
      // A module's function by its name: vitest's types want the name of one object, and there are three.
      vi.spyOn(functions as unknown as Record<string, (...values: unknown[]) => unknown>, name).mockImplementation(function (this: unknown, ...values: unknown[]) {
        called.push(`${module}.${name}`);
        return Reflect.apply(original, this, values) as unknown;
      });
    }
  }
  syncBuiltinESMExports();
  return called;
}

describe('activation', () => {
  const subscriptions: { dispose(): unknown }[] = [];
  beforeEach(() => {
    editor.asked.length = 0;
    editor.errors.length = 0;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
  });

  /** Activates, and says which functions of Node were called before it returned. */
  function activated(): { readonly api: ExtensionApi; readonly called: readonly string[] } {
    const asks = (what: string) => () => (editor.asked.push(what), Promise.resolve(undefined));
    const context = {
      subscriptions,
      secrets: { get: asks('secret'), store: asks('secret'), delete: asks('secret') },
      workspaceState: { get: (_name: string, otherwise: unknown) => otherwise, update: () => Promise.resolve() },
      asAbsolutePath: (path: string) => `/extension/${path}`,
    } as unknown as ExtensionContext; // The part of it that is used.
    const called = watchNode();
    const api = activate(context);
    const sofar = [...called];
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    return { api, called: sofar };
  }

  it('reads no file, document or secret and starts no process before it returns, and looks for projects and open datasets then', async () => {
    const { api, called } = activated();
    expect(called).toEqual([]);
    expect(editor.asked).toEqual([]);
    expect(editor.commands.size).toBeGreaterThan(20);
    await new Promise((resolve) => setImmediate(resolve));
    expect(editor.asked).toEqual(['documents', 'readDirectory']);
    await api.refresh();
    expect(editor.errors).toEqual([]);
  });

  it('is watched well: a read and a process that were started would be seen', () => {
    const called = watchNode();
    fs.existsSync(import.meta.filename);
    childProcess.spawnSync(process.execPath, ['--version']);
    expect(called).toEqual(expect.arrayContaining(['fs.existsSync', 'child_process.spawnSync']));
  });
});
