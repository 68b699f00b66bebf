import { pathToFileURL } from 'node:url';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { CancellationToken, DocumentLink, Position } from 'vscode-languageserver/node';
import { isJsonArray, member, textMember } from '../../core/json/member.ts';
import type { SourcePath } from '../../core/json/path.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { nameSpan } from '../dataset/toolAt.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { pause } from '../pause.ts';
import { pathOf } from '../projects.ts';
import { rangeIn } from '../ranges.ts';

/** Only the beginning of a large file gets links: an editor asks for all of them after every edit. */
const mostCharacters = 1_000_000;
const mostLinks = 5000;
const recordsBetweenPauses = 50;
const parentKeys = ['parents', 'parent', 'parent_id', 'seed', 'seed_id', 'seedId', 'root_seed'];

type LinkData = { readonly uri: string; readonly id: string; readonly record: number };

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
  const found: DocumentLink[] = [];
  for (let index = 0; index < dataset.recordCount && found.length < mostLinks; index += 1) {
    if (index % recordsBetweenPauses === recordsBetweenPauses - 1) {
      await pause();
      if (token.isCancellationRequested || dataset.document.version !== version) return [];
    }
    const record = dataset.record(index);
    if (record === undefined || record.base > mostCharacters) break;
    found.push(...callLinks(dataset, record), ...parentLinks(dataset, record), ...companionLinks(dataset, record, folders));
  }
  return found.slice(0, mostLinks);
}

function callLinks(dataset: OpenDataset, record: RecordView): DocumentLink[] {
  const { calls, results } = toolsOf(record);
  return results.flatMap(({ path, answers }): DocumentLink[] => {
    const call = calls.find(({ message, index }) => message === answers?.message && index === answers.index);
    const target = call && record.locate(call.place.call);
    if (target === undefined) return [];
    const place = [...path, 'tool_call_id'];
    const span = nameSpan(record, record.locator.locate(place) === undefined ? [...path, 'call_id'] : place);
    return span === undefined ? [] : [{ range: rangeIn(dataset, span), target: addressOf(dataset.uri, dataset.document.positionAt(target.start)), tooltip: 'Go to the call that this answers' }];
  });
}

/** Where the row is that has the id is looked up when the link is followed. */
function parentLinks(dataset: OpenDataset, record: RecordView): DocumentLink[] {
  return parentKeys.flatMap((key) => {
    const value = member(record.value, key);
    const paths: SourcePath[] = isJsonArray(value) ? value.map((_item, index) => [key, index]) : [[key]];
    return paths.flatMap((path): DocumentLink[] => {
      const node = record.locator.locate(path)?.node;
      const span = node?.kind === 'string' && node.value !== '' ? nameSpan(record, path) : undefined;
      const data: LinkData | undefined = node?.kind === 'string' ? { uri: dataset.uri, id: node.value, record: record.index } : undefined;
      return span === undefined ? [] : [{ range: rangeIn(dataset, span), data, tooltip: 'Go to the row that this one stems from' }];
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

function companionLinks(dataset: OpenDataset, record: RecordView, folders: readonly string[]): DocumentLink[] {
  const id = textMember(record.value, 'id');
  const [first] = id === undefined || record.dialect.companions === undefined ? [] : record.samples;
  const answers = first && record.placesOf(first).answers;
  const span = answers === undefined ? undefined : nameSpan(record, ['id']);
  const own = pathOf(dataset.uri);
  if (answers === undefined || span === undefined || own === undefined) return [];
  const path = resolve(dirname(own), answers.file);
  if (!isInside(path, folders)) return [];
  return [{ range: rangeIn(dataset, span), target: addressOf(pathToFileURL(path).href, { line: answers.record, character: 0 }), tooltip: 'Go to the possible answers' }];
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
