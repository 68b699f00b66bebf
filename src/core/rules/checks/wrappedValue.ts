import { show } from '../../toolcall/differences.ts';
import { enumOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { argumentFix } from '../fixes.ts';
import type { SampleContext } from '../sampleContext.ts';

/** Not the keys and values of JSON that a result of a tool holds. */
const quotation = /(?<![{[:]\s*)['"`“‘]([^'"`“”‘’\n]{3,80})['"`”’](?!\s*:)/g;
/** Brackets and quotation marks around or behind something. */
const program = /^(?!new )(?:.*\w\(|['"`]|.*[{}]|.*=>)/s;

export const rule: SampleRule = {
  id: 'wrapped-value',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The request puts something in quotation marks, and the label has it inside of a piece of a program or in further quotation marks.',
    why: 'The tool is given the name or the text itself. What stands around it was made up.',
    good: '{"field": "userName"}, for “the field \'userName\'”',
    bad: '{"field": "document.getElementById(\'userName\')"}',
    shownAt: 'the value',
  },
  check(context) {
    return context.unsaid.flatMap((argument) => wrapped(argument, context));
  },
};

function wrapped({ choices, call, path, name, schema }: ArgumentChoices, context: SampleContext): Hit[] {
  const { request } = context;
  const [first] = choices;
  if (first === undefined || enumOf(schema).length > 0 || !choices.every((choice) => typeof choice === 'string' && program.test(choice))) return [];
  const quoted = [...request.text.matchAll(quotation)].map(([, text = '']) => text);
  const inside = quoted.find((text) => choices.every((choice) => typeof choice === 'string' && choice !== text && choice.includes(text)));
  return inside === undefined ? [] : [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, made around ${show(inside)}, which the request quotes`, fixes: argumentFix(context, `Write ${show(inside)}`, [{ kind: 'set', call, path, value: inside }]) }];
}
