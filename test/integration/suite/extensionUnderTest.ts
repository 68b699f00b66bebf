import * as assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commands, extensions, workspace, type TreeItem } from 'vscode';
import type { ExtensionApi } from '../../../src/extension/main.ts';
import type { TreeNode } from '../../../src/extension/tree/nodes.ts';

/** The extension, activated, with what it exports for tests. */
export async function extensionApi(): Promise<ExtensionApi> {
  const extension = extensions.getExtension<ExtensionApi>('looptool.looptool');
  assert.ok(extension, 'the extension is not there');
  return extension.activate();
}

/** A fresh folder inside the workspace; projects are found one level down. */
export function freshFolder(name: string): string {
  const root = workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(root, 'the tests need a workspace folder');
  const folder = join(root, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await (await extensionApi()).refresh();
  await commands.executeCommand('workbench.action.closeAllEditors');
}

/** Waits for something that the editor does in its own time. */
export async function eventually<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, withinMs = 15_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Children of the node reached by these labels from the root, with their labels. */
export async function childrenAt(api: ExtensionApi, ...labels: readonly string[]): Promise<{ readonly node: TreeNode; readonly item: TreeItem; readonly label: string }[]> {
  let parent: TreeNode | undefined;
  for (const label of labels) {
    const found = (await listed(api, parent)).find((c) => c.label === label);
    assert.ok(found, `no ${label} in the tree`);
    parent = found.node;
  }
  return listed(api, parent);
}

async function listed(api: ExtensionApi, parent: TreeNode | undefined) {
  const nodes = await api.tree.getChildren(parent);
  return nodes.map((node) => {
    const item = api.tree.getTreeItem(node);
    return { node, item, label: typeof item.label === 'string' ? item.label : (item.label?.label ?? '') };
  });
}
