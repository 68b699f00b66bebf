import { newKey } from '../core/cursor/repairs.ts';
import type { ToolDefinition } from '../core/dataset/sample.ts';
import { nodeAtPath } from '../core/json/tree.ts';
import { isJsonObject, type JsonValue } from '../core/json/value.ts';
import { conversationValues } from '../core/rules/grounding/conversationValues.ts';
import { demandedStyles } from '../core/rules/grounding/dates.ts';
import { declaredDefault } from '../core/rules/grounding/declaredDefault.ts';
import { argumentAt, membersAt, type ArgumentFacts } from '../core/schema/argumentFacts.ts';
import { valueKey } from '../core/toolcall/canonicalCall.ts';
import { turnText } from './argumentTexts.ts';
import type { Cursor } from './dataset/cursorAt.ts';
import type { ArgumentTarget, Target } from './dataset/targetAt.ts';
import { argumentValue, toolOfCall } from './labelCalls.ts';

/** Something that can be written at a cursor; the first are the likeliest. */
export type Offer =
  | { readonly kind: 'tool'; readonly tool: ToolDefinition }
  | { readonly kind: 'argument'; readonly facts: ArgumentFacts }
  | { readonly kind: 'value'; readonly value: JsonValue; readonly from: 'enum' | 'constant' | 'default' | 'schema'; readonly facts?: ArgumentFacts | undefined }
  | { readonly kind: 'value'; readonly value: JsonValue; readonly from: 'conversation'; readonly turn: string }
  | { readonly kind: 'keyword'; readonly name: string; readonly placeholder: JsonValue };

const mostOffers = 200;

export function offersAt({ target }: Cursor): readonly Offer[] {
  switch (target.kind) {
    case 'callName':
      return toolOffers(target.sample.sample.tools);
    case 'argument':
      return (target.inKey ? keyOffers(target) : valueOffers(target)).slice(0, mostOffers);
    case 'tool':
      return definitionOffers(target);
  }
}

function toolOffers(tools: readonly ToolDefinition[]): readonly Offer[] {
  return [...new Map(tools.map((tool) => [tool.name, tool])).values()].slice(0, mostOffers).map((tool) => ({ kind: 'tool', tool }));
}

function keyOffers(target: ArgumentTarget): readonly Offer[] {
  const tool = toolOfCall(target);
  if (tool === undefined) return [];
  const parent = target.path.slice(0, -1);
  const given = argumentValue(target, parent);
  const own = target.path.at(-1);
  const open = membersAt(tool, parent).filter(({ name }) => name === own || given === undefined || !isJsonObject(given) || !Object.hasOwn(given, name));
  return [...open.filter(({ required }) => required), ...open.filter(({ required }) => !required)].map((facts) => ({ kind: 'argument', facts }));
}

function valueOffers(target: ArgumentTarget): readonly Offer[] {
  const tool = toolOfCall(target);
  const facts = tool && argumentAt(tool, target.path);
  const types = facts?.types ?? [];
  const offers: Offer[] = (facts?.values ?? []).map((value) => ({ kind: 'value', value, from: 'enum', facts }));
  if (types.includes('boolean') && facts?.values === undefined) offers.push(...[true, false].map((value) => ({ kind: 'value' as const, value, from: 'constant' as const, facts })));
  const byDefault = declaredDefault(facts?.schema);
  if (byDefault !== undefined) offers.push({ kind: 'value', value: byDefault, from: 'default', facts });
  if (facts?.values === undefined && takesScalars(types)) {
    const { messages } = target.sample.sample;
    const found = conversationValues(messages, { types, isDate: wantsDate(facts) });
    offers.push(...found.map(({ value, message }) => ({ kind: 'value' as const, value, from: 'conversation' as const, turn: turnText(messages, message) })));
  }
  if (types.includes('null')) offers.push({ kind: 'value', value: null, from: 'constant', facts });
  if (types.includes('array')) offers.push({ kind: 'value', value: [], from: 'constant', facts });
  if (types.includes('object')) offers.push({ kind: 'value', value: {}, from: 'constant', facts });
  return unique(offers);
}

function takesScalars(types: readonly string[]): boolean {
  return types.length === 0 || types.some((type) => type === 'string' || type === 'number' || type === 'integer');
}

function wantsDate(facts: ArgumentFacts | undefined): boolean {
  if (facts === undefined) return false;
  return /^date/.test(facts.format ?? '') || demandedStyles(facts.description ?? '').length > 0 || /(?:^|_|\b)(?:date|day|birthday|deadline)s?(?:$|_|\b)/i.test(facts.name);
}

/** The first offer of each value. */
function unique(offers: readonly Offer[]): readonly Offer[] {
  const seen = new Set<string>();
  return offers.filter((offer) => {
    if (offer.kind !== 'value') return true;
    const key = valueKey(offer.value);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

const typeNames = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'null'];
const schemaKeys: readonly (readonly [string, JsonValue])[] = [['type', 'string'], ['description', ''], ['enum', []], ['default', null], ['items', {}], ['properties', {}], ['required', []]];

/** In a tool's definition: names of types, entries of `required`, keys of schemas. */
function definitionOffers({ record, sample, tool, path, inKey }: Extract<Target, { kind: 'tool' }>): readonly Offer[] {
  const place = record.placesOf(sample).tools[tool];
  const node = place && record.locator.locate(place)?.node;
  const parentPath = path.slice(0, -1);
  const parent = node && nodeAtPath(node, parentPath);
  const [last, before] = [path.at(-1), path.at(-2)];
  if (inKey) {
    if (before === 'properties' || !path.includes('parameters') || parent?.kind !== 'object') return [];
    const given = new Set(parent.members.map(({ key }) => key.value));
    return schemaKeys.filter(([name]) => name === last || !given.has(name)).map(([name, placeholder]) => ({ kind: 'keyword', name, placeholder }));
  }
  if (last === 'type' && before !== 'properties') return typeNames.map((value) => ({ kind: 'value', value, from: 'schema' }));
  if (typeof last !== 'number' || before !== 'required' || node === undefined) return [];
  const properties = nodeAtPath(node, [...path.slice(0, -2), 'properties']);
  const listed = parent?.kind === 'array' ? parent.items.flatMap((item, index) => (item.kind === 'string' && index !== last ? [item.value] : [])) : [];
  const names = properties?.kind === 'object' ? properties.members.map(({ key }) => key.value) : [];
  return names.filter((name) => name !== newKey && !listed.includes(name)).map((value) => ({ kind: 'value', value, from: 'schema' }));
}
