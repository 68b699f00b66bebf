import { isJsonObject, JsonNumber, type JsonValue } from '../../json/value.ts';
import { isDerivable } from '../grounding/derivable.ts';
import { numbersInText } from '../grounding/numbersInText.ts';
import { fold, type RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

/** Numbers on their own: no dates, times, versions, ordinals, names with digits or numbers of list entries. */
const alone = /(?<![\p{L}\p{N}.,/:#'_-])(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\p{L}\p{N}/:_-]|\.\d|,\d|\)|\.\s)/gu;
/** Longer requests tell stories, whose numbers are not all for tools. */
const longest = 2000;

export const rule: SampleRule = {
  id: 'unused-number',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A request that takes several calls names a number that none of them has, nor any that could be made of it.',
    why: 'One of the parts of the request was forgotten, or an argument of a call.',
    good: 'calls with 440 and 0.8, for “make a tone of 440 Hz, and play it at 0.8”',
    bad: 'calls with 440 alone',
    shownAt: 'the message, at the number',
  },
  check({ sample: { label, messages }, request }) {
    const last = messages.length - 1;
    const message = messages[last];
    if (label.kind !== 'calls' || label.calls.length < 2 || message?.role !== 'user' || message.content.length > longest) return [];
    const { content } = message;
    const found = [...content.matchAll(alone)].filter((match) => isWorthIt(match[0]) && !startsLine(content, match.index));
    if (found.length === 0) return [];
    const text = fold((label.possible ?? label.calls).map(({ name, arguments: args }) => `${name} ${textOf(args)}`).join('\n'));
    const numbers = numbersInText(text);
    return found.filter(([written]) => !isUsed(Number(written.replaceAll(',', '')), numbers, text, request)).map((match): Hit => ({
      at: { part: 'message', message: last, from: match.index, to: match.index + match[0].length }, message: `the request names ${match[0]}, and none of its calls has it`,
    }));
  },
};

/** Whether nothing but white space stands before a place on its line. */
function startsLine(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0; before -= 1) {
    const character = text.charAt(before);
    if (character === '\n') return true;
    if (character.trim() !== '') return false;
  }
  return true;
}

/** One digit is often a count of what is asked. */
function isWorthIt(written: string): boolean {
  return written.length > 1 && !/^0+$/.test(written);
}

function isUsed(value: number, numbers: ReadonlySet<number>, text: string, request: RequestText): boolean {
  return numbers.has(value) || text.includes(String(value)) || isDerivable(value, numbers, request.folded);
}

function textOf(value: JsonValue): string {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(textOf).join('\n');
  if (isJsonObject(value)) return Object.entries(value).map(([key, member]) => `${key} ${textOf(member)}`).join('\n');
  if (typeof value === 'string') return value;
  return value instanceof JsonNumber ? value.raw : JSON.stringify(value);
}
