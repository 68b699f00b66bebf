import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import { argumentFix } from '../fixes.ts';
import { converted } from '../grounding/converted.ts';
import type { Hit, SampleRule } from '../rule.ts';
import type { SampleContext } from '../sampleContext.ts';

const literal = /^(?:true|false|True|False|null|None|undefined)$/;
const structure = /^\s*(?:\{\s*["'}]|\[\s*[\]"'{[\d-])[\s\S]*[\]}]\s*$/;

export const rule: SampleRule = {
  id: 'string-typed-value',
  scope: 'sample',
  needs: ['texts', 'openTypes'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A text that is written like a boolean, null, a list or an object, where the schema does not ask for a text.',
    why: 'Mostly a conversion lost the type. Where the schema names another type, argument-type says so; this rule is for arguments whose type is open.',
    good: '{"filter": {"open": true}}',
    bad: '{"filter": "{\\"open\\": true}"}',
    shownAt: 'the value',
  },
  check(context) {
    return !context.traits.hasTexts ? [] : context.choicesWhere('hasOpenTypes').flatMap((argument) => typedAsText(argument, context));
  },
};

function typedAsText(argument: ArgumentChoices, context: SampleContext): Hit[] {
  const { choices, call, path, name, schema } = argument;
  if (typesOf(schema).length > 0 || enumOf(schema).length > 0 || choices.length === 0) return [];
  const [first] = choices;
  if (first === undefined || !choices.every(isTyped)) return [];
  const right = converted(first, ['boolean', 'array', 'object']);
  return [{ at: { part: 'value', call, path }, message: `${name} is the text ${show(first)}, which looks like a value of another type`, ...(right === undefined ? {} : { fixes: argumentFix(context, `Write ${show(right)}`, [{ kind: 'set', call, path, value: right }]) }) }];
}

function isTyped(value: JsonValue): boolean {
  return typeof value === 'string' && (literal.test(value.trim()) || structure.test(value));
}
