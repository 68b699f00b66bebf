import { CompletionItemKind, InsertTextFormat, MarkupKind, TextEdit, type CompletionItem } from 'vscode-languageserver/node';
import { writeString, writeValue, type Style } from '../../core/dataset/valueStyle.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import { signatureOf, typeName } from '../../core/schema/signature.ts';
import { plainText } from '../../core/text/markdown.ts';
import { visibleLine } from '../../core/text/visibleText.ts';
import { argumentText } from '../argumentTexts.ts';
import { cursorAt, type Cursor } from '../dataset/cursorAt.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { Feature } from '../feature.ts';
import { offersAt, type Offer } from '../offers.ts';
import { rangeIn } from '../ranges.ts';
import { emptyValue } from '../../core/schema/emptyValue.ts';

/** Tools, arguments and values while somebody writes a call, and types while somebody writes a tool's definition. */
export const completion: Feature = {
  capabilities: { completionProvider: { triggerCharacters: ['"', ':', ',', '(', '='] } },
  register: ({ connection, client, dataset }) => {
    const snippets = client.textDocument?.completion?.completionItem?.snippetSupport === true;
    connection.onCompletion(({ textDocument, position }) => {
      const open = dataset(textDocument.uri);
      if (open === undefined) return [];
      const offset = open.document.offsetAt(position);
      const cursor = cursorAt(open, offset);
      return cursor === undefined ? [] : itemsOf(open, cursor, offset, snippets);
    });
  },
};

function itemsOf(dataset: OpenDataset, cursor: Cursor, offset: number, snippets: boolean): CompletionItem[] {
  const { document } = dataset;
  const range = rangeIn(dataset, cursor.range);
  const typed = document.getText({ start: range.start, end: document.positionAt(Math.max(cursor.range.start, offset)) });
  return offersAt(cursor).map((offer, index) => {
    const { text, name, hole } = written(offer, cursor);
    const encoded = cursor.encode(text);
    const item: CompletionItem = {
      ...described(offer),
      sortText: String(index).padStart(4, '0'),
      ...(typed === '' ? {} : { filterText: filterOf(name, typed, cursor) }),
      textEdit: TextEdit.replace(range, encoded),
    };
    if (!snippets || hole === undefined) return item;
    const [before, inside, after] = [text.slice(0, hole.start), text.slice(hole.start, hole.end), text.slice(hole.end)].map((part) => inSnippet(cursor.encode(part)));
    return { ...item, insertTextFormat: InsertTextFormat.Snippet, textEdit: TextEdit.replace(range, `${before ?? ''}\${1:${inside ?? ''}}${after ?? ''}`) };
  });
}

/** The editor holds what was typed against this text: with a quote where one was typed, escaped as it stands in the document. */
function filterOf(name: string, typed: string, { encode, opening }: Cursor): string {
  return /^\\*["']/.test(typed) ? encode(opening.quote + name + opening.quote) : encode(name);
}

type Written = { readonly text: string; readonly name: string; /** The value that is to be filled in, in `text`. */ readonly hole?: { readonly start: number; readonly end: number } };

function written(offer: Offer, cursor: Cursor): Written {
  const { opening } = cursor;
  const style: Style = { syntax: opening.syntax === 'json' ? 'json' : 'python', comma: ', ', colon: cursor.colon, lines: undefined, ascii: false, quote: opening.quote };
  const comma = opening.comma ? ', ' : '';
  switch (offer.kind) {
    case 'tool': {
      const { name } = offer.tool;
      if (opening.slot !== 'name') return { text: writeString(name, style) + comma, name };
      const hole = { start: name.length + 1, end: name.length + 1 };
      return opening.isNew ? { text: `${name}()${comma}`, name, hole } : { text: name, name };
    }
    case 'value':
      return { text: writeValue(offer.value, style, undefined) + comma, name: typeof offer.value === 'string' ? offer.value : stringifySpaced(offer.value) };
    case 'argument':
      return keyWritten(offer.facts.name, placeholderOf(offer), style, cursor);
    case 'keyword':
      return keyWritten(offer.name, offer.placeholder, style, cursor);
  }
}

function keyWritten(name: string, placeholder: JsonValue, style: Style, { opening, colon }: Cursor): Written {
  const key = opening.syntax === 'keyword' ? name : writeString(name, style);
  if (!opening.isNew) return { text: key, name };
  const before = key + (opening.syntax === 'keyword' ? '=' : colon);
  const value = writeValue(placeholder, style, undefined);
  // Quotes and brackets stay where they are while the value is filled in.
  const inset = typeof placeholder === 'string' || (typeof placeholder === 'object' && placeholder !== null) ? 1 : 0;
  return { text: before + value + (opening.comma ? ', ' : ''), name, hole: { start: before.length + inset, end: before.length + value.length - inset } };
}

/** A value of the right type, so that the record can be read until another is filled in. */
function placeholderOf({ facts }: Extract<Offer, { kind: 'argument' }>): JsonValue {
  const { values, types, hasDefault } = facts;
  if (hasDefault && facts.default !== undefined && facts.default !== null) return facts.default;
  if (values?.[0] !== undefined) return values[0];
  return emptyValue(types[0]);
}

function inSnippet(text: string): string {
  return text.replaceAll(/[\\$}]/g, String.raw`\$&`);
}

const longestLabel = 100;

function described(offer: Offer): Pick<CompletionItem, 'label' | 'kind' | 'detail' | 'documentation'> {
  switch (offer.kind) {
    case 'tool': {
      const { name, description } = offer.tool;
      return { label: visibleLine(name, longestLabel), kind: CompletionItemKind.Function, detail: visibleLine(signatureOf(offer.tool).label, 300), ...(description === undefined ? {} : documentation(plainText(description))) };
    }
    case 'argument':
      return { label: visibleLine(offer.facts.name, longestLabel), kind: CompletionItemKind.Field, detail: `${typeName(offer.facts)}${offer.facts.required ? ', required' : ''}`, ...documentation(argumentText(offer.facts)) };
    case 'keyword':
      return { label: offer.name, kind: CompletionItemKind.Property };
    case 'value': {
      const label = visibleLine(typeof offer.value === 'string' ? offer.value : stringifySpaced(offer.value), longestLabel);
      if (offer.from === 'conversation') return { label, kind: CompletionItemKind.Value, detail: offer.turn };
      const kind = offer.from === 'enum' ? CompletionItemKind.EnumMember : offer.from === 'schema' ? CompletionItemKind.Keyword : CompletionItemKind.Constant;
      return { label, kind, ...(offer.from === 'default' ? { detail: 'default' } : {}), ...(offer.facts === undefined ? {} : documentation(argumentText(offer.facts))) };
    }
  }
}

function documentation(value: string): Pick<CompletionItem, 'documentation'> {
  return { documentation: { kind: MarkupKind.Markdown, value } };
}
