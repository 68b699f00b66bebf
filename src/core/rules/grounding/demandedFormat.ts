import type { JsonObject } from '../../json/value.ts';
import { descriptionOf } from '../argumentChoices.ts';

/** A format that a description asks for, what fits it, and its name. */
export type Demand = { readonly asks: RegExp; readonly fits: RegExp; readonly what: string };

const demands: readonly Demand[] = [
  { asks: /\bformat\b[^.]{0,30}['"`](?:City|Town|Street|Address|Location|Area)[^'"`]*, ?(?:State|Country|City|Province|Region)\b/i, fits: /,/, what: 'a place and what it lies in, with a comma' },
  { asks: /\b(?:HH:MM|HH:mm|24-hour)\b/, fits: /\d{1,2}:\d{2}/, what: 'a time as HH:MM' },
  { asks: /\b(?:three|3)-letter (?:IATA |ISO |currency |country |airport )+code/i, fits: /^[A-Za-z]{3}$/, what: 'a code of three letters' },
  { asks: /\b(?:two|2)-letter (?:ISO |language |country |state )+code/i, fits: /^[A-Za-z]{2}$/, what: 'a code of two letters' },
  { asks: /\b(?:valid|full) (?:URL|e-?mail address)\b/i, fits: /[:@.]/, what: 'an address with its parts' },
];

const known = new WeakMap<JsonObject, { readonly demand: Demand | undefined }>();

/** The format that the description of an argument asks for; undefined where it asks for none that is known. */
export function demandedFormat(schema: JsonObject): Demand | undefined {
  const cached = known.get(schema);
  if (cached !== undefined) return cached.demand;
  const description = descriptionOf({ schema });
  const demand = demands.find(({ asks }) => asks.test(description));
  known.set(schema, { demand });
  return demand;
}
