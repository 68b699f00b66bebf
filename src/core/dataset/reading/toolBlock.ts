import { parseJson } from '../../json/parse.ts';
import { isJsonArray, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { JsonNumber, isJsonObject, type JsonValue } from '../../json/value.ts';
import type { RecordProblem } from '../dialect.ts';
import type { ToolDefinition } from '../sample.ts';
import { rememberedAnswers } from './lastAnswer.ts';
import { readTool } from './toolValue.ts';

/** The tools of a record, with their places relative to the block. Equal blocks are one object, so that what is worked out of them is too. */
export type ToolBlock = { readonly tools: readonly ToolDefinition[]; readonly paths: readonly SourcePath[]; readonly problem?: RecordProblem | undefined };

export const noTools: ToolBlock = { tools: [], paths: [] };

const mostRemembered = 4096;
const texts = new Map<string, ToolBlock>();
const lists = new Map<string, { readonly value: JsonValue; readonly block: ToolBlock }[]>();
const mostAlike = 16;
/** Blocks may be of any size, so what is kept is bounded in all: characters of texts, tools of lists. */
const mostCharacters = 8_000_000;
const mostTools = 32_768;
let characters = 0;
let toolsInLists = 0;

/** How often a block was met again, for measuring. */
export const toolBlockHits = { asked: 0, found: 0 };

/** Tools written as text; `read` is asked once for each text. `kind` keeps readers of the same text apart. */
export function rememberedBlock(kind: string, text: string, read: (text: string) => ToolBlock): ToolBlock {
  const key = kind + text;
  toolBlockHits.asked += 1;
  const known = texts.get(key);
  if (known !== undefined) {
    toolBlockHits.found += 1;
    return known;
  }
  const block = read(text);
  characters += key.length;
  if (texts.size >= mostRemembered || characters > mostCharacters) {
    texts.clear();
    characters = key.length;
  }
  if (key.length <= mostCharacters) texts.set(key, block);
  return block;
}

/** What a text with tools in it is read as, once for each text that is the same altogether; `read` asks for the block by itself otherwise. */
export function rememberedTools<T>(read: (text: string) => T): (text: string) => T {
  let isNew = false;
  const remembered = rememberedAnswers((text) => {
    isNew = true;
    return read(text);
  });
  return (text) => {
    isNew = false;
    const answer = remembered(text);
    if (!isNew) {
      toolBlockHits.asked += 1;
      toolBlockHits.found += 1;
    }
    return answer;
  };
}

/** A list of tools: objects, JSON texts of objects, or one JSON text of the whole list. Absent and null are no tools. */
export function readToolBlock(value: JsonValue | undefined): ToolBlock {
  if (value === undefined || value === null) return noTools;
  if (typeof value === 'string') return rememberedBlock('json', value, readJsonText);
  if (!isJsonArray(value)) return { ...noTools, problem: { path: [], message: 'the tools are not a list' } };
  return rememberedList(value);
}

function readJsonText(text: string): ToolBlock {
  if (text.trim() === '') return noTools;
  const parsed = parseJson(text);
  if (!parsed.ok) return { ...noTools, problem: { path: [{ from: parsed.offset, to: parsed.offset + 1 }], message: `the tools are not JSON: ${parsed.message}` } };
  if (parsed.value === null) return noTools;
  if (!isJsonArray(parsed.value)) return { ...noTools, problem: { path: [{ json: 0 }], message: 'the tools are not a list' } };
  return readList(parsed.value, [{ json: 0 }]);
}

/** Blocks of lists that are one object in several records (see `RecordParser`). */
const sameLists = new WeakMap<readonly JsonValue[], ToolBlock>();

function rememberedList(list: readonly JsonValue[]): ToolBlock {
  const same = sameLists.get(list);
  const block = same ?? equalList(list);
  if (same === undefined) sameLists.set(list, block);
  else {
    toolBlockHits.asked += 1;
    toolBlockHits.found += 1;
  }
  return block;
}

function equalList(list: readonly JsonValue[]): ToolBlock {
  const first = list[0];
  const key = `${list.length} ${textMember(member(first, 'function') ?? first, 'name') ?? (typeof first === 'string' ? first.slice(0, 60) : '')}`;
  toolBlockHits.asked += 1;
  let alike = lists.get(key);
  const known = alike?.find((one) => sameJson(one.value, list));
  if (known !== undefined) {
    toolBlockHits.found += 1;
    return known.block;
  }
  const block = readList(list, []);
  toolsInLists += list.length + 1;
  if (lists.size >= mostRemembered || toolsInLists > mostTools) {
    lists.clear();
    alike = undefined;
    toolsInLists = list.length + 1;
  }
  if (alike === undefined || alike.length >= mostAlike) {
    alike = [];
    lists.set(key, alike);
  }
  alike.push({ value: list, block });
  return block;
}

function readList(list: readonly JsonValue[], path: SourcePath): ToolBlock {
  const tools: ToolDefinition[] = [];
  const paths: SourcePath[] = [];
  for (const [index, item] of list.entries()) {
    let at: SourcePath = [...path, index];
    let value = item;
    if (typeof item === 'string') {
      const parsed = parseJson(item);
      if (!parsed.ok) return { tools, paths, problem: { path: [...at, { from: parsed.offset, to: parsed.offset + 1 }], message: `a tool is not JSON: ${parsed.message}` } };
      value = parsed.value;
      at = [...at, { json: 0 }];
    }
    const read = readTool(value);
    if (!read.ok) return { tools, paths, problem: { path: [...at, ...read.path], message: read.message } };
    tools.push(read.tool);
    paths.push(at);
  }
  return { tools, paths };
}

/** Structural equality, key order and number literals included. Recursion is bounded by the parser's depth. */
function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof JsonNumber || b instanceof JsonNumber) return a instanceof JsonNumber && b instanceof JsonNumber && a.raw === b.raw;
  if (isJsonArray(a)) {
    if (!isJsonArray(b) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at += 1) if (!sameJson(a[at] ?? null, b[at] ?? null)) return false;
    return true;
  }
  if (isJsonArray(b) || !isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return false;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? '';
    if (key !== others[at] || !sameJson(a[key] ?? null, b[key] ?? null)) return false;
  }
  return true;
}
