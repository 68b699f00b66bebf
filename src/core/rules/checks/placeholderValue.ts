import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { fold, type RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { candidateFixes } from '../grounding/candidates.ts';
import { omission } from '../fixes.ts';

const exact = /^(?:string|integer|number|boolean|array|object|int|float|str|value|text|n\/?a|none|null|undefined|nan|unknown|tbd|todo|xxx+|foo|bar|foobar|placeholder|example|sample|dummy|lorem ipsum.*|dont_?care|don't care|\?+|\.{3,}|…|-+|_+)$/;
const shaped = /^(?:<[a-z][\w .-]*>|\[[a-z][\w .-]*\]|\{\{?[a-z][\w .-]*\}?\}|\$\{[\w.]+\}|%\w+%|your[_ -]?[a-z_ -]*(?:key|token|name|id|password|secret|email|address|username)(?:[_ -]?here)?|(?:insert|enter|replace|put|add|new|your|some)[_ -].*[_ -]here|(?:insert|enter)[_ -](?:your|the|an?|own)[_ -].*|replace[_ -](?:me|this|with[_ -]your.*)|.*[_-]here)$/;
const address = /(?:^|[@/.])(example\.(?:com|org|net))\b/;

export const rule: SampleRule = {
  id: 'placeholder-value',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A value that stands in for one that nobody filled in: `string`, `<city>`, `your_api_key`, `example.com`, `dontcare`.',
    why: 'A model that learns it calls tools with it. Not where the conversation, the default or the enum has that very value.',
    good: '{"city": "Oslo"}',
    bad: '{"city": "<city>"}',
    shownAt: 'the value',
  },
  check(context) {
    return context.unsaid.flatMap((argument) => placeholder(argument, context.request).map((hit) => ({ ...hit, fixes: omission(context, argument), suggestions: candidateFixes(context, argument) })));
  },
};

function placeholder(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name } = argument;
  const found = choices.map((choice) => scalarsOf(choice).find((value) => isPlaceholder(value, argument, request)));
  const [first] = found.filter((value) => value !== undefined);
  if (first === undefined) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, which stands in for a value`, ...(found.includes(undefined) ? { severity: 'information' as const } : {}) }];
}

function isPlaceholder(value: JsonValue, argument: ArgumentChoices, request: RequestText): boolean {
  if (typeof value !== 'string' || value.length > 60) return false;
  const folded = fold(value.trim());
  const host = address.exec(folded)?.[1];
  // Where the conversation has such an address, it is one of its own world.
  if (!exact.test(folded) && !shaped.test(folded) && (host === undefined || request.folded.includes(host))) return false;
  const byDefault = declaredDefault(argument.schema);
  if (byDefault !== undefined && saysTheSame(byDefault, value)) return false;
  return !enumOf(argument.schema).some((member) => saysTheSame(member, value)) && !request.folded.includes(folded);
}
