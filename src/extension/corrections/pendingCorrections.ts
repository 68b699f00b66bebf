import { commands } from 'vscode';
import type { FileCorrections } from '../../app/corrections.ts';
import type { Project } from '../projects.ts';

export type PreviewedFile = { readonly path: string; readonly version: number; readonly plan: FileCorrections };
export type Preview = { readonly project: Project; readonly files: readonly PreviewedFile[] };

/** The corrections that a preview shows and that wait for a yes or no. One preview at a time. */
export class PendingCorrections {
  #preview: Preview | undefined;

  get preview(): Preview | undefined {
    return this.#preview;
  }

  async set(preview: Preview | undefined): Promise<void> {
    this.#preview = preview;
    await commands.executeCommand('setContext', 'looptool.correctionsPending', preview !== undefined);
  }
}
