import type { Position} from 'vscode';
import { CodeLens, EventEmitter, l10n, languages, Location, Range, TextEditorRevealType, ThemeColor, Uri, ViewColumn, window, workspace, type Disposable, type TextDocument, type TextEditor } from 'vscode';
import { conversationMethod, conversationResultSchema, type ConversationResult } from '../../protocol/lsp/conversation.ts';
import type { Services } from '../services.ts';
import { VirtualDocuments } from '../virtualDocuments.ts';

const scheme = 'looptool-conversation';
const languageId = 'looptool-conversation';
/** A cursor that is on its way waits this long, in milliseconds. */
const settlesAfter = 60;

type Shown = { readonly source: Uri; readonly result: NonNullable<ConversationResult> };

/** The record at the cursor as a conversation, in one read-only document that follows the cursor from record to record. */
export class ConversationPreview implements Disposable {
  readonly #documents = new VirtualDocuments(scheme);
  readonly #lensesChanged = new EventEmitter<void>();
  readonly #here = window.createTextEditorDecorationType({ isWholeLine: true, backgroundColor: new ThemeColor('editor.rangeHighlightBackground') });
  readonly #uri = Uri.from({ scheme, path: `/${l10n.t('Conversation')}` });
  readonly #subscriptions: readonly Disposable[];
  #shown: Shown | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(private readonly services: Services) {
    const selector = { scheme };
    this.#subscriptions = [
      this.#documents,
      this.#lensesChanged,
      this.#here,
      languages.registerCodeLensProvider(selector, { onDidChangeCodeLenses: this.#lensesChanged.event, provideCodeLenses: () => this.#lenses() }),
      languages.registerDefinitionProvider(selector, { provideDefinition: (_document, position) => this.#sourceOf(position.line) }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#soon(textEditor)),
      window.onDidChangeActiveTextEditor((editor) => this.#soon(editor)),
      workspace.onDidChangeTextDocument(({ document }) => {
        const editor = window.activeTextEditor;
        if (editor?.document === document) this.#soon(editor);
      }),
    ];
  }

  async show(document: TextDocument, position: Position): Promise<void> {
    if (!(await this.#update(document, position))) {
      void window.showInformationMessage(l10n.t('There is no record here that LoopTool knows. Put the cursor on a record of a dataset.'));
      return;
    }
    let opened = await workspace.openTextDocument(this.#uri);
    if (opened.languageId !== languageId) opened = await languages.setTextDocumentLanguage(opened, languageId);
    if (this.#editor() === undefined) await window.showTextDocument(opened, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
    this.#mark();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Follows only while the conversation can be seen. */
  #soon(editor: TextEditor | undefined): void {
    if (editor === undefined || editor.document.uri.scheme === scheme || this.#editor() === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#update(editor.document, editor.selection.active)
        .then((found) => found && this.#mark())
        .catch((error: unknown) => this.services.log.error(error instanceof Error ? error : String(error)));
    }, settlesAfter);
  }

  /** False where no record stands, or a later question overtook this one. */
  async #update(document: TextDocument, { line, character }: Position): Promise<boolean> {
    const asked = (this.#asked += 1);
    const answer = await this.services.language.request(conversationMethod, { textDocument: { uri: document.uri.toString() }, position: { line, character } });
    const parsed = conversationResultSchema.safeParse(answer);
    if (asked !== this.#asked || !parsed.success || parsed.data === null) return false;
    const before = this.#shown?.result.text;
    this.#shown = { source: document.uri, result: parsed.data };
    if (before !== parsed.data.text) {
      const arrived = this.#editor() === undefined ? Promise.resolve() : this.#nextContent();
      this.#documents.put(this.#uri.path, parsed.data.text);
      this.#lensesChanged.fire();
      await arrived;
    }
    return true;
  }

  /** The editor takes new content in its own time. */
  #nextContent(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        subscription.dispose();
        clearTimeout(timer);
        resolve();
      };
      const subscription = workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.#uri.toString()) done();
      });
      const timer = setTimeout(done, 500);
    });
  }

  /** Brings what stands at the cursor into view, and marks it. */
  #mark(): void {
    const editor = this.#editor();
    if (editor === undefined || this.#shown === undefined) return;
    const { line, marks } = this.#shown.result;
    const next = marks.find((mark) => mark.line > line)?.line ?? editor.document.lineCount;
    const range = new Range(line, 0, Math.max(line, next - 1), 0);
    editor.setDecorations(this.#here, [range]);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  }

  #editor(): TextEditor | undefined {
    return window.visibleTextEditors.find(({ document }) => document.uri.toString() === this.#uri.toString());
  }

  #lenses(): CodeLens[] {
    if (this.#shown === undefined) return [];
    const { source, result } = this.#shown;
    return result.labels.flatMap(({ line, step, sampleId, editable }) => {
      const range = new Range(line, 0, line, 0);
      const argument = { uri: source.toString(), record: result.record, step, sampleId };
      const place = this.#sourceOf(line);
      const open = { command: 'vscode.open', title: l10n.t('Show in file'), arguments: [source, { selection: place?.range }] };
      const edit = { command: 'looptool.editLabel', title: l10n.t('Edit label'), arguments: [argument] };
      return [...(editable && workspace.isTrusted ? [new CodeLens(range, edit)] : []), new CodeLens(range, open)];
    });
  }

  /** What the line shows, in the dataset. */
  #sourceOf(line: number): Location | undefined {
    const mark = this.#shown?.result.marks.findLast((one) => one.line <= line);
    if (this.#shown === undefined || mark?.range === undefined) return undefined;
    const { start, end } = mark.range;
    return new Location(this.#shown.source, new Range(start.line, start.character, end.line, end.character));
  }
}
