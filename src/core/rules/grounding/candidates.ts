import { isJsonArray } from '../../json/member.ts';
import { losslessNumber, parseJson } from '../../json/parse.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import { valueKey } from '../../toolcall/canonicalCall.ts';
import { descriptionOf, enumOf, scalarsOf, typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { Fix } from '../finding.ts';
import { omission, valueFixes } from '../fixes.ts';
import type { SampleContext } from '../sampleContext.ts';
import { readDates } from './dates.ts';
import { saidMembers } from './enumMembers.ts';
import { fold, lettersOf } from './requestText.ts';

const most = 4;

/**
 * Values of the conversation that an argument may be meant to have, likeliest first, a few at most: members of its enum that
 * are said, what results of tools have under its name, and what the last message of the user has of its type that no other
 * argument has taken. For a person to choose from.
 */
export function candidatesFor(context: SampleContext, name: string, schema: JsonObject | undefined): readonly JsonValue[] {
  const members = enumOf(schema);
  if (members.length > 0) {
    const said = saidMembers(schema, context.request);
    return said.length > 0 ? said : members.length <= most ? members : [];
  }
  const types = typesOf(schema);
  const found = [...fromResults(context, name, types), ...fromRequest(context, name, schema, types)];
  const used = new Set(context.choices.flatMap(({ choices }) => choices.flatMap((choice) => scalarsOf(choice).map(valueKey))));
  const seen = new Set<string>();
  return found.filter((value) => {
    const key = valueKey(value);
    return !used.has(key) && !seen.has(key) && seen.add(key);
  }).slice(0, most);
}

/** An argument with each value that it may be meant to have, and without it where it is optional. */
export function candidateFixes(context: SampleContext, argument: ArgumentChoices): () => readonly Fix[] {
  const { call, path, name, schema } = argument;
  return () => [...valueFixes(context, call, path, () => candidatesFor(context, name, schema))(), ...omission(context, argument)()];
}

/** Values that earlier results and calls have under the same name. */
export function fromResults({ sample }: SampleContext, name: string, types: readonly string[]): readonly JsonValue[] {
  const wanted = lettersOf(fold(name));
  const found: JsonValue[] = [];
  for (const message of [...sample.messages].reverse()) {
    if (message.role === 'tool' && /^\s*[[{]/.test(message.content)) {
      const parsed = parseJson(message.content, { maxDepth: 32 });
      if (parsed.ok) collect(parsed.value, wanted, found);
    }
    if (message.role === 'assistant') for (const call of message.calls) collect(call.arguments, wanted, found);
  }
  return found.filter((value) => isOfType(value, types));
}

function collect(value: JsonValue, wanted: string, found: JsonValue[]): void {
  if (isJsonArray(value)) for (const item of value) collect(item, wanted, found);
  else if (isJsonObject(value)) {
    for (const [key, own] of Object.entries(value)) {
      if (lettersOf(fold(key)) === wanted && (typeof own !== 'object' || own instanceof JsonNumber) && own !== '') found.push(own);
      else collect(own, wanted, found);
    }
  }
}

function isOfType(value: JsonValue, types: readonly string[]): boolean {
  if (types.length === 0) return true;
  if (typeof value === 'string') return types.includes('string');
  if (typeof value === 'boolean') return types.includes('boolean');
  if (typeof value === 'number') return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  return value instanceof JsonNumber && types.includes('number');
}

const quoted = /(?<![\p{L}\p{N}])['"“‘`]([^'"“”‘’`\n]{1,80})['"”’`](?![\p{L}\p{N}])/gu;
const named = /(?<=[\p{Ll}\p{N},;:] )\p{Lu}[\p{L}\p{N}'’-]*(?: \p{Lu}[\p{L}\p{N}'’-]*)*/gu;
const mail = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const link = /https?:\/\/[^\s'"<>)]+/g;
const numeral = /(?<![\p{L}\p{N}.,/:#-])-?\d+(?:\.\d+)?(?![\p{L}\p{N}/:-]|[.,]\d)/gu;
const identifier = /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}_-]*\d)(?=[\p{L}\p{N}_-]*[\p{L}_-])[\p{L}\p{N}][\p{L}\p{N}_-]{2,}/gu;

/** What the last message of the user has of the type. */
function fromRequest({ sample }: SampleContext, name: string, schema: JsonObject | undefined, types: readonly string[]): readonly JsonValue[] {
  const text = sample.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const all = (pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]);
  const isNumeric = types.includes('integer') || types.includes('number');
  if (isNumeric) return all(numeral).filter((one) => types.includes('number') || !one.includes('.')).map((one) => losslessNumber(one));
  if (types.length > 0 && !types.includes('string')) return [];
  const about = `${name} ${descriptionOf({ schema })}`.toLowerCase();
  if (/e-?mail/.test(about)) return all(mail);
  if (/\burls?\b|\blinks?\b|https?:/.test(about)) return all(link);
  if (/\bdates?\b|\bday\b/.test(about)) return all(/\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/g).filter((one) => readDates(one).length > 0);
  if (/\bids?\b|_id\b|[a-z]Id\b|number|code/.test(`${name} ${descriptionOf({ schema })}`)) return [...all(identifier), ...all(quoted)];
  const quotations = all(quoted);
  return [...quotations, ...all(named).filter((one) => !quotations.some((quotation) => quotation.includes(one)))];
}
