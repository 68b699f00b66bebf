import type { Message } from '../../dataset/sample.ts';
import { losslessNumber, parseJson } from '../../json/parse.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../../json/value.ts';
import { valueKey } from '../../toolcall/canonicalCall.ts';
import { isPossible, readDates } from './dates.ts';
import { numbersInText } from './numbersInText.ts';
import { fold } from './requestText.ts';

/** A value that a conversation names; `message` is 0-based. */
export type ConversationValue = { readonly value: JsonValue; readonly message: number };

/** What an argument may hold: JSON type names (empty for any), and whether it asks for a date. */
export type WantedValue = { readonly types: readonly string[]; readonly isDate: boolean };

const longestMessage = 20_000;
const mostMessages = 40;
const longestValue = 120;

/**
 * Values that the messages of users and the results of tools name and that fit: quoted texts, names, dates, addresses and ids,
 * numbers in digits and words. Those of later messages come first, each once; `most` at the most.
 */
export function conversationValues(messages: readonly Message[], wanted: WantedValue, most = 30): readonly ConversationValue[] {
  const found = new Map<string, ConversationValue>();
  const speaking = messages.flatMap((message, index) => (message.role === 'user' || message.role === 'tool' ? [{ message, index }] : []));
  for (const { message, index } of speaking.slice(-mostMessages).reverse()) {
    const content = message.content.slice(0, longestMessage);
    for (const value of valuesIn(content, message.role === 'tool', wanted)) {
      const key = valueKey(value);
      if (!found.has(key)) found.set(key, { value, message: index });
      if (found.size >= most) return [...found.values()];
    }
  }
  return [...found.values()];
}

function valuesIn(content: string, isResult: boolean, { types, isDate }: WantedValue): readonly JsonValue[] {
  const any = types.length === 0;
  const wantsNumbers = any || types.includes('number') || types.includes('integer');
  const isWhole = !any && !types.includes('number');
  const scalars = isResult ? resultScalars(content) : undefined;
  const values: JsonValue[] = [];
  if (any || types.includes('string')) {
    const texts = scalars === undefined ? textsIn(content) : scalars.filter((value) => typeof value === 'string' && value !== '' && value.length <= longestValue);
    values.push(...(isDate ? [...texts].sort((a, b) => Number(isDateText(b)) - Number(isDateText(a))) : texts));
  }
  if (wantsNumbers) {
    const numbers = scalars === undefined ? [...numbersInText(fold(content))] : scalars.filter((value) => typeof value === 'number' || value instanceof JsonNumber);
    values.push(...numbers.filter((value) => !isWhole || Number.isInteger(Number(value))));
  }
  return values;
}

function isDateText(value: JsonValue): boolean {
  return typeof value === 'string' && readDates(value).some(isPossible);
}

const quoted = /["“«「]([^"”»」\n]{1,120})["”»」]|(?<![\p{L}\p{N}])['‘`]([^'’`\n]{1,120})['’`](?![\p{L}\p{N}])/gu;
const dates = /\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z][a-z]{2,8},?(?: \d{4})?\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,?(?: \d{4})?\b/g;
const addresses = /\bhttps?:\/\/[^\s"'<>)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const ids = /(?<![\p{L}\p{N}_-])(?=[\p{L}\p{N}_-]*\d)(?=[\p{L}\p{N}_-]*\p{L})[\p{L}\p{N}_-]{2,60}(?![\p{L}\p{N}_-])/gu;
const names = /(?<![\p{L}\p{N}'’])\p{Lu}[\p{L}\p{N}'’.-]*(?:(?: (?:of|de|la|the|du|von|van))? \p{Lu}[\p{L}\p{N}'’.-]*)*/gu;
/** Words that stand at the start of sentences and are no names. */
const ordinary = new Set(['a', 'an', 'and', 'any', 'are', 'as', 'at', 'but', 'by', 'can', 'could', 'did', 'do', 'does', 'find', 'for', 'from', 'get', 'give', 'has', 'have', 'he', 'hello', 'help', 'hey', 'hi', 'how', 'i', "i'd", "i'll", "i'm", "i've", 'if', 'in', 'is', 'it', 'it’s', "it's", 'its', 'let', 'my', 'no', 'not', 'now', 'of', 'ok', 'okay', 'on', 'or', 'our', 'please', 'send', 'she', 'should', 'show', 'so', 'tell', 'thank', 'thanks', 'that', 'the', 'then', 'there', 'these', 'they', 'this', 'to', 'use', 'was', 'we', 'were', 'what', "what's", 'when', 'where', 'which', 'who', 'whose', 'why', 'will', 'with', 'would', 'yes', 'you', 'your']);

function textsIn(content: string): readonly string[] {
  const found = [...content.matchAll(names)].map(({ 0: text, index }) => ({ words: nameOf(text), startsSentence: /(?:^|[.!?\n])["'“‘(]?\s*$/.test(content.slice(Math.max(0, index - 4), index)) }));
  // A lone word that starts a sentence is seldom a name.
  const isDoubtful = ({ words, startsSentence }: (typeof found)[number]): boolean => startsSentence && words.every((one) => !one.includes(' '));
  return [
    ...[...content.matchAll(quoted)].map(([, double, single]) => double ?? single ?? ''),
    ...(content.match(addresses) ?? []),
    ...(content.match(dates) ?? []).filter((text) => readDates(text).length > 0),
    ...found.filter((one) => !isDoubtful(one)).flatMap(({ words }) => words),
    ...(content.match(ids) ?? []),
    ...found.filter(isDoubtful).flatMap(({ words }) => words),
  ].filter((text) => text !== '' && text.length <= longestValue);
}

/** Without a first word that only starts a sentence, and without the stop at its end. */
function nameOf(text: string): readonly string[] {
  const words = text.replace(/[.'’-]+$/, '').replace(/['’]s$/, '').split(' ');
  while (words[0] !== undefined && ordinary.has(words[0].toLowerCase())) words.shift();
  return words.length === 0 || words.join(' ').length < 2 ? [] : [words.join(' ')];
}

const mostScalars = 200;

/** Texts and numbers of a result that is JSON; undefined for other results. */
function resultScalars(content: string): readonly JsonValue[] | undefined {
  const parsed = /^\s*[[{]/.test(content) ? parseJson(content, { maxDepth: 32 }) : undefined;
  if (parsed?.ok !== true) return undefined;
  const found: JsonValue[] = [];
  collect(parsed.value, found);
  return found;
}

function collect(value: JsonValue, into: JsonValue[]): void {
  if (into.length >= mostScalars) return;
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) into.push(typeof value === 'number' ? losslessNumber(String(value)) : value);
  else if (isJsonObject(value)) for (const member of Object.values(value)) collect(member, into);
  else for (const item of value) collect(item, into);
}
