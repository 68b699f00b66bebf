import { objectOf } from '../json/parse.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { SourcePath } from '../json/path.ts';
import { StringMap, type Span } from '../json/stringMap.ts';
import type { JsonNode, StringNode } from '../json/tree.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { toolParameterSchema } from '../schema/normalise.ts';
import { placesOf } from '../rules/places.ts';
import type { RecordSample } from './dialect.ts';
import type { RecordLocator } from './locate.ts';
import type { RecordTools } from './recordTools.ts';
import type { Label, Message, Sample, ToolCall, ToolDefinition } from './sample.ts';
import type { TextEdit } from './spans.ts';
import type { StructureEdit } from './structureEdit.ts';

/** Another name for a tool, or for a parameter of it. */
export type Renaming = { readonly tool: string; readonly parameter?: string | undefined; readonly to: string };

/** Dialects whose tools have to be named as the OpenAI API takes them. */
const strictDialects: ReadonlySet<string> = new Set(['openai-chat', 'responses', 'mistral']);
const strictName = /^[a-zA-Z0-9_-]{1,64}$/;

/** Why a record cannot take the new name; undefined where it can. In words for people. */
export function renameProblem(samples: readonly RecordSample[], tools: RecordTools, dialect: string, renaming: Renaming): string | undefined {
  const { tool, parameter, to } = renaming;
  if (to === '' || to !== to.trim() || /[\p{Cc}\p{Cf}]/u.test(to)) return 'a name is not empty, and has no blanks around it and no control characters';
  if (parameter === undefined) {
    if (strictDialects.has(dialect) && !strictName.test(to)) return `${JSON.stringify(to)} is no name for a tool here: the OpenAI API takes 1 to 64 letters, digits, _ and - only`;
    if (samples.some(({ sample }) => sample.tools.some(({ name }) => name === to))) return `there already is a tool ${JSON.stringify(to)}`;
    const unplaced = tools.tools.some((one) => one.tool.name === tool && one.places.name === undefined);
    return unplaced ? `the definition of ${JSON.stringify(tool)} stands outside of the record, where it cannot be renamed` : undefined;
  }
  for (const one of tools.tools.filter(({ tool: { name } }) => name === tool)) {
    const known = parameterNames(one.tool);
    if (known.includes(to)) return `${JSON.stringify(tool)} already has a parameter ${JSON.stringify(to)}`;
    if (known.includes(parameter) && one.places.parameter(parameter) === undefined) return `the definition of ${JSON.stringify(parameter)} has no place in the record`;
  }
  const doubled = tools.calls.some(({ call }) => call.name === tool && Object.hasOwn(call.arguments, to) && Object.hasOwn(call.arguments, parameter));
  return doubled ? `a call of ${JSON.stringify(tool)} already has an argument ${JSON.stringify(to)}` : undefined;
}

function parameterNames(tool: ToolDefinition): readonly string[] {
  const properties = toolParameterSchema(tool).schema['properties'];
  return properties !== undefined && isJsonObject(properties) ? Object.keys(properties) : [];
}

/** Changes of the record, and of records of companion files that hold its answers. */
export type RenameEdits = { readonly own: readonly StructureEdit[]; readonly answers: readonly { readonly file: string; readonly record: number; readonly edits: readonly StructureEdit[] }[] };

/** What of a record says the name: definitions with their lists of what is required, calls, names of results. */
export function renameEdits({ tools, calls, results }: RecordTools, { tool, parameter, to }: Renaming): RenameEdits {
  const own: StructureEdit[] = [];
  const answers = new Map<string, { readonly file: string; readonly record: number; readonly edits: StructureEdit[] }>();
  const edits = (place: { readonly file: string; readonly record: number } | undefined): StructureEdit[] => {
    if (place === undefined) return own;
    const key = `${place.record} ${place.file}`;
    const found = answers.get(key) ?? { ...place, edits: [] };
    answers.set(key, found);
    return found.edits;
  };
  for (const { tool: definition, places } of tools) {
    if (definition.name !== tool) continue;
    const paths = parameter === undefined ? [places.name] : [places.parameter(parameter)?.name, ...places.otherNames(parameter)];
    for (const path of paths) if (path !== undefined) own.push(nameEdit(path, to));
  }
  for (const { call, place, answers: elsewhere } of calls) {
    if (call.name !== tool) continue;
    if (parameter === undefined) edits(elsewhere).push(nameEdit(place.name, to));
    else if (place.arguments !== undefined && (Object.hasOwn(call.arguments, parameter) || elsewhere !== undefined)) edits(elsewhere).push(nameEdit([...place.arguments, { key: parameter }], to));
  }
  if (parameter === undefined) for (const result of results) if (result.tool === tool && result.name !== undefined) own.push(nameEdit(result.name, to));
  return { own, answers: [...answers.values()] };
}

function nameEdit(path: SourcePath, to: string): StructureEdit {
  const last = path.at(-1);
  if (typeof last === 'object' && 'key' in last) return { kind: 'rename', path: [...path.slice(0, -1), last.key], key: to };
  if (typeof last === 'object' && 'from' in last) return { kind: 'text', path, text: to };
  return { kind: 'set', path, value: to };
}

/**
 * The same edits for strings of the record that are copies of one that is edited, letter by letter: some datasets keep a
 * prompt or an answer twice. Parts of calls and definitions are no copies, whatever they look like. All offsets are those of the locator's text.
 */
export function editsOfCopies(locator: RecordLocator, { tools, calls }: RecordTools, edits: readonly TextEdit[]): readonly TextEdit[] {
  const strings = topStrings(locator);
  const source = locator.file.text;
  const bySource = new Map<string, StringNode[]>();
  for (const node of strings) {
    if (node.end - node.start < leastCopy) continue;
    const written = source.slice(node.start, node.end);
    const same = bySource.get(written);
    if (same === undefined) bySource.set(written, [node]);
    else same.push(node);
  }
  const touched = new Set(strings.filter((node) => edits.some((edit) => edit.start > node.start && edit.end < node.end)));
  const known = [...tools.map(({ places }) => places.whole), ...calls.filter(({ answers }) => answers === undefined).map(({ place }) => place.call)].flatMap((path) => locator.locate(path)?.span ?? []);
  const isKnown = (node: Span): boolean => known.some((span) => span.start < node.end && node.start < span.end);
  // One of those that are edited stands for all that say the same.
  const examples = new Map([...touched].map((node) => [source.slice(node.start, node.end), node]));
  return [...examples.values()].flatMap((node) =>
    (bySource.get(source.slice(node.start, node.end)) ?? [])
      .filter((copy) => !touched.has(copy) && !isKnown(copy))
      .flatMap((copy) => edits.filter((edit) => edit.start > node.start && edit.end < node.end).map((edit) => ({ ...edit, start: edit.start - node.start + copy.start, end: edit.end - node.start + copy.start }))),
  );
}

const leastCopy = 20;

/** The strings of a record that stand in no other string. */
function topStrings(locator: RecordLocator): readonly StringNode[] {
  const found: StringNode[] = [];
  const walk = (node: JsonNode): void => {
    if (node.kind === 'string') found.push(node);
    else if (node.kind === 'array') node.items.forEach(walk);
    else if (node.kind === 'object') for (const member of node.members) walk(member.value);
  };
  for (const start of typeof locator.starts === 'number' ? [locator.starts] : locator.starts) {
    const spot = locator.recordAt(start);
    if (spot?.kind === 'value') walk(spot.node);
  }
  return found;
}

/**
 * Places where a text of the record mentions the name and none of the edits does: a tool's as a word of its own, a
 * parameter's in quotes. None for names that would have to be escaped.
 */
export function mentionsOf(locator: RecordLocator, edits: readonly Span[], { tool, parameter, to }: Renaming): readonly TextEdit[] {
  const name = parameter ?? tool;
  if (/["\\\p{Cc}]|[^\x20-\x7e]/u.test(to + name)) return [];
  const word = escapeRegExp(name);
  // The quotes of a Python dict's keys say no more than that it has such a key.
  const mention = parameter === undefined ? new RegExp(`(?<![\\w.-])${word}(?![\\w-])`, 'g') : new RegExp(`(?<=[\`'‘])${word}(?=[\`'’](?!\\s*:))`, 'g');
  const found: TextEdit[] = [];
  for (const node of topStrings(locator)) {
    if (!node.value.includes(name)) continue;
    const map = new StringMap(locator.file.text, node);
    for (const match of node.value.matchAll(mention)) {
      const span = map.spanToSource({ start: match.index, end: match.index + name.length });
      if (!edits.some((edit) => edit.start < span.end && span.start < edit.end)) found.push({ ...span, newText: to });
    }
  }
  return found;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * Whether a record that was read again says the new name in its tools and calls, and else what it said before. Labels that
 * stand in a companion file are left out of it.
 */
export function isRenamed(before: readonly RecordSample[], after: readonly RecordSample[], renaming: Renaming): boolean {
  return before.length === after.length && before.every((read, index) => {
    const other = after[index];
    if (other === undefined) return false;
    const elsewhere = placesOf(read).answers !== undefined;
    return sameMessages(read.sample, other.sample, renaming) && sameTools(read.sample, other.sample, renaming) && (elsewhere || sameLabel(read.sample.label, other.sample.label, renaming));
  });
}

function text(value: unknown): string {
  return stringifyJson(value as JsonValue); // Parts of samples are JSON.
}

/** Texts may hold what was renamed: the system text the tools, a result the tool's name. */
function sameMessages(before: Sample, after: Sample, renaming: Renaming): boolean {
  const say = (message: Message): string => text({ ...message, content: message.content.replaceAll(renaming.parameter ?? renaming.tool, renaming.to) });
  return before.messages.length === after.messages.length && before.messages.every((message, index) => say(renamedMessage(message, renaming)) === say(after.messages[index] ?? message));
}

function sameTools(before: Sample, after: Sample, renaming: Renaming): boolean {
  return before.tools.length === after.tools.length && before.tools.every((tool, index) => sameTool(tool, after.tools[index] ?? tool, renaming));
}

function sameTool(before: ToolDefinition, after: ToolDefinition, { tool, parameter, to }: Renaming): boolean {
  if (before.name !== tool) return text(before) === text(after);
  if (parameter === undefined) return text({ ...before, name: to }) === text(after);
  const say = (one: ToolDefinition): string => text(one).replaceAll(JSON.stringify(parameter), JSON.stringify(to)).replaceAll(parameter, to);
  const had = parameterNames(before).includes(parameter);
  const now = parameterNames(after);
  return say(before) === say(after) && !now.includes(parameter) && now.includes(to) === had;
}

function renamedMessage(message: Message, renaming: Renaming): Message {
  if (message.role === 'assistant') return { ...message, calls: message.calls.map((call) => renamedCall(call, renaming)) };
  return message.role === 'tool' && message.name === renaming.tool && renaming.parameter === undefined ? { ...message, name: renaming.to } : message;
}

/** Further right answers and possible values are part of it: one that kept the old name would be wrong. */
function sameLabel(before: Label, after: Label, renaming: Renaming): boolean {
  if (before.kind !== 'calls' || after.kind !== 'calls') return text(before) === text(after);
  const list = (calls: readonly ToolCall[]): readonly ToolCall[] => calls.map((call) => renamedCall(call, renaming));
  const renamed = {
    ...before,
    calls: list(before.calls),
    ...(before.alternatives === undefined ? {} : { alternatives: before.alternatives.map(list) }),
    ...(before.possible === undefined ? {} : { possible: list(before.possible) }),
  };
  return text(renamed) === text(after);
}

function renamedCall(call: ToolCall, { tool, parameter, to }: Renaming): ToolCall {
  if (call.name !== tool) return call;
  if (parameter === undefined) return { ...call, name: to };
  return { ...call, arguments: objectOf(Object.entries(call.arguments).map(([key, value]) => [key === parameter ? to : key, value] as const)) };
}
