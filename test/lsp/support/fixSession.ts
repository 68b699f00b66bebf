import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  ApplyWorkspaceEditRequest,
  CodeActionRequest,
  CodeActionResolveRequest,
  DidSaveTextDocumentNotification,
  ExecuteCommandRequest,
  TextDocumentEdit,
  type ClientCapabilities,
  type CodeAction,
  type CodeActionContext,
  type Command,
  type Diagnostic,
  type ProtocolConnection,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Session } from './session.ts';
import { SessionDocument } from './sessionDocument.ts';

/** As of VS Code, as far as edits go. */
const capabilities: ClientCapabilities = {
  workspace: { applyEdit: true, workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } } },
  textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } }, resolveSupport: { properties: ['edit'] }, dataSupport: true } },
};

/** A session with a folder of files, which documents are saved to. */
export class FixSession {
  /** Edits that the server asked for by itself; they are made at once. */
  readonly applied: WorkspaceEdit[] = [];
  private readonly documents = new Map<string, FixDocument>();

  private constructor(
    private readonly session: Session,
    readonly folder: string,
  ) {}

  /** `tellsFollowed`: as VS Code does; other editors leave the server to find out. */
  static async start(trusted: boolean, tellsFollowed = false): Promise<FixSession> {
    const session = new FixSession(await Session.start({ capabilities, initializationOptions: { trusted, tellsFollowed } }), mkdtempSync(join(tmpdir(), 'looptool-fixes-')));
    session.connection.onRequest(ApplyWorkspaceEditRequest.type, async ({ edit }) => {
      session.applied.push(edit);
      await session.apply(edit);
      return { applied: true };
    });
    return session;
  }

  get connection(): ProtocolConnection {
    return this.session.connection;
  }

  /** Writes a file below the folder of the session. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  read(name: string): string | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  open(name: string, text: string, languageId?: string): Promise<FixDocument> {
    const uri = pathToFileURL(join(this.folder, name)).href;
    const document = new FixDocument(this.connection, uri, text, languageId);
    this.documents.set(uri, document);
    return document.open();
  }

  /** Open documents are changed, closed files are written. */
  async apply(edit: WorkspaceEdit): Promise<void> {
    for (const change of edit.documentChanges ?? []) {
      if (!TextDocumentEdit.is(change)) throw new Error('an edit of files');
      const { uri, version } = change.textDocument;
      const document = this.documents.get(uri);
      const edits = change.edits.flatMap((one) => ('newText' in one ? [one] : []));
      if (document !== undefined) {
        if (version !== document.version) throw new Error(`edits of version ${String(version)}, the document is at ${document.version}`);
        await document.change(document.applied(edits));
      } else {
        const path = new URL(uri);
        writeFileSync(path, TextDocument.applyEdits(TextDocument.create(uri, 'json', 0, readFileSync(path, 'utf8')), edits));
      }
    }
  }

  async run(command: Command | undefined): Promise<void> {
    if (command === undefined) throw new Error('no command');
    await this.connection.sendRequest(ExecuteCommandRequest.type, { command: command.command, arguments: command.arguments ?? [] });
  }

  async stop(): Promise<void> {
    await this.session.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** A document that stands in a file, and what can be done about its findings. */
export class FixDocument extends SessionDocument {
  /** Makes the text another one by one change of what differs. */
  async change(text: string): Promise<void> {
    const before = this.text;
    let head = 0;
    while (head < Math.min(before.length, text.length) && before[head] === text[head]) head += 1;
    let tail = 0;
    while (tail < Math.min(before.length, text.length) - head && before[before.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
    const range = { start: this.mirror.positionAt(head), end: this.mirror.positionAt(before.length - tail) };
    await this.apply([{ range, newText: text.slice(head, text.length - tail) }]);
  }

  /** Writes the file, then tells the server. */
  async save(): Promise<void> {
    writeFileSync(new URL(this.uri), this.text);
    await this.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: this.id });
  }

  /** Takes over what the file says now, as an editor does that nobody types in. */
  async follow(text: string): Promise<void> {
    writeFileSync(new URL(this.uri), text);
    await this.change(text);
    await this.connection.sendNotification('looptool/followed', this.id);
  }

  /** Resolves when what follows from earlier saves is on disk: actions are given with it. */
  async settled(): Promise<void> {
    const start = { line: 0, character: 0 };
    await this.actionsAt({ start, end: start });
  }

  async actionsAt(range: Range, context: Partial<CodeActionContext> = {}): Promise<readonly CodeAction[]> {
    const actions = await this.connection.sendRequest(CodeActionRequest.type, { textDocument: this.id, range, context: { diagnostics: [], ...context } });
    return (actions ?? []).filter((action): action is CodeAction => 'kind' in action);
  }

  /** Actions on the first finding of a rule, which is known to the editor. */
  async actionsOn(rule: string): Promise<readonly CodeAction[]> {
    // Rules on the whole set speak later than those on single samples.
    let diagnostic: Diagnostic | undefined;
    for (let tries = 0; tries < 200 && diagnostic === undefined; tries += 1) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      diagnostic = (await this.diagnostics()).find(({ code }) => code === rule);
    }
    if (diagnostic === undefined) throw new Error(`no finding of ${rule}`);
    return this.actionsAt(diagnostic.range, { diagnostics: [diagnostic] });
  }

  async editOf(action: CodeAction | undefined): Promise<WorkspaceEdit> {
    if (action === undefined) throw new Error('there is no such action');
    const { edit } = action.edit === undefined ? await this.connection.sendRequest(CodeActionResolveRequest.type, action) : action;
    if (edit === undefined) throw new Error(`${action.title} has no edit`);
    return edit;
  }

  /** The text as it would be with an action's edit. */
  async textWith(action: CodeAction | undefined): Promise<string> {
    const { documentChanges = [] } = await this.editOf(action);
    const [change, ...others] = documentChanges;
    if (change === undefined || others.length > 0 || !TextDocumentEdit.is(change) || change.textDocument.uri !== this.uri) throw new Error('not one edit of this document');
    return this.applied(change.edits.flatMap((one) => ('newText' in one ? [one] : [])));
  }
}
