import type { Message } from '../core/dataset/sample.ts';
import { stringifySpaced } from '../core/json/stringify.ts';
import type { JsonValue } from '../core/json/value.ts';
import type { ArgumentFacts } from '../core/schema/argumentFacts.ts';
import { typeName } from '../core/schema/signature.ts';
import { codeSpan, plainText } from '../core/text/markdown.ts';

const mostValues = 20;

/** What a schema says of an argument, as Markdown: its type, whether it is required, its values, default and description. */
export function argumentText(facts: ArgumentFacts): string {
  const { required, values, hasDefault, format, description } = facts;
  const facets = [codeSpan(typeName(facts)), required ? 'required' : 'optional'];
  if (format !== undefined) facets.push(`format ${codeSpan(format, 60)}`);
  if (hasDefault) facets.push(`default ${valueSpan(facts.default ?? null)}`);
  const lines = [facets.join(', ')];
  if (values !== undefined) lines.push(`One of ${values.slice(0, mostValues).map((value) => valueSpan(value)).join(', ')}${values.length > mostValues ? ` and ${values.length - mostValues} more` : ''}`);
  const bounds = boundsOf(facts);
  if (bounds !== '') lines.push(bounds);
  if (description !== undefined && description !== '') lines.push(plainText(description));
  return lines.join('\n\n');
}

const bounds: readonly (readonly [key: string, words: string])[] = [['minimum', 'at least'], ['maximum', 'at most'], ['exclusiveMinimum', 'above'], ['exclusiveMaximum', 'below'], ['minLength', 'length at least'], ['maxLength', 'length at most'], ['minItems', 'items at least'], ['maxItems', 'items at most'], ['pattern', 'pattern']];

function boundsOf({ schema }: ArgumentFacts): string {
  return bounds.flatMap(([key, words]) => (Object.hasOwn(schema, key) ? [`${words} ${valueSpan(schema[key] ?? null)}`] : [])).join(', ');
}

export function valueSpan(value: JsonValue, limit = 120): string {
  return codeSpan(stringifySpaced(value), limit);
}

/** A message as people count them, without those of the system: `turn 1, user`. */
export function turnText(messages: readonly Message[], index: number): string {
  const { role } = messages[index] ?? {};
  return `turn ${messages.slice(0, index + 1).filter((message) => message.role !== 'system').length}${role === undefined ? '' : `, ${role}`}`;
}
