import type { ToolCall } from '../../dataset/sample.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, foldedDescriptionOf, type ArgumentChoices } from '../argumentChoices.ts';
import { fold, stem, wordsOf, type RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { omission } from '../fixes.ts';

export const rule: SampleRule = {
  id: 'neighbours-value',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'Two arguments have the same text, which the request says once, and says beside the name of one of them.',
    why: 'It belongs to that one. The other one was filled so as not to be empty.',
    good: '{"album": "Blue Hours"}, for “something from the Blue Hours album”',
    bad: '{"album": "Blue Hours", "track": "Blue Hours"}',
    shownAt: 'the value of the other argument',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    if (label.kind !== 'calls' || !label.calls.some(hasTwins)) return [];
    const { choices, request } = context;
    return twins(choices).flatMap(([one, other]) => [...borrowed(one, other, request), ...borrowed(other, one, request)].map((hit) => ({ ...hit, fixes: omission(context, isAt(hit, one) ? one : other) })));
  },
};

/** Places lie in each other and share names. */
const places = new Set(['location', 'place', 'city', 'county', 'state', 'region', 'area', 'country', 'district', 'province', 'address', 'town', 'destination', 'origin', 'venue']);

function isPlace({ name }: ArgumentChoices): boolean {
  return wordsOf(name).some((word) => places.has(word));
}

/** Two texts of a call are the same; arguments inside of others are not looked at. */
function hasTwins({ arguments: args }: ToolCall): boolean {
  const texts = Object.values(args).filter((value) => typeof value === 'string' && value.length >= 4);
  return texts.length > 1 && new Set(texts).size < texts.length;
}

type Pair = readonly [ArgumentChoices, ArgumentChoices];

/** Arguments of one call that have the same text first of all. */
function twins(choices: readonly ArgumentChoices[]): readonly Pair[] {
  const seen = new Map<string, ArgumentChoices>();
  return choices.flatMap((argument): Pair[] => {
    const [value] = argument.choices;
    if (typeof value !== 'string' || value.length < 4) return [];
    const key = `${argument.call} ${value}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) return enumOf(argument.schema).length + enumOf(earlier.schema).length === 0 && !isPlace(argument) && !isPlace(earlier) ? [[earlier, argument]] : [];
    seen.set(key, argument);
    return [];
  });
}

function isAt({ at }: Hit, { call, path }: ArgumentChoices): boolean {
  return at.part === 'value' && at.call === call && at.path === path;
}

function borrowed(argument: ArgumentChoices, owner: ArgumentChoices, request: RequestText): Hit[] {
  const [value] = argument.choices;
  if (typeof value !== 'string') return [];
  const said = fold(value);
  const at = request.folded.indexOf(said);
  if (at < 0 || request.folded.includes(said, at + 1)) return [];
  const before = wordsOf(request.folded.slice(Math.max(0, at - 30), at)).at(-1);
  const [after] = wordsOf(request.folded.slice(at + said.length, at + said.length + 30));
  const own = new Set(wordsOf(`${argument.name} ${foldedDescriptionOf(argument)}`).map(stem));
  const names = new Set(wordsOf(owner.name).map(stem));
  const isBeside = [before, after].some((word) => word !== undefined && word.length > 2 && names.has(stem(word)) && !own.has(stem(word)));
  return isBeside ? [{ at: { part: 'value', call: argument.call, path: argument.path }, message: `${argument.name} is ${show(value)}, which the request says of ${owner.name}` }] : [];
}
