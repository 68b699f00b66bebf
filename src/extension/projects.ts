import { commands, EventEmitter, FileType, l10n, Uri, window, workspace, type Disposable, type Event, type WorkspaceFolder } from 'vscode';

/** A folder with a `looptool.json`. */
export type Project = { readonly uri: Uri; readonly directory: string; readonly label: string };

const depth = 2;
const skipped = new Set(['node_modules', '.git', '.looptool', 'dist', 'out']);

/**
 * The projects of this window: folders with a `looptool.json` at most two levels below a workspace folder.
 * A listing of few folders, not a search: it runs at activation.
 */
export class Projects implements Disposable {
  #projects: readonly Project[] = [];
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  get all(): readonly Project[] {
    return this.#projects;
  }

  /** Looks again; tells listeners and the `when` clauses when something is new. */
  async scan(): Promise<void> {
    const found: Project[] = [];
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme === 'file') await collect(folder, folder.uri, depth, found);
    }
    const same = found.length === this.#projects.length && found.every((p, i) => p.directory === this.#projects[i]?.directory);
    this.#projects = found;
    await commands.executeCommand('setContext', 'looptool.hasProject', found.length > 0);
    await commands.executeCommand('setContext', 'looptool.scanned', true);
    if (!same) this.#changed.fire();
  }

  /** The project that a file lies in: the nearest looptool.json above it. */
  of(file: Uri): Project | undefined {
    return this.#projects
      .filter(({ uri }) => uri.scheme === file.scheme && file.path.startsWith(uri.path.endsWith('/') ? uri.path : `${uri.path}/`))
      .reduce<Project | undefined>((best, one) => (best === undefined || one.uri.path.length > best.uri.path.length ? one : best), undefined);
  }

  find(directory: string): Project | undefined {
    return this.#projects.find((p) => p.directory === directory);
  }

  /** The one project, or the one that the person picks; undefined when there is none or the pick is left. */
  async choose(): Promise<Project | undefined> {
    if (this.#projects.length <= 1) {
      if (this.#projects.length === 0) void window.showInformationMessage(l10n.t('There is no looptool.json in this window. Create a project first.'));
      return this.#projects[0];
    }
    const picked = await window.showQuickPick(
      this.#projects.map((project) => ({ label: project.label, description: project.directory, project })),
      { title: l10n.t('LoopTool: which project?'), placeHolder: l10n.t('Project folder') },
    );
    return picked?.project;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

async function collect(folder: WorkspaceFolder, uri: Uri, levels: number, into: Project[]): Promise<void> {
  let entries: readonly [string, FileType][];
  try {
    entries = await workspace.fs.readDirectory(uri);
  } catch {
    // A folder that went away or may not be read has no projects to show.
    return;
  }
  if (entries.some(([name, type]) => name === 'looptool.json' && (type & FileType.File) !== 0)) {
    const below = uri.path.slice(folder.uri.path.length).replace(/^\//, '');
    into.push({ uri, directory: uri.fsPath, label: below === '' ? folder.name : `${folder.name}/${below}` });
  }
  if (levels === 0) return;
  for (const [name, type] of entries) {
    if (type === FileType.Directory && !name.startsWith('.') && !skipped.has(name)) await collect(folder, Uri.joinPath(uri, name), levels - 1, into);
  }
}
