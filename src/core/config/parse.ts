import type * as z from 'zod';
import { parseTree, nodeAtPath, nodeValue, type JsonNode } from '../json/tree.ts';
import { JsonNumber, type JsonValue } from '../json/value.ts';
import { projectConfigSchema, type ProjectConfig } from './projectConfig.ts';

/** One thing wrong with looptool.json: where (`endpoints.policy.model`, 1-based line and column) and what to write instead. */
export type ConfigProblem = { readonly path: string; readonly message: string; readonly line: number; readonly column: number };
export type ParsedConfig = { readonly ok: true; readonly config: ProjectConfig } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads looptool.json. Every problem is reported, not the first alone. */
export function parseProjectConfig(text: string): ParsedConfig {
  const withoutMark = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const tree = parseTree(withoutMark);
  if (!tree.ok) return { ok: false, problems: [{ path: '', message: `This is not JSON: ${tree.message}`, ...positionAt(text, tree.offset) }] };
  const parsed = projectConfigSchema.safeParse(plainNumbers(nodeValue(tree.node)));
  if (parsed.success) return { ok: true, config: parsed.data };
  const problems = parsed.error.issues.flatMap(concreteIssues).map((issue) => describe(issue, tree.node, text));
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** In a configuration `5.0` is 5. */
function plainNumbers(value: JsonValue): JsonValue {
  if (value instanceof JsonNumber) return value.valueOf();
  if (Array.isArray(value)) return value.map((item: JsonValue) => plainNumbers(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainNumbers(member)]));
}

type Issue = z.core.$ZodIssue;

/** An unknown key is a problem of its own, at that key. */
function concreteIssues(issue: Issue): readonly Issue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  return issue.keys.map((key) => ({ ...issue, keys: [key], path: [...issue.path, key] }));
}

function describe(issue: Issue, root: JsonNode, text: string): ConfigProblem {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  return { path: pathText(path), message: sentence(issue, path, root), ...positionAt(text, offsetOf(issue, path, root)) };
}

function sentence(issue: Issue, path: readonly (string | number)[], root: JsonNode): string {
  const name = path.length === 0 ? 'The file' : `"${path.at(-1)}"`;
  const found = nodeAtPath(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${name} is not a setting here. Remove it or check its spelling.`;
    case 'invalid_type':
      return found === undefined ? `${name} is missing: ${article(issue.expected)} is needed here.` : `${name} must be ${article(issue.expected)}, not ${kindOf(found)}.`;
    case 'invalid_value':
      return `${name} must be ${issue.values.map((value) => JSON.stringify(String(value))).join(' or ')}${found === undefined ? '; it is missing' : ''}.`;
    case 'invalid_union': {
      // What is one of several plain values is spoken of as the first of them.
      const first = issue.discriminator === undefined ? issue.errors[0]?.[0] : undefined;
      if (first?.path.length === 0 && found !== undefined) return sentence(first, path, root);
      return found === undefined ? `${name} is missing.` : `${name} is none of the known kinds${issue.discriminator === undefined ? '' : ` (see its "${issue.discriminator}")`}.`;
    }
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? `${name} must not be empty.` : `${name} must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}.`;
    case 'too_big':
      return `${name} must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}.`;
    case 'invalid_format':
      return issue.format === 'url' ? `${name} must be a URL that starts with http:// or https://.` : `${name} is not written as it should be: ${issue.message}.`;
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return `${name}: ${issue.message}.`;
  }
}

const articles: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  record: 'an object',
};

function article(expected: string): string {
  return articles[expected] ?? expected;
}

function kindOf(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'object':
    case 'array':
    case 'string':
    case 'number':
    case 'boolean':
      return node.kind === 'number' && !Number.isInteger(Number(node.raw)) ? `the number ${node.raw}` : article(node.kind);
  }
}

function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '');
}

/** The key for a key that should not be there; the value where there is one; else the innermost object around it. */
function offsetOf(issue: Issue, path: readonly (string | number)[], root: JsonNode): number {
  const parent = nodeAtPath(root, path.slice(0, -1));
  if (issue.code === 'unrecognized_keys' && parent?.kind === 'object') {
    const member = parent.members.find(({ key }) => key.value === path.at(-1));
    if (member !== undefined) return member.key.start;
  }
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAtPath(root, path.slice(0, length));
    if (node !== undefined) return node.start;
  }
  return 0;
}

function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
