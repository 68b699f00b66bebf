import { pathToFileURL } from 'node:url';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { CancellationToken, DocumentLink, Position } from 'vscode-languageserver/node';
import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { isJsonArray, member, textMember } from '../../core/json/member.ts';
import type { SourcePath } from '../../core/json/path.ts';
import { shifted } from '../../core/json/span.ts';
import type { Span } from '../../core/json/stringMap.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { RecordMemo } from '../dataset/recordMemo.ts';
import { passingRecord } from '../dataset/splitRecords.ts';
import { nameSpan } from '../dataset/toolAt.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { requestTurns } from '../pause.ts';
import { pathOf } from '../projects.ts';
import { rangeIn } from '../ranges.ts';

/** Only the beginning of a large file gets links: an editor asks for all of them after every edit. */
const mostCharacters = 1_000_000;
const mostLinks = 5000;
const parentKeys = ['parents', 'parent', 'parent_id', 'seed', 'seed_id', 'seedId', 'root_seed'];

type LinkData = { readonly uri: string; readonly id: string; readonly record: number };
/** `span`, and `to` in the same record, are relative to it; `id` is that of a row, `target` an address elsewhere. */
type RecordLink = { readonly span: Span; readonly tooltip: string; readonly to?: number; readonly id?: string; readonly target?: string };
type Known = { readonly dialect: Dialect | undefined; readonly companions: Companions | undefined; readonly folders: string; readonly memo: RecordMemo<readonly RecordLink[]> };

/** By record text, so that an edit costs the records that it touched. */
const knownLinks = new WeakMap<OpenDataset, Known>();

/**
 * Ids: of a tool result to its call, of a parent or seed to its row, of a question to its record in the companion file. Links
 * lead into this document or a file of the workspace; what a dataset says is never taken for an address.
 */
export const documentLinks: Feature = {
  capabilities: { documentLinkProvider: { resolveProvider: true } },
  register: ({ connection, dataset, folders }) => {
    connection.onDocumentLinks(({ textDocument }, token) => {
      const open = dataset(textDocument.uri);
      return open === undefined ? [] : links(open, folders(), token);
    });
    connection.onDocumentLinkResolve((link) => {
      const data = link.data as LinkData | undefined; // What `links` put there.
      const open = data && dataset(data.uri);
      if (open === undefined || data === undefined) return link;
      const at = positionOfId(open, data);
      return at === undefined ? link : { ...link, target: addressOf(data.uri, at) };
    });
  },
};

async function links(dataset: OpenDataset, folders: readonly string[], token: CancellationToken): Promise<DocumentLink[]> {
  const { version } = dataset.document;
  const turns = requestTurns();
  const memo = memoOf(dataset, folders);
  const found: DocumentLink[] = [];
  for (let index = 0; found.length < mostLinks; index += 1) {
    const record = passingRecord(dataset, index);
    if (record === undefined || record.base > mostCharacters) break;
    const { start, end } = record.span;
    let known = memo.get(start, end);
    if (known === undefined) memo.set(start, end, (known = recordLinks(dataset, record, folders)));
    for (const link of known) found.push(linkOf(dataset, record, link));
    if (!turns.isOver) continue;
    await turns.next();
    if (token.isCancellationRequested || dataset.document.version !== version) return [];
  }
  return found.slice(0, mostLinks);
}

function memoOf(dataset: OpenDataset, folders: readonly string[]): RecordMemo<readonly RecordLink[]> {
  const { dialect } = dataset;
  const companions = dataset.record(0)?.companions;
  const known = knownLinks.get(dataset);
  const named = folders.join('\n');
  if (known?.dialect === dialect && known?.companions === companions && known?.folders === named) return known.memo;
  const memo = new RecordMemo<readonly RecordLink[]>(dataset.document);
  knownLinks.set(dataset, { dialect, companions, folders: named, memo });
  return memo;
}

function linkOf(dataset: OpenDataset, record: RecordView, { span, tooltip, to, id, target }: RecordLink): DocumentLink {
  const range = rangeIn(dataset, record.toDocument(span));
  if (id !== undefined) return { range, tooltip, data: { uri: dataset.uri, id, record: record.index } satisfies LinkData };
  const address = to === undefined ? target : addressOf(dataset.uri, dataset.document.positionAt(record.base + to));
  return { range, tooltip, ...(address === undefined ? {} : { target: address }) };
}

function recordLinks(dataset: OpenDataset, record: RecordView, folders: readonly string[]): readonly RecordLink[] {
  const { text } = record;
  // To read a record for nothing takes many times what these looks take.
  const answers = text.includes('call_id') ? callLinks(record) : [];
  const parents = parentKeys.some((key) => text.includes(key)) ? parentLinks(record) : [];
  return [...answers, ...parents, ...(record.companions === noCompanions ? [] : companionLinks(dataset, record, folders))];
}

function callLinks(record: RecordView): RecordLink[] {
  const { calls, results } = toolsOf(record);
  return results.flatMap(({ path, answers }): RecordLink[] => {
    const call = calls.find(({ message, index }) => message === answers?.message && index === answers.index);
    const target = call && record.locator.locate(call.place.call)?.span;
    if (target === undefined) return [];
    const place = [...path, 'tool_call_id'];
    const span = ownSpan(record, record.locator.locate(place) === undefined ? [...path, 'call_id'] : place);
    return span === undefined ? [] : [{ span, to: target.start, tooltip: 'Go to the call that this answers' }];
  });
}

/** Relative to the record. */
function ownSpan(record: RecordView, path: SourcePath): Span | undefined {
  const span = nameSpan(record, path);
  return span && shifted(span, -record.base);
}

/** Where the row is that has the id is looked up when the link is followed. */
function parentLinks(record: RecordView): RecordLink[] {
  return parentKeys.flatMap((key) => {
    const value = member(record.value, key);
    if (value === undefined) return [];
    const paths: SourcePath[] = isJsonArray(value) ? value.map((_item, index) => [key, index]) : [[key]];
    return paths.flatMap((path): RecordLink[] => {
      const node = record.locator.locate(path)?.node;
      const span = node?.kind === 'string' && node.value !== '' ? ownSpan(record, path) : undefined;
      return span === undefined || node?.kind !== 'string' ? [] : [{ span, id: node.value, tooltip: 'Go to the row that this one stems from' }];
    });
  });
}

function positionOfId({ document }: OpenDataset, { id }: LinkData): Position | undefined {
  const text = document.getText();
  const written = JSON.stringify(id);
  for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + 1)) {
    if (/"(?:id|sample_id|sampleId)"\s*:\s*$/.test(text.slice(Math.max(0, at - 40), at))) return document.positionAt(at);
  }
  return undefined;
}

function companionLinks(dataset: OpenDataset, record: RecordView, folders: readonly string[]): RecordLink[] {
  const id = textMember(record.value, 'id');
  const [first] = id === undefined || record.dialect.companions === undefined ? [] : record.samples;
  const answers = first && record.placesOf(first).answers;
  const span = answers === undefined ? undefined : ownSpan(record, ['id']);
  const own = pathOf(dataset.uri);
  if (answers === undefined || span === undefined || own === undefined) return [];
  const path = resolve(dirname(own), answers.file);
  if (!isInside(path, folders)) return [];
  return [{ span, target: addressOf(pathToFileURL(path).href, { line: answers.record, character: 0 }), tooltip: 'Go to the possible answers' }];
}

function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const way = relative(folder, path);
    return way !== '' && !way.startsWith('..') && !isAbsolute(way);
  });
}

/** A place of a document as editors take it: 1-based. */
function addressOf(uri: string, { line, character }: Position): string {
  return `${uri.replace(/#.*$/s, '')}#L${line + 1},${character + 1}`;
}
