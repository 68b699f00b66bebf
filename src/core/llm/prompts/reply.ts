import { parseJson } from '../../json/parse.ts';
import { nodeValue, parseTree } from '../../json/tree.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';

const closeThink = '</think>';

/** What a model said after thinking: the text after the last `</think>`; undefined when a reasoning block was opened and never closed. */
export function withoutReasoning(content: string): string | undefined {
  const closed = content.lastIndexOf(closeThink);
  if (closed >= 0) return content.slice(closed + closeThink.length).trim();
  return /^\s*<think>/u.test(content) ? undefined : content.trim();
}

/**
 * The JSON objects that a reply holds, in this order of trust: the whole reply; else every fenced block that is one;
 * else every object that stands in the text. Objects inside of others are not counted.
 */
export function objectsInReply(text: string): readonly JsonObject[] {
  const whole = parseJson(text);
  if (whole.ok) return isJsonObject(whole.value) ? [whole.value] : [];
  const fenced = [...text.matchAll(/^[ \t]*```[a-zA-Z]*[ \t]*\r?\n([\s\S]*?)\r?\n?^[ \t]*```/gmu)].map((match) => parseJson(match[1] ?? ''));
  const objects = fenced.flatMap((parsed) => (parsed.ok && isJsonObject(parsed.value) ? [parsed.value] : []));
  return objects.length > 0 ? objects : objectsInProse(text);
}

function objectsInProse(text: string): readonly JsonObject[] {
  const objects: JsonObject[] = [];
  // A text of nothing but opening braces must not cost a scan for each.
  let failures = 0;
  for (let at = text.indexOf('{'); at >= 0 && failures < 64; ) {
    const tree = parseTree(text, { offset: at });
    const value = tree.ok ? nodeValue(tree.node) : undefined;
    if (tree.ok && isJsonObject(value)) objects.push(value);
    else failures++;
    at = text.indexOf('{', tree.ok ? tree.node.end : at + 1);
  }
  return objects;
}

/**
 * A verdict word at the start of an answer, in brackets or bare, perhaps after `Verdict:` and Markdown marks. Words in the
 * middle of a sentence are not verdicts: a reply that weighs two of them names both.
 */
export function anchoredWord(text: string, words: readonly string[]): string | undefined {
  const match = /^[\s*_#>`"]*(?:(?:final\s+)?verdict\s*[:：]?[\s*_`]*)?\[?\s*([A-Z][A-Z0-9_]*)\s*\]?/iu.exec(text);
  const word = match?.[1]?.toUpperCase();
  return word !== undefined && words.includes(word) ? word : undefined;
}

/** The text of a member, trimmed; empty when it is not a string. */
export function textMember(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value.trim() : '';
}

/** What follows `Error Analysis:` and `Correct Approach:` in a reply without JSON; a reply without these heads is all analysis. */
export function headedTexts(text: string): { readonly analysis: string; readonly approach: string } {
  const [before = '', approach = ''] = text.split(/[*_#\s]*correct approach[*_\s]*[:：]/iu);
  const analysis = before.split(/[*_#\s]*error analysis[*_\s]*[:：]/iu)[1] ?? before.replace(/^[^\n]*\n?/u, '');
  const clean = (part: string): string => part.replace(/^[\s*_]+|[\s*_]+$/gu, '');
  return { analysis: clean(analysis), approach: clean(approach) };
}
