import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { isLoopToolError } from '../../core/errors.ts';
import { operationsOnSave, type OperationStamp } from '../../core/review/savedLabels.ts';
import { SavedText, type LabelChange } from '../../core/review/savedText.ts';
import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { labelHash } from '../../core/dataset/identity.ts';
import { loadCompanions } from '../../node/companionFiles.ts';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerContext } from '../feature.ts';
import { pause } from '../pause.ts';
import { pathOf } from '../projects.ts';
import { answeredLabel } from '../sampleResults.ts';
import type { ServerProject } from '../serverProject.ts';
import { LiveText } from '../text/liveText.ts';
import type { LabelSources } from './labelSources.ts';
import type { ProjectDecisions } from './projectDecisions.ts';

type Stamp = { readonly mtimeMs: number; readonly size: number };

type Text = () => string;

type Watched = {
  readonly path: string;
  readonly saved: SavedText;
  /** Of the document, when it was last known to say what the file says. */
  version: number;
  /** The file on disk when it was last known to hold `saved`. */
  stamp: Stamp | undefined;
  /** The document and the file say the same, and nobody has said yet that it was saved. */
  followed: { readonly text: Text; readonly version: number; readonly stamp: Stamp } | undefined;
  /** What is to be done with this file happens one after the other. */
  queue: Promise<void>;
};

/**
 * Writes a decision when a dataset of a project is saved with another label, and takes it back when it is saved with the old
 * one. Starts from what stands on disk when a document is opened. A document that followed a change of its file (a checkout,
 * another window's save) says the same as the file and is not saved before it is edited again: then that is the new start.
 */
export class SavedDatasets {
  private readonly watched = new Map<string, Watched>();

  constructor(
    private readonly server: ServerContext,
    private readonly decisions: ProjectDecisions,
    private readonly sources: LabelSources,
    private readonly stampOf: OperationStamp,
  ) {}

  /** After a document was opened, changed or closed. */
  changed(uri: string): void {
    const document = this.server.dataset(uri)?.document;
    const watched = this.watched.get(uri);
    if (document === undefined) this.watched.delete(uri);
    else if (watched === undefined) this.open(uri, document);
    else if (!this.server.tellsFollowed) {
      const { version } = document;
      const text = snapshotOf(document);
      const now = Date.now();
      void then(watched, () => this.follow(watched, { text, version }, now));
    }
  }

  /** The document was made to say what its file says, by nobody's hand. */
  followed(uri: string): void {
    const document = this.server.dataset(uri)?.document;
    const watched = this.watched.get(uri);
    if (document === undefined || watched === undefined) return;
    const text = snapshotOf(document);
    watched.version = document.version;
    void then(watched, async () => {
      watched.saved.rebase(text);
      watched.stamp = await stampOfFile(watched.path);
    });
  }

  /** Resolves when nothing is left to do for a document. */
  settled(uri: string): Promise<void> {
    return this.watched.get(uri)?.queue ?? Promise.resolve();
  }

  /** Resolves when what follows from the save is on disk. */
  save(uri: string): Promise<void> {
    const dataset = this.server.dataset(uri);
    const watched = this.watched.get(uri);
    if (dataset === undefined) return Promise.resolve();
    const { document } = dataset;
    if (watched === undefined) {
      this.open(uri, document);
      return Promise.resolve();
    }
    const { version } = document;
    const text = snapshotOf(document);
    const isUnchanged = watched.version === version;
    watched.version = version;
    return then(watched, async () => {
      const { followed } = watched;
      watched.stamp = await stampOfFile(watched.path);
      watched.followed = undefined;
      // Followed first, and then saved as it was: the file was written once more. Another text in it is that of a later save.
      if (followed?.version === version && !isSame(followed.stamp, watched.stamp) && sameText(await utf8Of(watched.path), text())) watched.saved.rebase(followed.text);
      if (isUnchanged) return;
      const { dialect } = dataset;
      if (dialect === undefined || !this.server.trusted()) watched.saved.rebase(text);
      else await this.write(uri, watched, text, dialect);
    });
  }

  private open(uri: string, document: TextDocument): void {
    const path = pathOf(uri);
    const project = this.server.projectOf(uri);
    // What jobs write is theirs, and no dataset of a person.
    if (path === undefined || project === undefined || isInside(join(project.directory, '.looptool'), path)) return;
    const watched: Watched = { path, saved: new SavedText(snapshotOf(document)), version: document.version, stamp: stampNow(path), followed: undefined, queue: Promise.resolve() };
    this.watched.set(uri, watched);
    if (!this.server.tellsFollowed) this.startFromFile(uri);
  }

  /** A document that was restored with unsaved changes does not say what its file says. */
  startFromFile(uri: string): void {
    const watched = this.watched.get(uri);
    if (watched === undefined) return;
    const { path } = watched;
    const text = watched.saved.current;
    void then(watched, async () => {
      const onDisk = await utf8Of(path);
      const stamp = await stampOfFile(path);
      // One that was written meanwhile was saved.
      if (onDisk !== undefined && !sameText(onDisk, text()) && stamp !== undefined && isSame(stamp, watched.stamp) && watched.saved.current === text) {
        watched.saved.rebase(() => onDisk);
        watched.version = -1;
      }
    });
  }

  private async follow(watched: Watched, { text, version }: { readonly text: Text; readonly version: number }, changedAt: number): Promise<void> {
    if (watched.followed !== undefined) {
      watched.saved.rebase(watched.followed.text);
      watched.stamp = watched.followed.stamp;
      watched.followed = undefined;
    }
    const stamp = await stampOfFile(watched.path);
    if (stamp === undefined || isSame(stamp, watched.stamp)) return;
    // A file that was written after the document changed was saved: `save` sees to that.
    if (stamp.mtimeMs > changedAt || !sameText(await utf8Of(watched.path), text())) return;
    if (isSame(await stampOfFile(watched.path), stamp)) watched.followed = { text, version, stamp };
  }

  private async write(uri: string, watched: Watched, text: Text, dialect: Dialect): Promise<void> {
    const project = this.server.projectOf(uri);
    if (project === undefined) return watched.saved.rebase(text);
    const run = watched.saved.save(text, dialect, await companionsOf(watched.path, dialect, project));
    let step = run.next();
    while (step.done !== true) {
      await pause();
      step = run.next();
    }
    if (step.value.length === 0) return;
    try {
      const log = this.decisions.of(project.directory);
      const saved = step.value.map((change) => ({ ...change, source: this.sourceOf(uri, change) }));
      await log.refresh();
      const operations = operationsOnSave(saved, log.state, this.stampOf);
      await log.append(operations);
    } catch (error) {
      this.server.connection.window.showErrorMessage(`LoopTool: ${isLoopToolError(error) ? error.userMessage : String(error)}`);
    }
  }

  private sourceOf(uri: string, { sampleId, after }: LabelChange): string {
    const known = this.sources.of(sampleId, after.labelHash);
    if (known !== undefined) return known;
    const label = answeredLabel(this.server.results.of(uri, sampleId));
    return label !== undefined && labelHash(label) === after.labelHash ? 'prediction' : 'edit';
  }
}

/** Documents of this server keep what edits replace; of others there is the text alone. */
function snapshotOf(document: TextDocument): Text {
  if (document instanceof LiveText) return document.snapshot();
  const text = document.getText();
  return () => text;
}

function then(watched: Watched, work: () => Promise<void>): Promise<void> {
  watched.queue = watched.queue.then(work, work);
  return watched.queue;
}

async function companionsOf(path: string, dialect: Dialect, project: ServerProject): Promise<Companions> {
  return dialect.companions === undefined ? noCompanions : (await loadCompanions(path, dialect, project.dataset(path)?.companions)).companions;
}

function stampNow(path: string): Stamp | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { mtimeMs: stats.mtimeMs, size: stats.size };
}

async function stampOfFile(path: string): Promise<Stamp | undefined> {
  try {
    const { mtimeMs, size } = await stat(path);
    return { mtimeMs, size };
  } catch {
    return undefined;
  }
}

function isSame(a: Stamp | undefined, b: Stamp | undefined): boolean {
  return a?.mtimeMs === b?.mtimeMs && a?.size === b?.size;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for files in another encoding, which only the editor can read, and for those that are not there. */
async function utf8Of(path: string): Promise<string | undefined> {
  try {
    return utf8.decode(await readFile(path));
  } catch {
    return undefined;
  }
}

/** Editors make all line ends of a document the same. */
function sameText(a: string | undefined, b: string): boolean {
  return a === b || (a !== undefined && a.includes('\r') !== b.includes('\r') ? a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n') : false);
}

function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside === '' || (!inside.startsWith('..') && !isAbsolute(inside));
}
