import type { ToolDefinition } from '../dataset/sample.ts';
import { stringifySpaced } from '../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { membersAt, type ArgumentFacts } from './argumentFacts.ts';

/** A tool on one line, `name(city: string, days?: integer = 7)`, and where its parameters stand in that (UTF-16, `end` exclusive). */
export type Signature = { readonly label: string; readonly parameters: readonly { readonly facts: ArgumentFacts; readonly start: number; readonly end: number }[] };

const mostParameters = 100;
const longestDefault = 30;

export function signatureOf(tool: ToolDefinition): Signature {
  const all = [...membersAt(tool, [])];
  const parameters: { facts: ArgumentFacts; start: number; end: number }[] = [];
  let label = `${tool.name}(`;
  for (const facts of all.slice(0, mostParameters)) {
    if (parameters.length > 0) label += ', ';
    const start = label.length;
    label += parameterText(facts);
    parameters.push({ facts, start, end: label.length });
  }
  if (all.length > mostParameters) label += `, … ${all.length - mostParameters} more`;
  return { label: `${label})`, parameters };
}

/** `days?: integer = 7` */
function parameterText(facts: ArgumentFacts): string {
  const value = facts.hasDefault && facts.default !== undefined && facts.default !== null ? stringifySpaced(facts.default) : '';
  return `${facts.name}${facts.required ? '' : '?'}: ${typeName(facts)}${value !== '' && value.length <= longestDefault ? ` = ${value}` : ''}`;
}

/** The type of an argument in a word or two: `string`, `integer | null`, `string[]`, `any`. */
export function typeName({ types, schema, values }: ArgumentFacts): string {
  if (types.length === 0) return values === undefined ? 'any' : 'enum';
  return types.map((type) => (type === 'array' ? `${itemType(schema['items'])}[]` : type)).join(' | ');
}

function itemType(items: JsonValue | undefined): string {
  const type = items !== undefined && isJsonObject(items) ? items['type'] : undefined;
  return typeof type === 'string' ? type : 'any';
}
