import { JsonNumber } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import type { ArgumentChoices } from '../argumentChoices.ts';
import { round } from '../grounding/numbersInText.ts';
import type { RequestText } from '../grounding/requestText.ts';
import { demandedUnits, units, type Unit } from '../grounding/demandedUnits.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { valueFixes } from '../fixes.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'unit-mismatch',
  scope: 'sample',
  needs: ['numbers', 'units'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A number taken over from the request, which gives it in one unit, for an argument that is described in another one; or a fraction where a percentage is described.',
    why: 'The number has to be converted.',
    good: '{"distance": 5000}, described as metres, for “5 km”',
    bad: '{"distance": 5}, described as metres, for “5 km”',
    shownAt: 'the value',
  },
  check(context) {
    if (!context.traits.hasNumbers) return [];
    const all = context.choicesWhere('hasUnits');
    return all.flatMap((argument) => (hasUnitBeside(argument, all) ? [] : mismatch(argument, context)));
  },
};

/** Another argument of the call says which units its numbers are in. */
function hasUnitBeside({ call }: ArgumentChoices, all: readonly ArgumentChoices[]): boolean {
  return all.some((other) => other.call === call && /^(?:units?|.*_units?|unit_?system|measurement(?:_?system)?)$/i.test(other.name) && other.choices.length > 0 && other.choices.every((choice) => typeof choice === 'string'));
}

function mismatch(argument: ArgumentChoices, context: SampleContext): Hit[] {
  const { request } = context;
  const { call, path, choices, schema } = argument;
  const percents = percentMismatch(argument, request).map((hit) => ({ ...hit, fixes: valueFixes(context, call, path, () => [otherScale(Number(choices[0]), schema)]) }));
  return [...percents, ...unitMismatch(argument, request)];
}

function otherScale(value: number, schema: ArgumentChoices['schema']): number {
  return schema !== undefined && demandedUnits(schema)?.wantsPercent === true ? round(value * 100) : round(value / 100);
}

/** A percentage for which the description wants a fraction, or the other way round. */
function percentMismatch(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name, schema } = argument;
  const [value] = choices;
  if (value === undefined || !choices.every((choice) => typeof choice === 'number' || choice instanceof JsonNumber)) return [];
  const demands = schema === undefined ? undefined : demandedUnits(schema);
  if (demands === undefined || !(demands.wantsPercent || demands.wantsFraction)) return [];
  const { wantsPercent } = demands;
  // Of no percentage in the request, neither can be told.
  if (!request.folded.includes('%') && !request.folded.includes('percent')) return [];
  const said = [...request.folded.matchAll(/(\d+(?:\.\d+)?)\s?(?:%|percent)/g)].map(([, number]) => Number(number));
  const given = choices.map(Number);
  const isWrong = given.every((number) => (wantsPercent ? said.includes(round(number * 100)) && !said.includes(number) : said.includes(number) && number > 1));
  return isWrong ? [{ at: { part: 'value', call, path }, message: `${name} is ${show(value)}, ${wantsPercent ? 'a percentage' : 'a fraction'} by its description, while the request says ${wantsPercent ? round(Number(value) * 100) : Number(value)} %` }] : [];
}

function unitMismatch(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name, schema } = argument;
  const [value] = choices;
  if (choices.length !== 1 || !(typeof value === 'number' || value instanceof JsonNumber) || Number(value) === 0) return [];
  const asked = schema === undefined ? undefined : demandedUnits(schema)?.unit;
  if (asked === undefined) return [];
  const said = saidUnits(Number(value), request);
  const [other] = said;
  if (other === undefined || said.length > 1 || other.kind !== asked.kind || other.name === asked.name) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${String(value)}, in ${asked.name} by its description, while the request says ${String(value)} ${other.name}` }];
}

/** Units of every mention of a number; empty where it stands anywhere without one that is known. */
function saidUnits(value: number, { withoutThousands: text }: RequestText): readonly Unit[] {
  if (!text.includes(String(value))) return [];
  const found = new Set<Unit>();
  for (const match of text.matchAll(new RegExp(String.raw`(?<![\d.])${String(value).replace('.', String.raw`\.`)}(?!\d|\.\d)[ -]?`, 'g'))) {
    const rest = text.slice(match.index + match[0].length);
    const unit = units.find(({ words }) => words.test(rest));
    if (unit === undefined) return [];
    found.add(unit);
  }
  return [...found];
}
