import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, foldedDescriptionOf, typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { saysByAnotherName } from '../grounding/otherNames.ts';
import { fold, lettersOf, type RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'reworded-answers',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'Possible answers list several texts for an argument, and none of them stands in the request as it is.',
    why: 'Whoever writes several wordings guesses what a model may say, and leaves out the wording of the request, or means an argument that the request does not name.',
    good: '"make": ["violin", "fiddle"], for “a violin”',
    bad: '"make": ["Violin", "fiddle"], for “an instrument”',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    if (label.kind !== 'calls' || label.possible === undefined) return [];
    return context.unsaid.flatMap((argument) => reworded(argument, context.request));
  },
};

function reworded(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name, schema } = argument;
  const [first] = choices;
  if (choices.length < 2 || first === undefined || path.length > 1 || enumOf(schema).length > 0 || typesOf(schema).includes('boolean') || request.isEmpty || !request.isLatin) return [];
  const byDefault = declaredDefault(schema);
  const isReworded = (choice: JsonValue): boolean => typeof choice === 'string' && isUnsaid(choice, request) && !(byDefault !== undefined && saysTheSame(byDefault, choice)) && !foldedDescriptionOf(argument).includes(fold(choice));
  return choices.every(isReworded) ? [{ at: { part: 'value', call, path }, message: `${name} may be ${show(first)} or others, none of which the request says` }] : [];
}

/** Nor does it say what stands before a comma, or a short name for it. Dates and other texts with digits have rules of their own. */
function isUnsaid(text: string, request: RequestText): boolean {
  const [head = ''] = text.split(',');
  if (/\d/.test(text) || text.length < 3 || saysByAnotherName(text, request)) return false;
  return ![text, head].some((part) => request.letters.includes(lettersOf(fold(part))));
}
