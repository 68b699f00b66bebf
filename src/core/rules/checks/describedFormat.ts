import type { JsonObject } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { descriptionOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import type { Hit, SampleRule } from '../rule.ts';

type Demand = { readonly asks: RegExp; readonly fits: RegExp; readonly what: string };

const demands: readonly Demand[] = [
  { asks: /\bformat\b[^.]{0,30}['"`](?:City|Town|Street|Address|Location|Area)[^'"`]*, ?(?:State|Country|City|Province|Region)\b/i, fits: /,/, what: 'a place and what it lies in, with a comma' },
  { asks: /\b(?:HH:MM|HH:mm|24-hour)\b/, fits: /\d{1,2}:\d{2}/, what: 'a time as HH:MM' },
  { asks: /\b(?:three|3)-letter (?:IATA |ISO |currency |country |airport )+code/i, fits: /^[A-Za-z]{3}$/, what: 'a code of three letters' },
  { asks: /\b(?:two|2)-letter (?:ISO |language |country |state )+code/i, fits: /^[A-Za-z]{2}$/, what: 'a code of two letters' },
  { asks: /\b(?:valid|full) (?:URL|e-?mail address)\b/i, fits: /[:@.]/, what: 'an address with its parts' },
];

export const rule: SampleRule = {
  id: 'described-format',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A value that is not in the format which the description of its argument asks for: “City, State”, HH:MM, a code of so many letters.',
    why: 'The definition is all that a model sees of the tool, and it says otherwise.',
    good: '{"place": "Paris, France"}, where the description says: in the format of \'City, Country\'',
    bad: '{"place": "Paris"}',
    shownAt: 'the value',
  },
  check({ choices }) {
    return choices.flatMap(unfit);
  },
};

const known = new WeakMap<JsonObject, { readonly demand: Demand | undefined }>();

function demandOf(argument: ArgumentChoices, schema: JsonObject): Demand | undefined {
  const cached = known.get(schema);
  if (cached !== undefined) return cached.demand;
  const description = descriptionOf(argument);
  const demand = demands.find(({ asks }) => asks.test(description));
  known.set(schema, { demand });
  return demand;
}

function unfit(argument: ArgumentChoices): Hit[] {
  const { choices, call, path, name, schema } = argument;
  if (schema === undefined || !choices.some((choice) => typeof choice === 'string')) return [];
  const demand = demandOf(argument, schema);
  if (demand === undefined) return [];
  const byDefault = declaredDefault(schema);
  const isUnfit = (choice: unknown): choice is string => typeof choice === 'string' && /^[\u0000-\u024f]*$/.test(choice) && !demand.fits.test(choice) && !(byDefault !== undefined && saysTheSame(byDefault, choice));
  const [first] = choices;
  if (!choices.every(isUnfit) || first === undefined) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, while its description asks for ${demand.what}` }];
}
