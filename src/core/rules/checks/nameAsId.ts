import type { ToolCall } from '../../dataset/sample.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, foldedDescriptionOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { SampleRule } from '../rule.ts';
import { valueFixes } from '../fixes.ts';
import { fromResults } from '../grounding/candidates.ts';

const idName = /(?:^|_)(?:id|uuid|guid)$|[a-z]I[dD]$/;
/** Words with capitals, as titles and names of people are written. */
const asNameIsWritten = /^[A-Z][a-z']+(?: [A-Za-z][a-z']*)*$/;

export const rule: SampleRule = {
  id: 'name-as-id',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'An argument that takes an identifier has a name or a title.',
    why: 'The tool does not find anything by it. The identifier has to come from the request or from another tool.',
    good: '{"song_id": "trk_81"}',
    bad: '{"song_id": "Blue Hours"}',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    if (label.kind !== 'calls' || !label.calls.some(mayHaveName)) return [];
    return context.choices.filter(isName).map(({ call, path, name, choices }) => ({
      at: { part: 'value', call, path },
      message: `${name} is ${show(choices[0] ?? null)}, a name and not an identifier`,
      suggestions: valueFixes(context, call, path, () => [...new Set(fromResults(context, name, ['string', 'integer', 'number']))].slice(0, 4)),
    }));
  },
};

/** By the first acceptable values alone; arguments inside of others are not looked at. */
function mayHaveName({ arguments: args }: ToolCall): boolean {
  return Object.keys(args).some((name) => {
    const value = args[name];
    return typeof value === 'string' && /d$/i.test(name) && idName.test(name) && asNameIsWritten.test(value);
  });
}

function isName(argument: ArgumentChoices): boolean {
  const { name, choices, schema } = argument;
  if (!idName.test(name) || choices.length === 0 || enumOf(schema).length > 0) return false;
  const description = foldedDescriptionOf(argument);
  return /identifier|\bids?\b/.test(description) && !/name|title|e-?mail/.test(description) && choices.every((choice) => typeof choice === 'string' && asNameIsWritten.test(choice));
}
