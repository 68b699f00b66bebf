import { Disposable, EventEmitter, FileChangeType, FilePermission, FileSystemError, FileType, l10n, Range, Uri, workspace, WorkspaceEdit, type Event, type FileChangeEvent, type FileStat, type FileSystemProvider, type TextDocument } from 'vscode';
import type { Services } from '../services.ts';

export const labelScheme = 'looptool-label';
const schemaScheme = 'looptool-schema';

/** Which label a document shows, kept in its address so that a tab finds it again after a reload. */
export type LabelPlace = { readonly uri: string; readonly record: number; readonly step: number; readonly sampleId: string };

export function labelUri(place: LabelPlace): Uri {
  const name = decodeURIComponent(place.uri.slice(place.uri.lastIndexOf('/') + 1));
  return Uri.from({ scheme: labelScheme, path: `/${l10n.t('{0} record {1} label', name, place.record + 1)}.json`, query: JSON.stringify(place) });
}

/** Serves labels as JSON files, and their schemas. It asks nothing before one is opened. */
export function registerLabelFiles(services: Pick<Services, 'language'>): readonly Disposable[] {
  const files = new LabelFiles(services);
  return [
    files,
    workspace.registerFileSystemProvider(labelScheme, files, { isCaseSensitive: true, isReadonly: !workspace.isTrusted }),
    workspace.registerTextDocumentContentProvider(schemaScheme, { provideTextDocumentContent: (uri) => files.schemaAt(uri.path) }),
  ];
}

type OpenLabel = { readonly text: string; readonly schema: string; labelHash: string; record: number; changedMs: number };

const attempts = 3;
/** How long a starting server is waited for, in milliseconds. */
const longestStart = 10_000;

/** A label document is read from the dataset's editor, and saved as the smallest edit of it: with its undo, and unsaved where it was unsaved. */
class LabelFiles implements FileSystemProvider, Disposable {
  readonly #changed = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile: Event<FileChangeEvent[]> = this.#changed.event;
  readonly #open = new Map<string, OpenLabel>();

  constructor(private readonly services: Pick<Services, 'language'>) {}

  schemaAt(path: string): string {
    const id = path.slice(1, -'.json'.length);
    for (const [uri, { schema }] of this.#open) if (placeOf(Uri.parse(uri)).sampleId === id) return schema;
    return '{}';
  }

  watch(uri: Uri): Disposable {
    const place = placeOf(uri);
    let timer: NodeJS.Timeout | undefined;
    const subscription = workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.toString() !== place.uri) return;
      clearTimeout(timer);
      timer = setTimeout(() => void this.#look(uri), 300);
    });
    return new Disposable(() => {
      clearTimeout(timer);
      subscription.dispose();
    });
  }

  async stat(uri: Uri): Promise<FileStat> {
    const { text, changedMs } = await this.#label(uri);
    return { type: FileType.File, ctime: 0, mtime: changedMs, size: Buffer.byteLength(text), ...(workspace.isTrusted ? {} : { permissions: FilePermission.Readonly }) };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#label(uri)).text);
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    if (!workspace.isTrusted) throw FileSystemError.NoPermissions(l10n.t('This needs a trusted workspace: LoopTool only reads in Restricted Mode.'));
    const place = placeOf(uri);
    const label = await this.#label(uri);
    const text = Buffer.from(content).toString('utf8');
    const source = await workspace.openTextDocument(Uri.parse(place.uri, true));
    const wasDirty = source.isDirty;
    const labelHash = await this.#writeLabel(source, { ...place, labelHash: label.labelHash, record: label.record }, text);
    this.#open.set(uri.toString(), { ...label, text, labelHash, changedMs: Date.now() });
    // A dataset with other unsaved changes is the person's to save.
    if (!wasDirty) await source.save();
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Gives the hash of the label that now stands there. */
  async #writeLabel(source: TextDocument, where: LabelPlace & { readonly labelHash: string }, text: string): Promise<string> {
    const { sampleId, labelHash, record, step } = where;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { saveLabelMethod, saveLabelResultSchema } = await labelContracts();
      const answer = saveLabelResultSchema.safeParse(await this.services.language.request(saveLabelMethod, { textDocument: { uri: where.uri }, sampleId, labelHash, record, step, text }));
      if (!answer.success) throw new FileSystemError(l10n.t('The language server does not run. Open the dataset, then save again.'));
      if (!answer.data.ok) throw new FileSystemError(answer.data.message);
      if (answer.data.version !== source.version) continue;
      const change = new WorkspaceEdit();
      for (const { range, newText } of answer.data.edits) change.replace(source.uri, new Range(range.start.line, range.start.character, range.end.line, range.end.character), newText);
      if (answer.data.edits.length === 0 || (await workspace.applyEdit(change))) return answer.data.labelHash;
    }
    throw new FileSystemError(l10n.t('The dataset changed while the label was saved. Save again.'));
  }

  async #label(uri: Uri): Promise<OpenLabel> {
    return this.#open.get(uri.toString()) ?? this.#read(uri);
  }

  async #read(uri: Uri): Promise<OpenLabel> {
    const place = placeOf(uri);
    await this.#openSource(Uri.parse(place.uri, true));
    const { openLabelMethod, openLabelResultSchema } = await labelContracts();
    const answer = openLabelResultSchema.safeParse(await this.services.language.request(openLabelMethod, { textDocument: { uri: place.uri }, at: place.record, step: place.step }));
    if (!answer.success || !answer.data.ok || answer.data.sampleId !== place.sampleId) throw FileSystemError.FileNotFound(l10n.t('The sample is no longer where it was. Open its label again from the dataset.'));
    const { text, schema, labelHash, record } = answer.data;
    const label = { text: text.replace('{', `{\n  "$schema": ${JSON.stringify(`${schemaScheme}:/${place.sampleId}.json`)},`), schema, labelHash, record, changedMs: Date.now() };
    this.#open.set(uri.toString(), label);
    return label;
  }

  /** The server knows documents that are open, and those that a reloaded window opens only after a moment. */
  async #openSource(uri: Uri): Promise<void> {
    await workspace.openTextDocument(uri);
    if (this.services.language.isOpen(uri)) return;
    await new Promise<void>((resolve) => {
      const subscription = this.services.language.onDidOpen((document) => {
        if (document.uri.toString() === uri.toString()) done();
      });
      const timer = setTimeout(() => done(), longestStart);
      const done = (): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      };
    });
  }

  /** The dataset changed: where the label did, its document is read anew. */
  async #look(uri: Uri): Promise<void> {
    const before = this.#open.get(uri.toString());
    this.#open.delete(uri.toString());
    try {
      const now = await this.#read(uri);
      if (before !== undefined && now.labelHash === before.labelHash) this.#open.set(uri.toString(), before);
      else this.#changed.fire([{ type: FileChangeType.Changed, uri }]);
    } catch {
      // The sample is gone for the moment, while somebody types: the document keeps what it shows.
      if (before !== undefined) this.#open.set(uri.toString(), before);
    }
  }
}

/** Loaded when the first label is opened: they are most of what this file would cost at start. */
function labelContracts() {
  return import('../../protocol/lsp/labelDocument.ts');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function placeOf(uri: Uri): LabelPlace {
  const place = (jsonOf(uri.query) ?? {}) as Partial<LabelPlace>; // Looked at below, not trusted.
  const { uri: dataset, record, step, sampleId } = place;
  if (typeof dataset !== 'string' || typeof sampleId !== 'string' || !isCount(record) || !isCount(step)) throw FileSystemError.FileNotFound(uri);
  return { uri: dataset, record, step, sampleId };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
