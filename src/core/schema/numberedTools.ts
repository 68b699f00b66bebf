import type { ToolDefinition } from '../dataset/sample.ts';
import { parseJson } from '../json/parse.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';

/** A tool that stands in a text. Offsets are UTF-16 units of the text; `to` is after the last character. */
export type NumberedTool = {
  readonly tool: ToolDefinition;
  readonly from: number;
  readonly to: number;
  readonly name: { readonly from: number; readonly to: number };
  /** Where the parameters stand; absent where none are given. */
  readonly parameters?: { readonly from: number; readonly to: number };
  /** Set where the parameters cannot be read; the tool has none then. */
  readonly problem?: string;
};

/** Reads one value as the dataset writes it; undefined where the text is none. Python literals need another than JSON's. */
export type ReadLiteral = (text: string) => JsonValue | undefined;

function readJson(text: string): JsonValue | undefined {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : undefined;
}

const heading = /^[ \t]*\d+[.)][ \t]*\**Name\**:\**[ \t]*(.*?)[ \t]*\r?$/gm;
const parametersMark = /^[ \t]*\**(?:Parameters|Input|Arguments)\**:\**[ \t]*/m;
const descriptionMark = /^[ \t]*\**Description\**:\**[ \t]*/m;

/**
 * Tools that a prompt lists by number, as ToolRL, xLAM prompts and ToolAlpaca have them:
 * `1. Name: …`, `Description: …`, `Parameters: {…}` (or `Input:`), each on a line of its own. Parameters may go over several lines.
 */
export function readNumberedTools(text: string, readLiteral: ReadLiteral = readJson): readonly NumberedTool[] {
  const heads = [...text.matchAll(heading)];
  return heads.flatMap((head, i) => {
    const from = head.index + (head[0].length - head[0].trimStart().length);
    const headEnd = head.index + head[0].length;
    const name = head[1] ?? '';
    if (name === '') return [];
    const nameFrom = text.indexOf(name, text.indexOf(':', from));
    return [readBody(text, { from, name, nameFrom, bodyFrom: headEnd, limit: heads[i + 1]?.index ?? text.length }, readLiteral)];
  });
}

type Head = { readonly from: number; readonly name: string; readonly nameFrom: number; readonly bodyFrom: number; readonly limit: number };

function readBody(text: string, head: Head, readLiteral: ReadLiteral): NumberedTool {
  const body = text.slice(head.bodyFrom, head.limit);
  const described = descriptionMark.exec(body);
  const given = parametersMark.exec(body);
  const name = { from: head.nameFrom, to: head.nameFrom + head.name.length };
  const descriptionFrom = described === null ? undefined : described.index + described[0].length;
  const descriptionEnd = given !== null && descriptionFrom !== undefined && given.index > descriptionFrom ? given.index : undefined;
  const description = descriptionFrom === undefined ? undefined : (descriptionEnd === undefined ? firstLine(body, descriptionFrom) : body.slice(descriptionFrom, descriptionEnd)).trim();
  const stated = description === undefined ? {} : { description };
  if (given === null) {
    const end = descriptionFrom === undefined ? head.bodyFrom : head.bodyFrom + descriptionFrom + firstLine(body, descriptionFrom).trimEnd().length;
    return { tool: { name: head.name, ...stated }, from: head.from, to: end, name, problem: 'no parameters are given' };
  }
  const parametersFrom = given.index + given[0].length;
  const parametersTo = endOfLiteral(body, parametersFrom);
  const literal = body.slice(parametersFrom, parametersTo);
  const value = readLiteral(literal);
  const place = { from: head.bodyFrom + parametersFrom, to: head.bodyFrom + parametersTo };
  const rest = { from: head.from, to: place.to, name, parameters: place };
  if (value !== undefined && isJsonObject(value)) return { tool: { name: head.name, ...stated, parameters: value }, ...rest };
  if (value !== undefined && Array.isArray(value)) return { tool: { name: head.name, ...stated, extras: { parameters: value } }, ...rest };
  return { tool: { name: head.name, ...stated }, ...rest, problem: 'the parameters cannot be read' };
}

function firstLine(body: string, from: number): string {
  const end = body.indexOf('\n', from);
  return body.slice(from, end < 0 ? body.length : end);
}

/** After the bracket that closes the one at `from`, strings in either kind of quotes apart; the end of the line where none opens or it never closes. */
function endOfLiteral(body: string, from: number): number {
  const lineEnd = from + firstLine(body, from).trimEnd().length;
  if (!'{['.includes(body.charAt(from)) || from >= body.length) return lineEnd;
  let depth = 0;
  let quote = '';
  for (let i = from; i < body.length; i += 1) {
    const character = body.charAt(i);
    if (quote !== '') {
      if (character === '\\') i += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return lineEnd;
}
