import type { JsonObject } from '../../json/value.ts';
import { descriptionOf } from '../argumentChoices.ts';
import { townOfNickname } from './nicknames.ts';

/** A format that a description asks for, what fits it, and its name. */
export type Demand = { readonly asks: RegExp; readonly fits: { readonly test: (value: string) => boolean }; readonly what: string };

const states = 'Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming';

const placeFormat = /\bformat(?:ted)?\b[^.]{0,30}['"`](?:City|Town|Street|Address|Location|Area)[^'"`]*, ?(?:State|Country|City|Province|Region)\b/i;

const demands: readonly Demand[] = [
  { asks: /\bstates?\b[^.]{0,30}\b(?:abbr|short form|two.letter)/i, fits: new RegExp(String.raw`^(?!.*, ?(?:${states})$)`, 'i'), what: 'a state by its short form' },
  { asks: placeFormat, fits: { test: (value) => townOfNickname(value.split(',')[0] ?? '') === undefined }, what: 'a city by its own name' },
  { asks: placeFormat, fits: /,|\bD\.? ?C\.?$/, what: 'a place and what it lies in, with a comma' },
  { asks: /\b(?:HH:MM|HH:mm|24-hour)\b/, fits: /\d{1,2}:\d{2}/, what: 'a time as HH:MM' },
  { asks: /\b(?:three|3)-letter (?:IATA |ISO |currency |country |airport )+code/i, fits: /^[A-Za-z]{3}$/, what: 'a code of three letters' },
  { asks: /\b(?:two|2)-letter (?:ISO |language |country |state )+code/i, fits: /^[A-Za-z]{2}$/, what: 'a code of two letters' },
  { asks: /\b(?:valid|full) (?:URL|e-?mail address)\b/i, fits: /[:@.]/, what: 'an address with its parts' },
];

const known = new WeakMap<JsonObject, readonly Demand[]>();

/** The formats that the description of an argument asks for, as far as they are known. */
export function demandedFormats(schema: JsonObject): readonly Demand[] {
  const cached = known.get(schema);
  if (cached !== undefined) return cached;
  const description = descriptionOf({ schema });
  const found = description === '' ? [] : demands.filter(({ asks }) => asks.test(description));
  known.set(schema, found);
  return found;
}
