import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TextEdit as LspEdit } from 'vscode-languageserver/node';
import { RecordLocator } from '../../core/dataset/locate.ts';
import { editsOfCopies, isRenamed, mentionsOf, renameEdits, renameProblem, type RenameEdits, type Renaming } from '../../core/dataset/renameTool.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';
import { editsIn } from '../../core/dataset/structureEdits.ts';
import { LineIndex } from '../../core/jsonl/lineIndex.ts';
import { eachRecord } from '../../core/jsonl/records.ts';
import type { ServerContext } from '../feature.ts';
import { pathOf } from '../projects.ts';
import { RecordView } from './recordView.ts';
import type { PlacedRecord } from './toolFiles.ts';
import { toolsOf } from './toolsOf.ts';

/** Edits of one document; mentions apart, since nobody can know whether they mean the tool. */
export type DocumentRename = { readonly uri: string; readonly version: number | undefined; readonly edits: LspEdit[]; readonly mentions: LspEdit[] };

/** Gathers the edits of a renaming record by record. Each record is read again with its edits; one that does not say what it should ends it all. */
export class RenameRecords {
  readonly documents = new Map<string, DocumentRename>();
  private readonly companions = new Map<string, Promise<CompanionText | undefined>>();

  constructor(
    private readonly server: ServerContext,
    private readonly renaming: Renaming,
  ) {}

  /** Why the renaming cannot be made, in words for people; undefined when the record's edits are in. */
  async add({ uri, version, view, rangeOf }: PlacedRecord): Promise<string | undefined> {
    const { renaming } = this;
    const tools = toolsOf(view);
    const where = `record ${view.index + 1} of ${uri.slice(uri.lastIndexOf('/') + 1)}`;
    const problem = renameProblem(view.samples, tools, view.dialect.id, renaming);
    if (problem !== undefined) return `${problem} (${where})`;
    const planned = renameEdits(tools, renaming);
    const own = editsIn(view.locator, distinct(planned.own));
    if (own === undefined) return `the name cannot be written in ${where}`;
    const edits = [...own, ...editsOfCopies(view.locator, tools, own)].sort((a, b) => a.start - b.start);
    if (edits.length > 0 && !this.readsRight(view, edits)) return `${where} would say something else than before; nothing was renamed`;
    const document = this.document(uri, version);
    const toLsp = (edit: TextEdit): LspEdit => ({ range: rangeOf(view.toDocument(edit)), newText: edit.newText });
    document.edits.push(...edits.map(toLsp));
    document.mentions.push(...mentionsOf(view.locator, edits, renaming).map(toLsp));
    return (await this.addAnswers(uri, planned.answers)) ? undefined : `the answers of ${where} cannot be renamed`;
  }

  private readsRight(view: RecordView, edits: readonly TextEdit[]): boolean {
    const text = applied(view.text, edits);
    const starts = typeof view.starts === 'number' ? {} : { starts: [...eachRecord(text)].flatMap((entry) => (entry.ok ? [entry.node.start] : [])) };
    const after = new RecordView({ index: view.index, text, base: 0, ...starts, dialect: view.dialect, companions: view.companions });
    return isRenamed(view.samples, after.samples, this.renaming);
  }

  /** Answers that stand in a companion file, beside the dataset. */
  private async addAnswers(uri: string, answers: RenameEdits['answers']): Promise<boolean> {
    for (const { file, record, edits } of answers) {
      const path = pathOf(uri);
      if (path === undefined) return false;
      const companion = await this.companion(resolve(dirname(path), file));
      const start = companion?.starts[record];
      const made = companion === undefined || start === undefined ? undefined : editsIn(new RecordLocator(companion.text, start), present(new RecordLocator(companion.text, start), distinct(edits)));
      if (companion === undefined || made === undefined) return false;
      const at = (offset: number): LspEdit['range']['start'] => {
        const { line, column } = companion.lines.positionAt(offset);
        return { line, character: column };
      };
      this.document(companion.uri, companion.version).edits.push(...made.map((edit) => ({ range: { start: at(edit.start), end: at(edit.end) }, newText: edit.newText })));
    }
    return true;
  }

  private companion(path: string): Promise<CompanionText | undefined> {
    let found = this.companions.get(path);
    if (found === undefined) this.companions.set(path, (found = readCompanion(this.server, path)));
    return found;
  }

  private document(uri: string, version: number | undefined): DocumentRename {
    let document = this.documents.get(uri);
    if (document === undefined) this.documents.set(uri, (document = { uri, version, edits: [], mentions: [] }));
    return document;
  }
}

type CompanionText = { readonly uri: string; readonly version: number | undefined; readonly text: string; readonly lines: LineIndex; readonly starts: readonly (number | undefined)[] };

/** As it is in the editor where it is open there. */
async function readCompanion(server: ServerContext, path: string): Promise<CompanionText | undefined> {
  const { href } = pathToFileURL(path);
  const open = server.datasets().find(({ uri }) => pathOf(uri) === path);
  const text = open?.document.getText() ?? (await readFile(path, 'utf8').catch(() => undefined));
  if (text === undefined) return undefined;
  return { uri: open?.uri ?? href, version: open?.document.version, text, lines: new LineIndex(text), starts: [...eachRecord(text)].map((entry) => (entry.ok ? entry.node.start : undefined)) };
}

/** Possible answers leave out arguments that the first choice has not: only what stands there can be renamed. */
function present(locator: RecordLocator, edits: RenameEdits['own']): RenameEdits['own'] {
  return edits.filter(({ kind, path }) => kind !== 'rename' || locator.locate(path) !== undefined);
}

function distinct(edits: RenameEdits['own']): RenameEdits['own'] {
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
}

function applied(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, newText } of edits) {
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}
