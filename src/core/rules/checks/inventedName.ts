import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { descriptionOf, enumOf, scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { fold, lettersOf, type RequestText } from '../grounding/requestText.ts';
import type { SampleRule } from '../rule.ts';

const programName = /^[a-z]{2}[a-z0-9]*(?:[A-Z][a-z0-9]+)+$|^[A-Z]?[a-z]+(?:[A-Z][a-z0-9]+)*\([^)]*\)|^function\s*\(|^\([^)]*\)\s*=>/;

export const rule: SampleRule = {
  id: 'invented-name',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A name from a program, or a piece of one, that the conversation does not have and the definition does not list.',
    why: 'Names of functions, variables and fields have to be taken over as they are.',
    good: '{"callback": "onDone"}, for “call onDone”',
    bad: '{"callback": "handleResult"}, for “call onDone”',
    shownAt: 'the value',
  },
  check({ unsaid, request, sample }) {
    if (unsaid.length === 0 || request.isEmpty) return [];
    let toolNames: string | undefined;
    const isToolName = (value: JsonValue): boolean => typeof value === 'string' && (toolNames ??= lettersOf(fold(sample.tools.map((tool) => tool.name).join(' ')))).includes(lettersOf(fold(value)));
    return unsaid.flatMap((argument) => {
      const { choices: values, call, path, name } = argument;
      const found = values.map((value) => scalarsOf(value).find((one) => isInvented(one, argument, request) && !isToolName(one)));
      const [first] = found;
      return first === undefined || found.includes(undefined) ? [] : [{ at: { part: 'value' as const, call, path }, message: `${name} is ${show(first)}, which the conversation does not have` }];
    });
  },
};

function isInvented(value: JsonValue, argument: ArgumentChoices, request: RequestText): boolean {
  if (typeof value !== 'string' || !programName.test(value) || enumOf(argument.schema).length > 0) return false;
  const letters = lettersOf(fold(value));
  if (request.saysLetters(letters)) return false;
  const byDefault = declaredDefault(argument.schema);
  return !(byDefault !== undefined && saysTheSame(byDefault, value)) && !lettersOf(fold(`${descriptionOf(argument)} ${argument.tool.description ?? ''}`)).includes(letters);
}
