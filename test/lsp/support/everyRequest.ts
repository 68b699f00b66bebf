import {
  CodeActionRequest,
  CodeLensRequest,
  CodeLensResolveRequest,
  CompletionRequest,
  DefinitionRequest,
  DocumentDiagnosticRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  HoverRequest,
  InlayHintRequest,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  ResponseError,
  SelectionRangeRequest,
  SemanticTokensRequest,
  SignatureHelpRequest,
  WorkspaceSymbolRequest,
  type Diagnostic,
} from 'vscode-languageserver/node';
import { conversationMethod } from '../../../src/protocol/lsp/conversation.ts';
import { findingsMethod } from '../../../src/protocol/lsp/findings.ts';
import { openLabelMethod, saveLabelMethod } from '../../../src/protocol/lsp/labelDocument.ts';
import { dialectsMethod, statusMethod } from '../../../src/protocol/lsp/methods.ts';
import { samplesAtMethod } from '../../../src/protocol/lsp/samplesAt.ts';
import { wholeSampleMethod } from '../../../src/protocol/lsp/wholeSample.ts';
import type { TrialDocument } from './trial.ts';

export type Answer = { readonly method: string; readonly result: unknown };

/** Everything that can be asked of a document, at places of it. A request that is refused has its message for a result; one that fails throws. */
export async function everyRequest(document: TrialDocument, offsets: readonly number[]): Promise<readonly Answer[]> {
  const { connection } = document;
  const answers: Answer[] = [];
  const ask = async <T>(method: string, asked: Promise<T>): Promise<T | undefined> => {
    try {
      const result = await asked;
      answers.push({ method, result });
      return result;
    } catch (error) {
      // RequestFailed: a refusal with its reason.
      if (!(error instanceof ResponseError) || error.code !== -32803) throw new Error(`${method}: ${String(error)}`, { cause: error });
      answers.push({ method, result: error.message });
      return undefined;
    }
  };
  const own = { textDocument: document.id };
  const report = await ask('diagnostics', connection.sendRequest(DocumentDiagnosticRequest.type, own));
  const diagnostics: readonly Diagnostic[] = report?.kind === 'full' ? report.items : [];
  for (const offset of offsets) {
    const at = document.at(offset);
    await ask('hover', connection.sendRequest(HoverRequest.type, at));
    await ask('completion', connection.sendRequest(CompletionRequest.type, at));
    await ask('signature help', connection.sendRequest(SignatureHelpRequest.type, at));
    await ask('definition', connection.sendRequest(DefinitionRequest.type, at));
    await ask('references', connection.sendRequest(ReferencesRequest.type, { ...at, context: { includeDeclaration: true } }));
    await ask('prepare rename', connection.sendRequest(PrepareRenameRequest.type, at));
    await ask('rename', connection.sendRequest(RenameRequest.type, { ...at, newName: 'renamed' }));
    await ask('conversation', connection.sendRequest(conversationMethod, at));
    await ask('samples', connection.sendRequest(samplesAtMethod, { uri: document.uri, at: at.position }));
    await ask('whole sample', connection.sendRequest(wholeSampleMethod, { uri: document.uri, record: 0, step: 0 }));
    const label: unknown = await ask('open label', connection.sendRequest(openLabelMethod, { ...own, at: at.position }));
    await ask('save label', connection.sendRequest(saveLabelMethod, { ...own, ...(label as object) }));
  }
  const positions = offsets.map((offset) => document.at(offset).position);
  await ask('selection', connection.sendRequest(SelectionRangeRequest.type, { ...own, positions }));
  await ask('code actions', connection.sendRequest(CodeActionRequest.type, { ...own, range: { start: document.at(0).position, end: document.at(document.text.length).position }, context: { diagnostics: [...diagnostics] } }));
  const lenses = (await ask('code lenses', connection.sendRequest(CodeLensRequest.type, own))) ?? [];
  for (const lens of lenses.slice(0, 3)) await ask('code lens', connection.sendRequest(CodeLensResolveRequest.type, lens));
  await ask('document links', connection.sendRequest(DocumentLinkRequest.type, own));
  await ask('outline', connection.sendRequest(DocumentSymbolRequest.type, own));
  await ask('folding', connection.sendRequest(FoldingRangeRequest.type, own));
  await ask('semantic tokens', connection.sendRequest(SemanticTokensRequest.type, own));
  await ask('inlay hints', connection.sendRequest(InlayHintRequest.type, { ...own, range: { start: document.at(0).position, end: document.at(document.text.length).position } }));
  await ask('workspace symbols', connection.sendRequest(WorkspaceSymbolRequest.type, { query: '' }));
  await ask('status', connection.sendRequest(statusMethod, document.id));
  await ask('dialects', connection.sendRequest(dialectsMethod, document.id));
  await ask('findings', connection.sendRequest(findingsMethod, { uri: document.uri, from: 0, count: 10 }));
  return answers;
}

/** What of an answer people read, with whether it is Markdown. Texts that stand in the document as they are, and edits, are none of it. */
export function shownTexts({ method, result }: Answer): readonly { readonly what: string; readonly text: string; readonly isMarkdown: boolean }[] {
  if (method === 'save label' || method === 'open label') return [];
  const found: { what: string; text: string; isMarkdown: boolean }[] = [];
  const visit = (value: unknown, key: string, isMarkdown: boolean): void => {
    if (typeof value === 'string') {
      if (shownKeys.has(key)) found.push({ what: `${method}: ${key}`, text: value, isMarkdown });
    } else if (Array.isArray(value)) for (const item of value as readonly unknown[]) visit(item, key, isMarkdown);
    else if (typeof value === 'object' && value !== null) {
      const marked = 'kind' in value && value.kind === 'markdown';
      for (const [name, member] of Object.entries(value)) if (!hidden.has(name)) visit(member, name === 'value' ? key : name, marked);
    }
  };
  visit(result, method, false);
  return found;
}

const hidden: ReadonlySet<string> = new Set(['textEdit', 'edit', 'data', 'newText', 'filterText', 'sortText', 'insertText', 'arguments']);
const shownKeys: ReadonlySet<string> = new Set(['contents', 'documentation', 'label', 'detail', 'title', 'message', 'name', 'text', 'tooltip', 'containerName', 'description', 'rename', 'value']);

/** What of a Markdown text would be more than words: code and escaped characters are taken out before it is looked for. */
export function liveMarkup(markdown: string): string | undefined {
  const bare = markdown
    .replaceAll(/^(`{3,})[a-z]*\n[^]*?\n\1$/gm, '')
    .replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')
    .replaceAll(/\\[!-/:-@[-`{-~]/g, '')
    .replaceAll(/&#\d+;/g, '');
  return /<[a-z/!]|\]\(|!\[|https?:|command:|www\.|\w@\w|`|~~~|\$\(/i.exec(bare)?.[0];
}
