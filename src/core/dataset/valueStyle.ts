import { writePythonString } from '../json/pythonStringMap.ts';
import { escapeNonAscii, escapesNonAscii } from '../json/stringMap.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { JsonNode } from '../json/tree.ts';
import { JsonNumber, type JsonValue } from '../json/value.ts';
import type { Syntax } from './callsInText.ts';
import type { TextLayer } from './textLayer.ts';

/** How values are laid out around a place. `lines` where containers go over several lines, one level of them by `unit`. */
export type Style = {
  readonly syntax: Syntax;
  readonly comma: string;
  readonly colon: string;
  readonly lines: { readonly lineBreak: string; readonly unit: string } | undefined;
  /** Characters that are not ASCII are written as `\uXXXX`. */
  readonly ascii: boolean;
  readonly quote: "'" | '"';
};

export type Child = { readonly start: number; readonly end: number; readonly value: JsonNode };

export function childrenOf(node: JsonNode): readonly Child[] {
  if (node.kind === 'array') return node.items.map((item) => ({ start: item.start, end: item.end, value: item }));
  return node.kind === 'object' ? node.members.map(({ key, value }) => ({ start: key.start, end: value.end, value })) : [];
}

/** What stands before the first child: a line break with its indentation in a container that goes over lines. */
function opening(layer: TextLayer, node: JsonNode): string {
  const first = childrenOf(node)[0];
  return first === undefined ? '' : layer.text.slice(node.start + 1, first.start);
}

export function goesOverLines(layer: TextLayer, node: JsonNode): boolean {
  return opening(layer, node).includes('\n');
}

/** The blanks that the line of an offset starts with. */
export function indentationAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}

/** Line break and indentation of the children of a container, where they have lines of their own. */
export function childLine(layer: TextLayer, node: JsonNode, style: Style): string | undefined {
  const before = opening(layer, node);
  if (childrenOf(node).length > 0) return before.includes('\n') ? /\r?\n[ \t]*$/.exec(before)?.[0] : undefined;
  return style.lines && style.lines.lineBreak + indentationAt(layer.text, node.start) + style.lines.unit;
}

type Container = { readonly layer: TextLayer; readonly node: JsonNode };

/** The style of a container, as it shows in it, in its children, and in the containers around it (innermost first). */
export function styleOf(container: Container, around: readonly Container[], syntax: Syntax, recordSource: string): Style {
  const { layer, node } = container;
  const inside = childrenOf(node).map((child) => ({ layer, node: child.value }));
  // Calls of Python syntax say nothing of the JSON around their text, nor it of them.
  const evidence = [container, ...inside, ...around].filter((one) => syntax === 'json' || one.layer === layer);
  const here = evidence.filter((one) => one.layer === layer);
  const colonHere = first(here, colonOf);
  const comma = first(here, commaOf) ?? (colonHere === undefined ? first(evidence, commaOf) : undefined);
  const colon = colonHere ?? (comma === undefined ? first(evidence, colonOf) : undefined);
  const nearest = [container, ...around].find((one) => one.layer === layer && childrenOf(one.node).length > 0);
  return {
    syntax,
    comma: comma ?? (colon === undefined || /\s$/.test(colon) ? ', ' : ','),
    colon: colon ?? (comma === undefined || /\s$/.test(comma) ? ': ' : ':'),
    lines: nearest && linesOf(nearest),
    ascii: escapesNonAscii(layer.map === undefined ? recordSource : layer.text),
    quote: quoteIn(layer.text.slice(container.node.start, container.node.end)) ?? quoteIn(layer.text) ?? "'",
  };
}

function first<T>(containers: readonly Container[], find: (container: Container) => T | undefined): T | undefined {
  for (const container of containers) {
    const found = find(container);
    if (found !== undefined) return found;
  }
  return undefined;
}

function colonOf({ layer, node }: Container): string | undefined {
  const member = node.kind === 'object' ? node.members[0] : undefined;
  const colon = member && layer.text.slice(member.key.end, member.value.start);
  return colon !== undefined && /^[ \t]*:[ \t]*$/.test(colon) ? colon : undefined;
}

function commaOf({ layer, node }: Container): string | undefined {
  const [one, two] = childrenOf(node);
  const comma = one && two && layer.text.slice(one.end, two.start);
  return comma !== undefined && /^[ \t]*,[ \t]*$/.test(comma) ? comma : undefined;
}

function linesOf({ layer, node }: Container): Style['lines'] {
  const [, lineBreak, indentation] = /(\r?\n)([ \t]*)$/.exec(opening(layer, node)) ?? [];
  if (lineBreak === undefined || indentation === undefined) return undefined;
  const outer = indentationAt(layer.text, node.start);
  return { lineBreak, unit: indentation.startsWith(outer) ? indentation.slice(outer.length) : indentation };
}

function quoteIn(text: string): "'" | '"' | undefined {
  const quote = /[=:([{,]\s*(['"])/.exec(text)?.[1];
  return quote === "'" || quote === '"' ? quote : undefined;
}

/** A value in the style of its place. `line` is the line break with the indentation of the value's own line. */
export function writeValue(value: JsonValue, style: Style, line: string | undefined): string {
  const inner = style.lines !== undefined && line !== undefined ? line + style.lines.unit : undefined;
  const open = inner ?? '';
  const close = inner === undefined ? '' : (line ?? '');
  const separator = inner === undefined ? style.comma : `,${inner}`;
  if (isList(value)) return value.length === 0 ? '[]' : `[${open}${value.map((item) => writeValue(item, style, inner)).join(separator)}${close}]`;
  if (typeof value === 'object' && value !== null && !(value instanceof JsonNumber)) {
    const members = Object.entries(value).filter(([, member]) => (member as JsonValue | undefined) !== undefined);
    if (members.length === 0) return '{}';
    return `{${open}${members.map(([key, member]) => writeString(key, style) + style.colon + writeValue(member, style, inner)).join(separator)}${close}}`;
  }
  if (typeof value === 'string') return writeString(value, style);
  if (style.syntax === 'python' && (value === null || typeof value === 'boolean')) return value === null ? 'None' : value ? 'True' : 'False';
  return stringifyJson(value);
}

export function writeString(value: string, style: Style): string {
  if (style.syntax === 'python') return writePythonString(value, style.quote, style.ascii);
  const literal = JSON.stringify(value);
  return style.ascii ? escapeNonAscii(literal) : literal;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether a member of an object is written `key=value`, as arguments of Python calls are. */
export function isKeywordList(layer: TextLayer, node: JsonNode): boolean {
  return node.kind === 'object' && layer.text.charAt(node.start) === '(';
}
