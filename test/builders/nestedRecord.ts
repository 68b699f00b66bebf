import fc from 'fast-check';
import type { PathStep, SourcePath } from '../../src/core/json/path.ts';
import type { JsonValue } from '../../src/core/json/value.ts';

/** A JSON value whose strings may hold further JSON, behind a prefix and with its own layout. */
export type Nested = null | boolean | number | string | readonly Nested[] | { readonly members: readonly (readonly [string, Nested])[] } | { readonly embedded: Nested; readonly before: string; readonly after: string; readonly layout: Layout };

export type Layout = { readonly kind: 'dense' | 'spaced' | 'pretty'; readonly lineEnd: '\n' | '\r\n'; readonly ascii: boolean };

export const layout: fc.Arbitrary<Layout> = fc.record({ kind: fc.constantFrom('dense', 'spaced', 'pretty'), lineEnd: fc.constantFrom('\n', '\r\n'), ascii: fc.boolean() });

export const plainText = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', '\n', 'é', '\ud83d\ude00', '/', '\u0001', '{', ']', ' ', ':', ',', '\ud800'), maxLength: 6 });
const key = fc.oneof(fc.constantFrom('a', 'b', 'name', 'é', '__proto__', 'q"', ''), plainText);
const scalar: fc.Arbitrary<Nested> = fc.oneof(plainText, fc.integer({ min: -99, max: 99 }), fc.constantFrom(null, true, false, 0.5));

export const { nested, object: nestedObject } = fc.letrec<{ nested: Nested; container: Nested; array: Nested; object: Nested; embedded: Nested }>((tie) => ({
  nested: fc.oneof({ maxDepth: 6, depthSize: 'medium' }, scalar, tie('container'), tie('embedded')),
  container: fc.oneof({ maxDepth: 6, depthSize: 'medium' }, fc.constant([]), tie('object'), tie('array')),
  array: fc.array(tie('nested'), { maxLength: 4 }),
  object: fc.uniqueArray(fc.tuple(key, tie('nested')), { maxLength: 4, selector: ([name]) => name }).map((members) => ({ members })),
  embedded: fc.record({ embedded: tie('container'), before: fc.constantFrom('', '', 'see ', '\n', '{ "broken ', '[é '), after: fc.constantFrom('', '', ' ok', '\n}', ' "'), layout }),
}));

function isArray(value: Nested): value is readonly Nested[] {
  return Array.isArray(value);
}

export function writeNested(value: Nested, style: Layout, lineStart: string = style.lineEnd): string {
  if (typeof value === 'string') return quoted(value, style);
  if (typeof value !== 'object' || value === null) return String(value);
  if ('embedded' in value) return quoted(embeddedText(value), style);
  const inner = `${lineStart}  `;
  const [open, close] = style.kind === 'pretty' ? [inner, lineStart] : ['', ''];
  const separator = style.kind === 'spaced' ? ', ' : `,${open}`;
  if (isArray(value)) return value.length === 0 ? '[]' : `[${open}${value.map((item) => writeNested(item, style, inner)).join(separator)}${close}]`;
  const colon = style.kind === 'dense' ? ':' : ': ';
  return value.members.length === 0 ? '{}' : `{${open}${value.members.map(([name, member]) => quoted(name, style) + colon + writeNested(member, style, inner)).join(separator)}${close}}`;
}

function quoted(text: string, style: Layout): string {
  const literal = JSON.stringify(text);
  return style.ascii ? literal.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : literal;
}

function embeddedText(value: Extract<Nested, { embedded: Nested }>): string {
  return value.before + writeNested(value.embedded, value.layout) + value.after;
}

/** The value as a parser gives it. */
export function plainValue(value: Nested): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if ('embedded' in value) return embeddedText(value);
  if (isArray(value)) return value.map(plainValue);
  return Object.fromEntries(value.members.map(([name, member]) => [name, plainValue(member)]));
}

export type NestedPart = { readonly path: SourcePath; readonly value: Nested; /** Strings around it. */ readonly strings: number };

/** Every part with its path, the whole first. */
export function partsOf(value: Nested, path: readonly PathStep[] = [], strings = 0): readonly NestedPart[] {
  const here: NestedPart = { path, value, strings };
  if (typeof value !== 'object' || value === null) return [here];
  if ('embedded' in value) return [here, ...partsOf(value.embedded, [...path, { json: value.before.length }], strings + 1)];
  if (isArray(value)) return [here, ...value.flatMap((item, index) => partsOf(item, [...path, index], strings))];
  return [here, ...value.members.flatMap(([name, member]) => [{ path: [...path, { key: name }], value: name, strings }, ...partsOf(member, [...path, name], strings)])];
}

/** What a piece of the source says when the strings around it are decoded. */
export function decodedSource(source: string, strings: number): string {
  let text = source;
  for (let level = 0; level < strings; level++) text = JSON.parse(`"${text}"`) as string;
  return text;
}
