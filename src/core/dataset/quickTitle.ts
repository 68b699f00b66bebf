import { shortText } from './recordOutline.ts';

/** So far into a record its user's first text is looked for, and so much of it is looked at, in characters. */
const mostLookedAt = 100_000;
const mostText = 400;

type Beginning = { readonly opening: RegExp; /** What ends the text before its string does. */ readonly closing?: string };

const dialogue: Beginning = { opening: /"(?:role|from)"\s*:\s*"(?:user|human)"\s*,\s*"(?:content|value)"\s*:\s*"/ };
const history: Beginning = { opening: /"input"\s*:\s*"\*\*Dialogue Records History\*\*(?:\\n|\s)*<user>/, closing: '</user>' };
const template: Beginning = { opening: /"input"\s*:\s*"/, closing: '<|im_end|>' };
const beginnings: Readonly<Record<string, Beginning>> = { 'openai-chat': dialogue, bfcl: dialogue, toolrl: history, looptool: template };

/**
 * What `recordTitle` says of a record on one line, from its text alone, in a fraction of the time; undefined where that takes
 * reading the record.
 */
export function quickTitle(text: string, dialect: string): string | undefined {
  const beginning = Object.hasOwn(beginnings, dialect) ? beginnings[dialect] : undefined;
  if (beginning === undefined) return undefined;
  const { opening, closing } = beginning;
  const found = opening.exec(text.length > mostLookedAt ? text.slice(0, mostLookedAt) : text);
  if (found === null) return undefined;
  const start = found.index + found[0].length;
  const literal = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/.exec(text.slice(start, start + mostText))?.[0] ?? '';
  const closed = closing === undefined ? -1 : literal.indexOf(closing);
  const end = closed < 0 && text.charAt(start + literal.length) === '"' ? literal.length : closed;
  try {
    const decoded: unknown = JSON.parse(`"${end < 0 ? literal : literal.slice(0, end)}"`);
    // Behind what was looked at there is more, however little of it is shown.
    return typeof decoded === 'string' ? shortText(end < 0 ? decoded.padEnd(mostText, '.') : decoded) : undefined;
  } catch {
    return undefined;
  }
}
