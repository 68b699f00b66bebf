import { JsonNumber, type JsonObject } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { foldedDescriptionOf, type ArgumentChoices } from '../argumentChoices.ts';
import { round } from '../grounding/numbersInText.ts';
import type { RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

type Unit = { readonly name: string; readonly kind: string; readonly words: RegExp };

const units: readonly Unit[] = [
  ['seconds', 'time', 'seconds?|secs?'], ['minutes', 'time', 'minutes?|mins?'], ['hours', 'time', 'hours?|hrs?'], ['days', 'time', 'days?'], ['weeks', 'time', 'weeks?'], ['months', 'time', 'months?'], ['years', 'time', 'years?'], ['milliseconds', 'time', 'milliseconds?|ms'],
  ['kilometers', 'length', 'kilomet(?:er|re)s?|kms?'], ['meters', 'length', 'met(?:er|re)s?|m'], ['centimeters', 'length', 'centimet(?:er|re)s?|cm'], ['millimeters', 'length', 'millimet(?:er|re)s?|mm'], ['miles', 'length', 'miles?|mi'], ['feet', 'length', 'feet|foot|ft'], ['inches', 'length', 'inch(?:es)?'], ['yards', 'length', 'yards?|yd'],
  ['kilograms', 'mass', 'kilograms?|kilos?|kgs?'], ['grams', 'mass', 'grams?|g'], ['pounds', 'mass', 'pounds?|lbs?'], ['ounces', 'mass', 'ounces?|oz'], ['tons', 'mass', 'tons?|tonnes?'],
  ['Celsius', 'temperature', 'degrees? celsius|celsius|°c'], ['Fahrenheit', 'temperature', 'degrees? fahrenheit|fahrenheit|°f'], ['kelvin', 'temperature', 'kelvins?'],
  ['liters', 'volume', 'lit(?:er|re)s?|l'], ['milliliters', 'volume', 'millilit(?:er|re)s?|ml'], ['gallons', 'volume', 'gallons?'],
].map(([name = '', kind = '', words = '']) => ({ name, kind, words: new RegExp(String.raw`^(?:${words})(?![\p{L}\p{N}/^²³])`, 'u') }));

export const rule: SampleRule = {
  id: 'unit-mismatch',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A number taken over from the request, which gives it in one unit, for an argument that is described in another one; or a fraction where a percentage is described.',
    why: 'The number has to be converted.',
    good: '{"distance": 5000}, described as metres, for “5 km”',
    bad: '{"distance": 5}, described as metres, for “5 km”',
    shownAt: 'the value',
  },
  check({ choices, request }) {
    return choices.flatMap((argument) => mismatch(argument, request));
  },
};

function mismatch(argument: ArgumentChoices, request: RequestText): Hit[] {
  return [...percentMismatch(argument, request), ...unitMismatch(argument, request)];
}

/** A percentage for which the description wants a fraction, or the other way round. */
function percentMismatch(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name } = argument;
  const [value] = choices;
  if (value === undefined || !choices.every((choice) => typeof choice === 'number' || choice instanceof JsonNumber)) return [];
  const { wantsPercent, wantsFraction } = demandsOf(argument);
  if (!wantsPercent && !wantsFraction) return [];
  const said = [...request.folded.matchAll(/(\d+(?:\.\d+)?)\s?(?:%|percent)/g)].map(([, number]) => Number(number));
  const given = choices.map(Number);
  const isWrong = given.every((number) => (wantsPercent ? said.includes(round(number * 100)) && !said.includes(number) : said.includes(number) && number > 1));
  return isWrong ? [{ at: { part: 'value', call, path }, message: `${name} is ${show(value)}, ${wantsPercent ? 'a percentage' : 'a fraction'} by its description, while the request says ${wantsPercent ? round(Number(value) * 100) : Number(value)} %` }] : [];
}

function unitMismatch(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name } = argument;
  const [value] = choices;
  if (choices.length !== 1 || !(typeof value === 'number' || value instanceof JsonNumber) || Number(value) === 0) return [];
  const asked = demandsOf(argument).unit;
  if (asked === undefined) return [];
  const said = saidUnits(Number(value), request);
  const [other] = said;
  if (other === undefined || said.length > 1 || other.kind !== asked.kind || other.name === asked.name) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${String(value)}, in ${asked.name} by its description, while the request says ${String(value)} ${other.name}` }];
}

type Demands = { readonly unit: Unit | undefined; readonly wantsPercent: boolean; readonly wantsFraction: boolean };

const none: Demands = { unit: undefined, wantsPercent: false, wantsFraction: false };
const known = new WeakMap<JsonObject, Demands>();

function demandsOf(argument: ArgumentChoices): Demands {
  if (argument.schema === undefined) return none;
  const cached = known.get(argument.schema);
  if (cached !== undefined) return cached;
  const description = foldedDescriptionOf(argument);
  const made: Demands = {
    unit: unitOf(description),
    wantsPercent: /\b(?:as|in|a) (?:a )?percent(?:age)?\b|\(%\)|\bin %/.test(description) && !/decimal|fraction|0\.\d|\bper unit\b/.test(description),
    wantsFraction: /\bas (?:a )?(?:decimal|fraction)\b|\bin decimal\b|decimal form/.test(description) && !/percent/.test(description),
  };
  known.set(argument.schema, made);
  return made;
}

/** The one unit that a description names: "in metres". */
function unitOf(description: string): Unit | undefined {
  const found = units.filter(({ words }) => [...description.matchAll(/(?:\bin (?:the )?|\()(?=\p{L}|°)/gu)].some(({ index, 0: lead }) => words.test(description.slice(index + lead.length))));
  return found.length === 1 ? found[0] : undefined;
}

/** Units of every mention of a number; empty where it stands anywhere without one that is known. */
function saidUnits(value: number, { folded }: RequestText): readonly Unit[] {
  const text = folded.replaceAll(/(?<=\d),(?=\d{3})/g, '');
  const found = new Set<Unit>();
  for (const match of text.matchAll(new RegExp(String.raw`(?<![\d.])${String(value).replace('.', String.raw`\.`)}(?!\d|\.\d)[ -]?`, 'g'))) {
    const rest = text.slice(match.index + match[0].length);
    const unit = units.find(({ words }) => words.test(rest));
    if (unit === undefined) return [];
    found.add(unit);
  }
  return [...found];
}
