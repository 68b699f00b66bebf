import { LSPErrorCodes, ResponseError, type ChangeAnnotation, type ClientCapabilities, type Range, type TextDocumentEdit, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver/node';
import { renameProblem } from '../../core/dataset/renameTool.ts';
import type { DocumentRename } from '../dataset/renameRecords.ts';
import { RenameRecords } from '../dataset/renameRecords.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import { toolAt, type ToolAt } from '../dataset/toolAt.ts';
import { controlOf, projectFiles, recordsWithTool } from '../dataset/toolFiles.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { rangeIn } from '../ranges.ts';
import { subjectOf, type Subject } from './references.ts';

const mentionAnnotation = 'mention';

/** Renames a tool or one of its parameters in this document and in all dataset files of its project; all or nothing. */
export const rename: Feature = {
  capabilities: { renameProvider: { prepareProvider: true, workDoneProgress: true } },
  register: (server) => {
    const found = (uri: string, position: Range['start']): Named => {
      const open = server.dataset(uri);
      const offset = open?.document.offsetAt(position);
      const record = offset === undefined ? undefined : open?.recordAt(offset);
      const at = record === undefined || offset === undefined ? undefined : toolAt(record, offset);
      const subject = subjectOf(at);
      if (open === undefined || at?.name === undefined || subject === undefined) throw refused('Only names of tools and of their parameters can be renamed here.');
      return { open, at, range: rangeIn(open, at.name), subject };
    };
    server.connection.onPrepareRename(({ textDocument, position }) => {
      const { range, subject } = found(textDocument.uri, position);
      return { range, placeholder: subject.parameter ?? subject.tool };
    });
    server.connection.onRenameRequest(async ({ textDocument, position, newName }, token, progress): Promise<WorkspaceEdit> => {
      const { open, at, subject } = found(textDocument.uri, position);
      const renaming = { ...subject, to: newName };
      if (newName === (subject.parameter ?? subject.tool)) return { changes: {} };
      const problem = renameProblem(at.record.samples, toolsOf(at.record), at.record.dialect.id, renaming);
      if (problem !== undefined) throw refused(`Not renamed: ${problem}.`);
      progress.begin(`Renaming to ${newName}`, 0, undefined, true);
      try {
        const control = controlOf(token, (done, total) => progress.report(Math.floor((100 * done) / Math.max(1, total))));
        const records = new RenameRecords(server, renaming);
        const { version } = open.document;
        for await (const record of recordsWithTool(server, subject.tool, projectFiles(server, open.uri), [open], control)) {
          const reason = await records.add(record);
          if (reason !== undefined) throw refused(`Not renamed: ${reason}.`);
        }
        if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
        if (open.document.version !== version) throw new ResponseError(LSPErrorCodes.ContentModified, 'the document changed');
        return workspaceEdit([...records.documents.values()], server.client, newName);
      } finally {
        progress.done();
      }
    });
  },
};

type Named = { readonly open: OpenDataset; readonly at: ToolAt; readonly range: Range; readonly subject: Subject };

function refused(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}

/** Mentions in texts are offered unticked, where the editor can ask; else they are left alone. */
function workspaceEdit(documents: readonly DocumentRename[], client: ClientCapabilities, newName: string): WorkspaceEdit {
  const support = client.workspace?.workspaceEdit;
  const asks = support?.documentChanges === true && support.changeAnnotationSupport !== undefined;
  if (support?.documentChanges !== true) {
    const changes: { [uri: string]: TextEdit[] } = {};
    for (const { uri, edits } of documents) if (edits.length > 0) changes[uri] = edits;
    return { changes };
  }
  const documentChanges = documents.flatMap(({ uri, version, edits, mentions }): TextDocumentEdit[] => {
    const all = [...edits, ...(asks ? mentions.map((edit) => ({ ...edit, annotationId: mentionAnnotation })) : [])];
    return all.length === 0 ? [] : [{ textDocument: { uri, version: version ?? null }, edits: all }];
  });
  const annotation: ChangeAnnotation = { label: 'Mentions in texts', description: `Texts that say the name: ${newName} would stand there`, needsConfirmation: true };
  const mentioned = asks && documents.some(({ mentions }) => mentions.length > 0);
  return { documentChanges, ...(mentioned ? { changeAnnotations: { [mentionAnnotation]: annotation } } : {}) };
}
