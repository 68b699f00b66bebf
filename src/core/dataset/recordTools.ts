import { isJsonArray, member, textMember } from '../json/member.ts';
import type { SourcePath } from '../json/path.ts';
import { nodeValue, type JsonNode } from '../json/tree.ts';
import type { JsonValue } from '../json/value.ts';
import { placesOf } from '../rules/places.ts';
import { callsInText } from './callsInText.ts';
import { definitionPlaces, rangeText, type DefinitionPlaces, type NamePath } from './definitionPlaces.ts';
import type { CallPlace, RecordSample } from './dialect.ts';
import { longestContext } from './dialogue.ts';
import type { RecordLocator } from './locate.ts';
import { chatCallPlaces } from './reading/chatMessages.ts';
import { noTools, readToolBlock } from './reading/toolBlock.ts';
import { readToolText } from './reading/toolText.ts';
import { textCallPlaces } from './reading/textCallPlaces.ts';
import type { Message, ToolCall, ToolDefinition } from './sample.ts';

export type ToolInRecord = { readonly tool: ToolDefinition; readonly places: DefinitionPlaces };

/** A call of a label or of the context. `message` counts the dialogue's messages from 0, `index` the calls of that message. */
export type CallInRecord = {
  readonly call: ToolCall;
  readonly place: CallPlace;
  readonly message: number;
  readonly index: number;
  /** With it, the place is in that record of a companion file. */
  readonly answers?: { readonly file: string; readonly record: number } | undefined;
};

/** A tool's result in the context. `name` leads to the name of the tool, where the result says it. */
export type ResultInRecord = { readonly message: number; readonly path: SourcePath; readonly name: NamePath | undefined; readonly tool: string | undefined; readonly answers: { readonly message: number; readonly index: number } | undefined };

/** Every tool, call and result of a record, each once however many samples share it. */
export type RecordTools = { readonly tools: readonly ToolInRecord[]; readonly calls: readonly CallInRecord[]; readonly results: readonly ResultInRecord[] };

/**
 * Finds the tools, calls and results of a record, with their places; tools when they are first asked for. Calls that have no
 * place are left out. Where a record lists its tools a second time, beside those in a text, both are found.
 */
export function recordTools(locator: RecordLocator, samples: readonly RecordSample[], record: JsonValue | undefined): RecordTools {
  const calls = new Map<string, CallInRecord>();
  const results = new Map<string, ResultInRecord>();
  for (const read of samples) addLabelCalls(read, calls);
  const longest = longestContext(samples);
  if (longest !== undefined) addContext(locator, longest, calls, results);
  let tools: readonly ToolInRecord[] | undefined;
  return {
    get tools() {
      return (tools ??= definedTools(locator, samples, longest, record));
    },
    calls: [...calls.values()],
    results: [...results.values()],
  };
}

function definedTools(locator: RecordLocator, samples: readonly RecordSample[], longest: RecordSample | undefined, record: JsonValue | undefined): readonly ToolInRecord[] {
  const tools = new Map<string, ToolInRecord>();
  const seen = new Set<readonly ToolDefinition[]>();
  for (const read of samples) {
    // Samples of one record share the list of their tools.
    if (seen.has(read.sample.tools)) continue;
    seen.add(read.sample.tools);
    const { tools: paths } = placesOf(read);
    for (const [index, tool] of read.sample.tools.entries()) {
      const path = paths[index];
      const key = `${keyOf(path ?? [])} ${tool.name}`;
      if (path !== undefined && !tools.has(key)) tools.set(key, { tool, places: definitionPlaces(locator, path, tool) });
    }
  }
  if (samples.length > 0) addListedTools(locator, record, tools);
  if (longest !== undefined) addTaggedTools(locator, longest, tools);
  return [...tools.values()];
}

function addListedTools(locator: RecordLocator, record: JsonValue | undefined, tools: Map<string, ToolInRecord>): void {
  for (const key of ['tools', 'functions']) {
    const value = member(record, key);
    const block = value === undefined ? noTools : readToolBlock(value);
    for (const [index, tool] of block.tools.entries()) {
      const path: SourcePath = [key, ...(block.paths[index] ?? [])];
      const id = `${keyOf(path)} ${tool.name}`;
      if (!tools.has(id)) tools.set(id, { tool, places: definitionPlaces(locator, path, tool) });
    }
  }
}

/** Tools between tags in a system text, where the record lists them elsewhere too (Hermes). */
function addTaggedTools(locator: RecordLocator, read: RecordSample, tools: Map<string, ToolInRecord>): void {
  const { messages: paths } = placesOf(read);
  for (const [index, message] of read.sample.messages.entries()) {
    const path = paths[index];
    if (message.role !== 'system' || path === undefined || !message.content.includes('<tools>')) continue;
    for (const holder of [path, [...path, 'content'], [...path, 'value']]) {
      const node = locator.locate(holder)?.node;
      if (node?.kind !== 'string') continue;
      const start = node.value.lastIndexOf('<tools>') + '<tools>'.length;
      const end = node.value.indexOf('</tools>', start);
      const block = readToolText(node.value, end < 0 ? undefined : { start, end }, { pythonRepr: true });
      for (const [at, tool] of block.tools.entries()) {
        const whole: SourcePath = [...holder, ...(block.paths[at] ?? [])];
        const id = `${keyOf(whole)} ${tool.name}`;
        if (!tools.has(id)) tools.set(id, { tool, places: definitionPlaces(locator, whole, tool) });
      }
    }
  }
}

function keyOf(path: SourcePath): string {
  return JSON.stringify(path);
}

function addLabelCalls(read: RecordSample, calls: Map<string, CallInRecord>): void {
  const { sample } = read;
  if (sample.label.kind !== 'calls') return;
  const { calls: places, answers } = placesOf(read);
  for (const [index, call] of sample.label.calls.entries()) {
    const place = places[index];
    const key = `${answers === undefined ? '' : `${answers.file} ${answers.record}`}${keyOf(place?.call ?? [])}${index}`;
    if (place !== undefined && !calls.has(key)) calls.set(key, { call, place, message: sample.messages.length, index, answers });
  }
}

/** Calls of earlier messages are labels of earlier steps, but for those that are context only. */
function addContext(locator: RecordLocator, read: RecordSample, calls: Map<string, CallInRecord>, results: Map<string, ResultInRecord>): void {
  const { sample } = read;
  const { messages: paths } = placesOf(read);
  const known = new Set([...calls.values()].map(({ message }) => message));
  for (const [index, message] of sample.messages.entries()) {
    const path = paths[index];
    if (path === undefined) continue;
    if (message.role === 'assistant' && message.calls.length > 0 && !known.has(index)) {
      for (const found of callsOfMessage(locator, path, message.calls)) calls.set(`context ${keyOf(found.place.call)}`, { ...found, message: index });
    }
    if (message.role === 'tool' && !results.has(keyOf(path))) results.set(keyOf(path), resultOf(locator, sample.messages, index, path));
  }
}

/** Calls of a context message where they stand: as members of it, or in its text. */
function callsOfMessage(locator: RecordLocator, path: SourcePath, calls: readonly ToolCall[]): { readonly call: ToolCall; readonly place: CallPlace; readonly index: number }[] {
  for (const places of candidatePlaces(locator, path)) {
    const placed = calls.flatMap((call, index) => {
      const place = places[index];
      const node = place && locator.locate(place.name)?.node;
      return place !== undefined && node?.kind === 'string' && node.value === call.name ? [{ call, place, index }] : [];
    });
    if (placed.length === calls.length) return placed;
  }
  return [];
}

function* candidatePlaces(locator: RecordLocator, path: SourcePath): Generator<readonly CallPlace[]> {
  const last = path.at(-1);
  const text = rangeText(locator, path);
  if (text !== undefined && typeof last === 'object' && 'from' in last) {
    const holder = path.slice(0, -1);
    const whole = locator.locate(holder)?.node;
    if (whole?.kind !== 'string') return;
    const found = callsInText(whole.value);
    yield textCallPlaces(holder, whole.value).filter((_place, index) => {
      const node = found[index]?.node;
      return node !== undefined && node.start >= last.from && node.end <= last.to;
    });
    return;
  }
  const node = locator.locate(path)?.node;
  if (node === undefined) return;
  const value = nodeValue(node);
  const list = member(value, 'tool_calls');
  if (isJsonArray(list)) yield chatCallPlaces(list, (index) => [...path, 'tool_calls', index]);
  const legacy = member(value, 'function_call');
  if (legacy !== undefined) yield chatCallPlaces([legacy], () => [...path, 'function_call']);
  if (typeof value === 'string') yield textCallPlaces(path, value);
  for (const key of ['content', 'value']) {
    const content = textMember(value, key);
    if (content !== undefined) yield textCallPlaces([...path, key], content);
  }
}

function resultOf(locator: RecordLocator, messages: readonly Message[], index: number, path: SourcePath): ResultInRecord {
  const message = messages[index];
  const tool = message?.role === 'tool' ? message.name : undefined;
  let caller = index - 1;
  while (messages[caller]?.role === 'tool') caller -= 1;
  const call = messages[caller];
  const number = message?.role === 'tool' && message.answers !== undefined ? message.answers : index - caller - 1;
  const answered = call?.role === 'assistant' ? call.calls[number] : undefined;
  const name = nameInResult(locator, path, tool ?? answered?.name);
  return { message: index, path, name: name?.path, tool: tool ?? name?.value, answers: answered === undefined ? undefined : { message: caller, index: number } };
}

/** The tool's name in a result: a member of the message, or of the JSON that its text is or holds between tags. */
function nameInResult(locator: RecordLocator, path: SourcePath, name: string | undefined): { readonly path: NamePath; readonly value: string } | undefined {
  const node = locator.locate(path)?.node;
  const own = memberText(node, 'name');
  if (own !== undefined && (name === undefined || own === name)) return { path: [...path, 'name'], value: own };
  if (name === undefined) return undefined;
  const last = path.at(-1);
  const range = typeof last === 'object' && 'from' in last ? last : undefined;
  const holders: readonly SourcePath[] = range !== undefined ? [path.slice(0, -1)] : node?.kind === 'string' ? [path] : [[...path, 'content'], [...path, 'value']];
  for (const holder of holders) {
    const text = locator.locate(holder)?.node;
    if (text?.kind !== 'string') continue;
    const from = range?.from ?? 0;
    const start = text.value.slice(from, range?.to ?? text.value.length).search(/[[{]/);
    const found = start < 0 ? undefined : namedJson(locator, [...holder, { json: from + start }], name);
    if (found !== undefined) return { path: found, value: name };
  }
  return undefined;
}

function namedJson(locator: RecordLocator, path: SourcePath, name: string): NamePath | undefined {
  const node = locator.locate(path)?.node;
  if (memberText(node, 'name') === name) return [...path, 'name'];
  if (node?.kind !== 'array') return undefined;
  const index = node.items.findIndex((item) => memberText(item, 'name') === name);
  return index < 0 ? undefined : [...path, index, 'name'];
}

function memberText(node: JsonNode | undefined, key: string): string | undefined {
  if (node?.kind !== 'object') return undefined;
  const value = node.members.findLast((one) => one.key.value === key)?.value;
  return value?.kind === 'string' ? value.value : undefined;
}
