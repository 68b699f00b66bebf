import type { CallPlace, RecordSample, SamplePlaces } from '../dataset/dialect.ts';
import type { RecordLocator } from '../dataset/locate.ts';
import type { SourcePath } from '../json/path.ts';
import type { Span } from '../json/stringMap.ts';
import type { Part } from './rule.ts';

const known = new WeakMap<RecordSample, SamplePlaces>();

/** The places of a sample, worked out once for all findings on it. */
export function placesOf(read: RecordSample): SamplePlaces {
  let places = known.get(read);
  if (places === undefined) known.set(read, (places = read.places()));
  return places;
}

/** Where a part of a sample stands in the record's text: the nearest part that does stand there, the record at the least. */
export function spanOfPart(locator: RecordLocator, read: RecordSample, part: Part): Span {
  return (pathOfPart(read, part).reduce<Span | undefined>((found, path) => found ?? locator.locate(path)?.span, undefined) ?? locator.record);
}

/** Paths to try, best first. */
export function pathOfPart(read: RecordSample, part: Part): readonly SourcePath[] {
  const places = placesOf(read);
  // A label in a companion file has no place in the record.
  if (places.answers !== undefined && part.part !== 'tool' && part.part !== 'message') return [];
  switch (part.part) {
    case 'record':
      return [];
    case 'label':
      return [places.label];
    case 'broken':
      return [...(places.broken === undefined ? [] : [places.broken]), places.label];
    case 'message':
      return messagePaths(places.messages[part.message], part);
    case 'tool':
      return prefixes(places.tools[part.tool] ?? [], part.path ?? []);
    default:
      return [...callPaths(places.calls[part.call], part), places.label];
  }
}

function messagePaths(path: SourcePath | undefined, { from, to }: { readonly from?: number; readonly to?: number }): readonly SourcePath[] {
  if (path === undefined) return [];
  const last = path.at(-1);
  // A message that is itself a range of a string starts where that range does.
  if (from !== undefined && to !== undefined && typeof last === 'object' && 'from' in last) return [[...path.slice(0, -1), { from: last.from + from, to: last.from + to }], path];
  if (from !== undefined && to !== undefined) return [[...path, 'content', { from, to }], [...path, 'value', { from, to }], [...path, { from, to }], path];
  return [path];
}

type CallPart = Extract<Part, { readonly call: number }>;

function callPaths(place: CallPlace | undefined, part: CallPart): readonly SourcePath[] {
  if (place === undefined) return [];
  const args = place.arguments;
  switch (part.part) {
    case 'call':
      return [place.call];
    case 'name':
      return [place.name, place.call];
    case 'value':
      return [...(args === undefined ? [] : prefixes(args, part.path)), place.name, place.call];
    case 'key':
      return [...keyPaths(args, part.path), place.name, place.call];
    case 'missing': {
      const parent = part.path.slice(0, -1);
      if (parent.length === 0 || args === undefined) return [place.name, place.call];
      return typeof parent.at(-1) === 'string' ? [...keyPaths(args, parent), place.name, place.call] : [...prefixes(args, parent), place.call];
    }
  }
}

/** The key of the last step, or the nearest value that holds it. */
function keyPaths(args: SourcePath | undefined, path: readonly (string | number)[]): readonly SourcePath[] {
  const last = path.at(-1);
  if (args === undefined) return [];
  if (typeof last !== 'string') return prefixes(args, path);
  return [[...args, ...path.slice(0, -1), { key: last }], ...prefixes(args, path.slice(0, -1))];
}

function prefixes(base: SourcePath, path: readonly (string | number)[]): readonly SourcePath[] {
  return Array.from({ length: path.length + 1 }, (_, index) => [...base, ...path.slice(0, path.length - index)]);
}
