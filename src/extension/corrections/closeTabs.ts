import { TabInputTextDiff, window } from 'vscode';

/** Closes the diffs (and lists of diffs) whose right side has this scheme. */
export async function closeTabs(scheme: string): Promise<void> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => tab.input instanceof TabInputTextDiff && tab.input.modified.scheme === scheme);
  if (tabs.length > 0) await window.tabGroups.close(tabs);
}
