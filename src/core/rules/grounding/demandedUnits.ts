import type { JsonObject } from '../../json/value.ts';
import { foldedDescriptionOf } from '../argumentChoices.ts';

export type Unit = { readonly name: string; readonly kind: string; readonly words: RegExp };

export const units: readonly Unit[] = [
  ['seconds', 'time', 'seconds?|secs?'], ['minutes', 'time', 'minutes?|mins?'], ['hours', 'time', 'hours?|hrs?'], ['days', 'time', 'days?'], ['weeks', 'time', 'weeks?'], ['months', 'time', 'months?'], ['years', 'time', 'years?'], ['milliseconds', 'time', 'milliseconds?|ms'],
  ['kilometers', 'length', 'kilomet(?:er|re)s?|kms?'], ['meters', 'length', 'met(?:er|re)s?|m'], ['centimeters', 'length', 'centimet(?:er|re)s?|cm'], ['millimeters', 'length', 'millimet(?:er|re)s?|mm'], ['miles', 'length', 'miles?|mi'], ['feet', 'length', 'feet|foot|ft'], ['inches', 'length', 'inch(?:es)?'], ['yards', 'length', 'yards?|yd'],
  ['kilograms', 'mass', 'kilograms?|kilos?|kgs?'], ['grams', 'mass', 'grams?|g'], ['pounds', 'mass', 'pounds?|lbs?'], ['ounces', 'mass', 'ounces?|oz'], ['tons', 'mass', 'tons?|tonnes?'],
  ['Celsius', 'temperature', 'degrees? celsius|celsius|°c'], ['Fahrenheit', 'temperature', 'degrees? fahrenheit|fahrenheit|°f'], ['kelvin', 'temperature', 'kelvins?'],
  ['liters', 'volume', 'lit(?:er|re)s?|l'], ['milliliters', 'volume', 'millilit(?:er|re)s?|ml'], ['gallons', 'volume', 'gallons?'],
].map(([name = '', kind = '', words = '']) => ({ name, kind, words: new RegExp(String.raw`^(?:${words})(?![\p{L}\p{N}/^²³])`, 'u') }));

/** The unit that a description names, and whether it asks for a percentage or for a fraction. */
export type Demands = { readonly unit: Unit | undefined; readonly wantsPercent: boolean; readonly wantsFraction: boolean };

const known = new WeakMap<JsonObject, { readonly demands: Demands | undefined }>();

/** What the description of an argument says of units; undefined where it says nothing. */
export function demandedUnits(schema: JsonObject): Demands | undefined {
  const cached = known.get(schema);
  if (cached !== undefined) return cached.demands;
  const description = foldedDescriptionOf({ schema });
  const unit = unitOf(description);
  const wantsPercent = /\b(?:as|in|a) (?:a )?percent(?:age)?\b|\(%\)|\bin %/.test(description) && !/decimal|fraction|0\.\d|\bper unit\b/.test(description);
  const wantsFraction = /\bas (?:a )?(?:decimal|fraction)\b|\bin decimal\b|decimal form/.test(description) && !/percent/.test(description);
  const demands = unit === undefined && !wantsPercent && !wantsFraction ? undefined : { unit, wantsPercent, wantsFraction };
  known.set(schema, { demands });
  return demands;
}

/** The one unit that a description names: "in metres". */
function unitOf(description: string): Unit | undefined {
  const found = units.filter(({ words }) => [...description.matchAll(/(?:\bin (?:the )?|\()(?=\p{L}|°)/gu)].some(({ index, 0: lead }) => words.test(description.slice(index + lead.length))));
  return found.length === 1 ? found[0] : undefined;
}
