import type { ToolDefinition } from '../../dataset/sample.ts';
import { stringifyJson } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import { argumentAt, membersAt, type ArgumentFacts } from '../../schema/argumentFacts.ts';
import { typeName } from '../../schema/signature.ts';
import { toolTable } from '../../schema/toolTable.ts';

/** Something that could stand at the caret: `insert` replaces the text from `from` to before `to` (UTF-16). */
export type Suggestion = { readonly insert: string; readonly label: string; readonly detail: string };
export type Suggestions = { readonly from: number; readonly to: number; readonly items: readonly Suggestion[] };

type Frame = { readonly kind: 'object' | 'array'; key: string | undefined; readonly seen: Set<string>; index: number; expects: 'key' | 'value' | 'end'; name: string | undefined };
type Place = { readonly frames: readonly Frame[]; readonly from: number; readonly token: string; readonly quoted: boolean };

const mostSuggestions = 50;
/** A caret far behind the beginning costs a scan of all before it. */
const longestText = 200_000;

/** What could stand at an offset of a label's JSON, however broken the rest of it is: kinds, keys, tools, arguments, listed values. */
export function suggestAt(text: string, offset: number, tools: readonly ToolDefinition[]): Suggestions | undefined {
  if (offset > longestText) return undefined;
  const place = scan(text, offset);
  const frame = place.frames.at(-1);
  if (frame === undefined || frame.expects === 'end') return undefined;
  const typed = place.token.replace(/^"/, '').toLowerCase();
  const found = frame.expects === 'key' ? keysAt(place, tools) : valuesAt(place, tools);
  const items = found.filter(({ label }) => label.toLowerCase().includes(typed)).slice(0, mostSuggestions);
  if (items.length === 0 || (items.length === 1 && items[0]?.label.toLowerCase() === typed)) return undefined;
  return { from: place.from, to: tokenEnd(text, offset, place.quoted), items: items.map((item) => (frame.expects === 'key' && hasColon(text, tokenEnd(text, offset, place.quoted)) ? { ...item, insert: item.insert.replace(/: $/, '') } : item)) };
}

function hasColon(text: string, at: number): boolean {
  return /^\s*:/.test(text.slice(at, at + 20));
}

function tokenEnd(text: string, offset: number, quoted: boolean): number {
  const rest = text.slice(offset, offset + 200);
  const end = quoted ? /^[^"\n\\]*"/.exec(rest)?.[0].length : /^[\w.+-]*/.exec(rest)?.[0].length;
  return offset + (end ?? 0);
}

function scan(text: string, offset: number): Place {
  const frames: Frame[] = [];
  for (let i = 0; i < offset; ) {
    const character = text.charAt(i);
    const frame = frames.at(-1);
    if (character === '"') {
      const end = stringEnd(text, i, offset);
      if (end === undefined) return { frames, from: i, token: text.slice(i, offset), quoted: true };
      took(frame, text.slice(i, end));
      i = end;
    } else if (character === '{' || character === '[') {
      frames.push({ kind: character === '{' ? 'object' : 'array', key: undefined, seen: new Set(), index: 0, expects: character === '{' ? 'key' : 'value', name: undefined });
      i += 1;
    } else if (character === '}' || character === ']') {
      frames.pop();
      const outer = frames.at(-1);
      if (outer !== undefined) outer.expects = 'end';
      i += 1;
    } else if (character === ':' || character === ',') {
      if (frame !== undefined) separate(frame, character);
      i += 1;
    } else if (/\s/.test(character)) i += 1;
    else {
      const word = /^[^\s,:[\]{}"]+/.exec(text.slice(i, offset))?.[0] ?? character;
      if (i + word.length >= offset) return { frames, from: i, token: word, quoted: false };
      took(frame, word);
      i += word.length;
    }
  }
  return { frames, from: offset, token: '', quoted: false };
}

/** Where a string ends (behind its quote); undefined where it is still open. */
function stringEnd(text: string, start: number, limit: number): number | undefined {
  for (let i = start + 1; i < limit; i += 1) {
    const character = text.charAt(i);
    if (character === '\\') i += 1;
    else if (character === '"') return i + 1;
    else if (character === '\n') return undefined;
  }
  return undefined;
}

function took(frame: Frame | undefined, token: string): void {
  if (frame === undefined) return;
  const word = token.startsWith('"') ? unquoted(token) : token;
  if (frame.kind === 'object' && frame.expects === 'key') {
    frame.key = word;
    frame.seen.add(word);
  } else if (frame.key === 'name') frame.name = word;
  frame.expects = 'end';
}

function unquoted(token: string): string {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : token;
  } catch {
    return token.slice(1, -1);
  }
}

function separate(frame: Frame, character: string): void {
  if (character === ':') frame.expects = 'value';
  else if (frame.kind === 'array') {
    frame.index += 1;
    frame.expects = 'value';
  } else {
    frame.key = undefined;
    frame.expects = 'key';
  }
}

/** The steps to what stands at the caret, without the last key where a key is wanted. */
function pathOf(frames: readonly Frame[]): readonly (string | number)[] {
  return frames.flatMap((frame, index): (string | number)[] => {
    if (frame.kind === 'array') return [frame.index];
    if (index === frames.length - 1 && frame.expects === 'key') return [];
    return frame.key === undefined ? [] : [frame.key];
  });
}

/** Steps to a call: its own, or one of an alternative or of the possible answers. */
function callDepth(path: readonly (string | number)[]): number | undefined {
  const depth = path[0] === 'alternatives' ? 3 : path[0] === 'calls' || path[0] === 'possible' ? 2 : undefined;
  return depth !== undefined && path.length >= depth ? depth : undefined;
}

function keysAt({ frames }: Place, tools: readonly ToolDefinition[]): readonly Suggestion[] {
  const path = pathOf(frames);
  const seen = frames.at(-1)?.seen ?? new Set();
  const depth = callDepth(path);
  if (path.length === 0) return keys(['kind', 'calls', 'alternatives', 'text', 'textKind'], seen);
  if (path.length === 1 && path[0] === 'textKind') return keys(['kind', 'argument'], seen);
  if (depth === undefined) return [];
  if (path.length === depth) return keys(['name', 'arguments'], seen);
  const tool = toolTable(tools).find(frames[depth]?.name ?? '')?.tools[0];
  if (tool === undefined || path[depth] !== 'arguments') return [];
  const members = [...membersAt(tool, path.slice(depth + 1))].filter(({ name }) => !seen.has(name)).sort((a, b) => Number(b.required) - Number(a.required));
  return members.map((facts) => ({ insert: `${JSON.stringify(facts.name)}: `, label: facts.name, detail: `${typeName(facts)}${facts.required ? ' *' : ''}` }));
}

function keys(names: readonly string[], seen: ReadonlySet<string>): readonly Suggestion[] {
  return names.filter((name) => !seen.has(name)).map((name) => ({ insert: `"${name}": `, label: name, detail: '' }));
}

function valuesAt({ frames }: Place, tools: readonly ToolDefinition[]): readonly Suggestion[] {
  const path = pathOf(frames);
  const depth = callDepth(path);
  if (path.length === 1 && path[0] === 'kind') return values(['calls', 'text', 'noCall', 'anyCall']);
  if (path.length === 2 && path[0] === 'textKind' && path[1] === 'kind') return values(['ask', 'decline', 'answer']);
  if (depth === undefined) return [];
  if (path[depth] === 'name' && path.length === depth + 1) return tools.map(({ name }) => ({ insert: JSON.stringify(name), label: name, detail: '' }));
  const tool = toolTable(tools).find(frames[depth]?.name ?? '')?.tools[0];
  if (tool === undefined || path[depth] !== 'arguments' || path.length < depth + 2) return [];
  const facts = argumentAt(tool, path[0] === 'possible' ? path.slice(depth + 1, -1) : path.slice(depth + 1));
  return facts === undefined ? [] : valuesOf(facts);
}

function valuesOf(facts: ArgumentFacts): readonly Suggestion[] {
  if (facts.values !== undefined) return values(facts.values);
  const standard = facts.hasDefault && facts.default !== undefined ? [facts.default] : [];
  return values([...standard, ...(facts.types.includes('boolean') ? [true, false] : []), ...(facts.types.includes('null') ? [null] : [])]);
}

function values(list: readonly JsonValue[]): readonly Suggestion[] {
  const texts = [...new Set(list.map((value) => stringifyJson(value)))];
  return texts.map((text) => ({ insert: text, label: text.startsWith('"') ? unquoted(text) : text, detail: '' }));
}
