import { commands } from 'vscode';
import type { FileCorrections } from '../../app/corrections.ts';
import type { Project } from '../projects.ts';

/** With `owners`, a file with answers: the datasets whose labels stand in it, and the corrections of each. */
export type PreviewedFile = {
  readonly path: string;
  readonly version: number;
  readonly plan: FileCorrections;
  readonly owners?: readonly { readonly file: string; readonly answers: string; readonly corrections: FileCorrections['corrections'] }[];
};
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
