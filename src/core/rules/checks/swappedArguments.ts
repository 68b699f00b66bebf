import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import type { ArgumentChoices } from '../argumentChoices.ts';
import { fold } from '../grounding/requestText.ts';
import { isEnd, isPair, isStart } from '../grounding/routeNames.ts';
import type { Hit, SampleRule } from '../rule.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'swapped-arguments',
  scope: 'sample',
  needs: ['texts', 'routes'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'The start of a pair of arguments has the value that the request says after “to”, and the end the one after “from”.',
    why: 'The call does the way back.',
    good: '{"origin": "Oslo", "destination": "Rome"}, for “from Oslo to Rome”',
    bad: '{"origin": "Rome", "destination": "Oslo"}, for “from Oslo to Rome”',
    shownAt: 'the value of the start',
  },
  check(context) {
    const choices = context.traits.hasTexts ? context.choicesWhere('hasRoutes') : [];
    if (choices.length < 2 || !/\bfrom\b/i.test(context.request.text) || wayBack.test(context.request.text)) return [];
    const texts = choices.filter(({ choices: values, path }) => path.length === 1 && values.length > 0 && values.every((value) => typeof value === 'string'));
    return texts.filter(({ name }) => isStart(name)).flatMap((start) => {
      const end = texts.find(({ call, name, path }) => call === start.call && path.length === start.path.length && isEnd(name) && isPair(start.name, name));
      return end === undefined ? [] : swapped(start, end, context);
    });
  },
};

/** Where a way back is spoken of, both directions are. */
const wayBack = /\b(?:return(?:ing)?|back|round[- ]?trip|inbound|both ways)\b/i;

function swapped(start: ArgumentChoices, end: ArgumentChoices, context: SampleContext): Hit[] {
  const { folded } = context.request;
  const follows = (words: string, { choices }: ArgumentChoices): boolean => choices.some((value) => typeof value === 'string' && value.length > 1 && ` ${folded}`.includes(` ${words} ${fold(value)}`));
  const isWrong = follows('to', start) && follows('from', end) && !follows('from', start) && !follows('to', end);
  if (!isWrong) return [];
  const [from, to] = [start.choices[0] ?? null, end.choices[0] ?? null];
  const fixes = argumentFix(context, 'Swap them', [{ kind: 'set', call: start.call, path: start.path, value: to }, { kind: 'set', call: end.call, path: end.path, value: from }]);
  return [{ at: { part: 'value', call: start.call, path: start.path }, fixes, message: `${start.name} is ${show(from)} and ${end.name} is ${show(to)}, while the request says it the other way round` }];
}
