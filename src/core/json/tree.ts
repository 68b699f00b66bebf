import type { JsonValue } from './value.ts';
import { losslessNumber, objectOf } from './parse.ts';
import { scanJson, type JsonBuilder, type ScanFailure, type ScanOptions } from './scanner.ts';

type Positioned = { readonly start: number; readonly end: number };
export type StringNode = Positioned & { readonly kind: 'string'; readonly value: string };
export type ObjectNode = Positioned & { readonly kind: 'object'; readonly members: readonly MemberNode[] };
export type ArrayNode = Positioned & { readonly kind: 'array'; readonly items: readonly JsonNode[] };
export type MemberNode = { readonly key: StringNode; readonly value: JsonNode };

/** A JSON value with where it stands: UTF-16 offsets, `end` exclusive, quotes and brackets included. */
export type JsonNode =
  | ObjectNode
  | ArrayNode
  | StringNode
  | (Positioned & { readonly kind: 'number'; readonly raw: string })
  | (Positioned & { readonly kind: 'boolean'; readonly value: boolean })
  | (Positioned & { readonly kind: 'null' });

export type ParsedTree = { readonly ok: true; readonly node: JsonNode; readonly warnings: readonly string[] } | ScanFailure;

/**
 * Reads a JSON value with positions. With `offset` it reads the one value that starts there and does not look at what
 * follows (`node.end` says where it ended); without, the whole text has to be one value. Rules as for `parseJson`.
 */
export function parseTree(text: string, options: ScanOptions = {}): ParsedTree {
  const scanned = scanJson(text, nodeBuilder, options);
  return scanned.ok ? { ok: true, node: scanned.value, warnings: scanned.warnings } : scanned;
}

export function nodeValue(node: JsonNode): JsonValue {
  switch (node.kind) {
    case 'object':
      return objectOf(node.members.map((member) => [member.key.value, nodeValue(member.value)] as const));
    case 'array':
      return node.items.map(nodeValue);
    case 'number':
      return losslessNumber(node.raw);
    case 'null':
      return null;
    case 'string':
    case 'boolean':
      return node.value;
  }
}

/** The member that counts (the last of a doubled key), key and value. */
export function memberOf(node: JsonNode | undefined, key: string): MemberNode | undefined {
  return node?.kind === 'object' ? node.members.findLast((member) => member.key.value === key) : undefined;
}

export function nodeAtPath(node: JsonNode, path: readonly (string | number)[]): JsonNode | undefined {
  let at: JsonNode | undefined = node;
  for (const step of path) {
    if (typeof step === 'number') at = at?.kind === 'array' ? at.items[step] : undefined;
    else at = memberOf(at, step)?.value;
  }
  return at;
}

const nodeBuilder: JsonBuilder<JsonNode, MemberNode> = {
  string: (start, end, value) => ({ kind: 'string', start, end, value }),
  number: (start, end, raw) => ({ kind: 'number', start, end, raw }),
  literal: (start, end, value) => (value === null ? { kind: 'null', start, end } : { kind: 'boolean', start, end, value }),
  array: (start, end, items) => ({ kind: 'array', start, end, items }),
  member: (key, start, end, value) => ({ key: { kind: 'string', start, end, value: key }, value }),
  object: (start, end, members) => ({ kind: 'object', start, end, members }),
};
