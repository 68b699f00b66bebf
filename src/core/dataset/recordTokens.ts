import type { SourcePath } from '../json/path.ts';
import type { Span } from '../json/stringMap.ts';
import { memberOf, type JsonNode } from '../json/tree.ts';
import { placesOf } from '../rules/places.ts';
import type { RecordSample } from './dialect.ts';
import type { RecordLocator } from './locate.ts';
import type { RecordTools } from './recordTools.ts';

/** What a part of a record is; the names are those of standard semantic tokens. */
export type TokenKind = 'keyword' | 'function' | 'parameter' | 'property' | 'string' | 'number' | 'enumMember';
export type RecordToken = Span & { readonly kind: TokenKind; readonly declares: boolean };

/**
 * Roles, tool names, arguments and their values as tokens of the record's text, ascending and without overlap, inside of
 * strings too. Quotes belong to the token of a string.
 */
export function recordTokens(locator: RecordLocator, samples: readonly RecordSample[], tools: RecordTools): readonly RecordToken[] {
  const found: RecordToken[] = [];
  const add = (path: SourcePath | undefined, kind: TokenKind, declares = false): void => {
    const place = path && locator.locate(path);
    if (place !== undefined) found.push({ ...place.span, kind, declares });
  };
  for (const { places } of tools.tools) {
    add(places.name, 'function', true);
    for (const name of places.parameters()) add(places.parameter(name)?.name, 'parameter', true);
  }
  for (const { place, answers } of tools.calls) {
    if (answers !== undefined) continue;
    add(place.name, 'function');
    if (place.arguments !== undefined) addArguments(locator, place.arguments, found);
  }
  for (const { name } of tools.results) add(name, 'function');
  for (const path of messagePaths(samples)) add(rolePath(locator, path), 'keyword');
  return withoutOverlap(found);
}

function messagePaths(samples: readonly RecordSample[]): readonly SourcePath[] {
  const paths = new Map<string, SourcePath>();
  for (const read of samples) {
    const places = placesOf(read);
    for (const path of [...places.messages, ...(places.answers === undefined ? [places.label] : [])]) {
      paths.set(JSON.stringify(path), path);
    }
  }
  return [...paths.values()];
}

/** Where the role of a message is said: in it, or in the object whose text it is. */
function rolePath(locator: RecordLocator, path: SourcePath): SourcePath | undefined {
  for (let length = path.length; length > 0 && length >= path.length - 2; length -= 1) {
    const holder = path.slice(0, length);
    const node = locator.locate(holder)?.node;
    if (node?.kind !== 'object') continue;
    const key = ['role', 'from'].find((one) => memberOf(node, one)?.value.kind === 'string');
    if (key !== undefined) return [...holder, key];
  }
  return undefined;
}

function addArguments(locator: RecordLocator, path: SourcePath, found: RecordToken[]): void {
  const place = locator.locate(path);
  if (place?.node === undefined) return;
  const { map } = place;
  const push = (node: JsonNode, kind: TokenKind): void => {
    const span = map === undefined ? { start: node.start, end: node.end } : map.spanToSource(node);
    if (span.end > span.start) found.push({ ...span, kind, declares: false });
  };
  const walk = (node: JsonNode, depth: number): void => {
    if (node.kind === 'array') for (const item of node.items) walk(item, depth + 1);
    else if (node.kind === 'object')
      for (const member of node.members) {
        push(member.key, depth === 0 ? 'parameter' : 'property');
        walk(member.value, depth + 1);
      }
    else push(node, node.kind === 'string' ? 'string' : node.kind === 'number' ? 'number' : 'enumMember');
  };
  walk(place.node, 0);
}

/** Of tokens that meet, the one that starts first is kept. */
function withoutOverlap(tokens: readonly RecordToken[]): readonly RecordToken[] {
  const sorted = [...tokens].sort((a, b) => a.start - b.start || a.end - b.end);
  let end = -1;
  return sorted.filter((token) => {
    if (token.start < end || token.end <= token.start) return false;
    end = token.end;
    return true;
  });
}
