import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, WorkspaceEdit } from 'vscode-languageserver/node';
import { extrasKey } from '../../core/dataset/reading/recordExtras.ts';
import { editsIn, structureEdits } from '../../core/dataset/structureEdits.ts';
import type { StructureEdit } from '../../core/dataset/structureEdit.ts';
import { listMember, member } from '../../core/json/member.ts';
import { parseJson } from '../../core/json/parse.ts';
import { isJsonObject, type JsonValue } from '../../core/json/value.ts';
import { ProjectFiles } from '../../node/projectFiles.ts';
import type { SuppressArguments } from '../../protocol/lsp/fixes.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { ServerContext } from '../feature.ts';
import type { ServerProject } from '../serverProject.ts';
import { quickFix, type Draft } from './draft.ts';
import { recordEdit, workspaceEdit } from './editorEdits.ts';
import { pathOf } from '../projects.ts';
import { LiveText } from '../text/liveText.ts';

export const suppressCommand = 'looptool.suppress';

export type Suppressed = { readonly rule: string; readonly record: RecordView; readonly sampleId: string; readonly diagnostics: readonly Diagnostic[] };

/** Here, in this file, everywhere. What is written beside the documents is written in trusted workspaces alone. */
export function suppressDrafts(server: ServerContext, dataset: OpenDataset, finding: Suppressed): readonly Draft[] {
  const { uri } = dataset;
  const project = server.projectOf(uri);
  const path = pathOf(uri);
  const inRecord = (): readonly Draft[] => {
    const draft = recordDraft(server, dataset, finding);
    return draft === undefined ? [] : [draft];
  };
  if (project === undefined || path === undefined) return inRecord();
  const { rule, sampleId } = finding;
  const disable: Draft = { action: quickFix(`Disable ${rule} in looptool.json`, finding.diagnostics), make: () => disableEdit(server, project, rule) };
  if (!server.trusted()) return [...inRecord(), disable];
  const file = new ProjectFiles(project.directory).relative(path);
  return [
    commandDraft(`Suppress ${rule} here`, finding, { uri, rule, sampleId }),
    commandDraft(`Suppress ${rule} in this file`, finding, { uri, rule, file }),
    disable,
  ];
}

function commandDraft(title: string, finding: Suppressed, argument: SuppressArguments): Draft {
  return { action: { ...quickFix(title, finding.diagnostics), command: { title, command: suppressCommand, arguments: [argument] } } };
}

/** By `looptool.ignore` of the record itself, where the record is an object. */
function recordDraft(server: ServerContext, dataset: OpenDataset, finding: Suppressed): Draft | undefined {
  const { record, rule } = finding;
  const edit = ignoreEdit(record.value, rule);
  const edits = edit && editsIn(record.locator, [edit]);
  if (edits === undefined || edits.length === 0) return undefined;
  return { action: quickFix(`Suppress ${rule} here`, finding.diagnostics), make: () => recordEdit(server.client, dataset, record, edits) };
}

function ignoreEdit(record: JsonValue | undefined, rule: string): StructureEdit | undefined {
  if (record === undefined || !isJsonObject(record)) return undefined;
  const own = member(record, extrasKey);
  if (own === undefined) return { kind: 'set', path: [extrasKey], value: { ignore: [rule] } };
  if (!isJsonObject(own)) return undefined;
  const list = listMember(own, 'ignore');
  return list === undefined ? { kind: 'set', path: [extrasKey, 'ignore'], value: [rule] } : { kind: 'set', path: [extrasKey, 'ignore', list.length], value: rule };
}

/** The rule's severity in looptool.json becomes `off`; its options stay. */
async function disableEdit(server: ServerContext, { directory }: ServerProject, rule: string): Promise<WorkspaceEdit | undefined> {
  const path = new ProjectFiles(directory).config();
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const parsed = text === undefined ? undefined : parseJson(text);
  if (text === undefined || parsed?.ok !== true) return undefined;
  const edits = structureEdits(text, 0, [offEdit(parsed.value, rule)]);
  return edits && workspaceEdit([{ document: new LiveText(pathToFileURL(path).href, 'json', 0, text), version: null, edits }], server.client);
}

function offEdit(config: JsonValue, rule: string): StructureEdit {
  const lint = member(config, 'lint');
  if (lint === undefined) return { kind: 'set', path: ['lint'], value: { rules: { [rule]: 'off' } } };
  const rules = member(lint, 'rules');
  if (rules === undefined) return { kind: 'set', path: ['lint', 'rules'], value: { [rule]: 'off' } };
  const own = member(rules, rule);
  const isObject = own !== undefined && isJsonObject(own);
  return { kind: 'set', path: ['lint', 'rules', rule, ...(isObject ? ['severity'] : [])], value: 'off' };
}
