import { isAbsolute, relative, resolve } from 'node:path';
import { Range, Uri, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import { structureEdits } from '../../core/dataset/structureEdits.ts';
import type { StructureEdit } from '../../core/dataset/structureEdit.ts';
import { isJsonArray } from '../../core/json/member.ts';
import { nodeValue, parseTree } from '../../core/json/tree.ts';
import { isJsonObject, type JsonValue } from '../../core/json/value.ts';

/** Writes the dialect beside the file's entries in looptool.json, through the editor with its undo. False where the file is none of its datasets. */
export async function chooseInProject(project: Uri, file: Uri, dialect: string | undefined): Promise<boolean> {
  const document = await workspace.openTextDocument(Uri.joinPath(project, 'looptool.json'));
  const text = document.getText();
  const edits = datasetEdits(text, project.fsPath, file.fsPath, dialect);
  if (edits.length === 0) return false;
  const changes = structureEdits(text, 0, edits);
  if (changes === undefined) return false;
  const wasSaved = !document.isDirty;
  const edit = new WorkspaceEdit();
  for (const { start, end, newText } of changes) edit.replace(document.uri, rangeOf(document, start, end), newText);
  if (!(await workspace.applyEdit(edit))) return false;
  if (wasSaved) await document.save();
  return true;
}

function rangeOf(document: TextDocument, start: number, end: number): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}

/** Changes of looptool.json: one for each entry that names the file, or a folder that it lies in. */
export function datasetEdits(text: string, project: string, file: string, dialect: string | undefined): readonly StructureEdit[] {
  const parsed = parseTree(text);
  const config = parsed.ok ? nodeValue(parsed.node) : undefined;
  const datasets = isJsonObject(config) && Object.hasOwn(config, 'datasets') ? config['datasets'] : undefined;
  if (!isJsonObject(datasets)) return [];
  return ['seed', 'heldOut'].flatMap((set) => {
    const entries: JsonValue | undefined = Object.hasOwn(datasets, set) ? datasets[set] : undefined;
    return isJsonArray(entries) ? entries.flatMap((entry, index) => entryEdit(entry, ['datasets', set, index, 'dialect'], project, file, dialect)) : [];
  });
}

function entryEdit(entry: JsonValue, path: readonly (string | number)[], project: string, file: string, dialect: string | undefined): readonly StructureEdit[] {
  const named = isJsonObject(entry) && Object.hasOwn(entry, 'path') ? entry['path'] : undefined;
  if (!isJsonObject(entry) || typeof named !== 'string' || !holds(resolve(project, named), file)) return [];
  if (dialect !== undefined) return [{ kind: 'set', path, value: dialect }];
  return Object.hasOwn(entry, 'dialect') ? [{ kind: 'remove', path }] : [];
}

function holds(entry: string, file: string): boolean {
  const below = relative(entry, file);
  return below === '' || (!below.startsWith('..') && !isAbsolute(below));
}
