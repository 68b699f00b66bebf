import { parseNatively } from '../json/fastParse.ts';
import { depthLimit } from '../json/scanner.ts';
import { isJsonObject } from '../json/value.ts';
import type { ToolCall } from '../dataset/sample.ts';
import { readCall } from './callValue.ts';

const open = '<tool_call>';
const close = '</tool_call>';
const reasoning = '<think>';
const reasoningEnd = '</think>';

/**
 * The calls of an answer that is nothing but tagged JSON calls, as most labels are, behind reasoning without any tags; what
 * `extractPrediction` gives for it with lenient arguments, for a fraction of the time. Undefined for every other text.
 */
export function plainCalls(text: string): readonly ToolCall[] | undefined {
  let at = skipSpace(text, behindReasoning(text));
  if (!text.startsWith(open, at)) return undefined;
  const calls: ToolCall[] = [];
  while (at < text.length) {
    if (!text.startsWith(open, at)) return undefined;
    const end = text.indexOf(close, at);
    if (end < 0 || !readBody(text.slice(at + open.length, end), calls)) return undefined;
    at = skipSpace(text, end + close.length);
  }
  return calls;
}

/** 0 where there is no reasoning, or not only. */
function behindReasoning(text: string): number {
  if (!text.startsWith(reasoning)) return 0;
  const end = text.indexOf('<', reasoning.length);
  return end >= 0 && text.startsWith(reasoningEnd, end) && !text.slice(0, end).includes('[TOOL_CALLS]') ? end + reasoningEnd.length : 0;
}

/** One call, or one on each line. */
function readBody(body: string, calls: ToolCall[]): boolean {
  // Looked for first, since a refusal of the platform's parser is dear.
  if (!body.includes('}\n{')) return addCall(body, calls);
  return body.split('\n').every((line) => line.trim() === '' || addCall(line, calls));
}

function addCall(json: string, calls: ToolCall[]): boolean {
  const start = skipSpace(json, 0);
  if (json.charAt(start) !== '{') return false;
  const value = parseNatively(json, depthLimit(undefined));
  if (value === undefined || !isJsonObject(value) || typeof value['name'] !== 'string') return false;
  const read = readCall(value, 'lenient');
  if (read.ok) calls.push(read.call);
  return read.ok;
}

/** Behind what JSON takes for white space. */
function skipSpace(text: string, from: number): number {
  let at = from;
  while (' \n\r\t'.includes(text.charAt(at) || '.')) at += 1;
  return at;
}
