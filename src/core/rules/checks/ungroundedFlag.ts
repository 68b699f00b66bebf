import { stem, wordsOf, type RequestText } from '../grounding/requestText.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { isWordSaid } from '../grounding/said.ts';
import { descriptionOf } from '../argumentChoices.ts';
import type { SampleRule } from '../rule.ts';
import { omission, valueFixes } from '../fixes.ts';

const empty = new Set(['is', 'has', 'include', 'includes', 'use', 'with', 'the', 'show', 'get', 'return', 'enable', 'should', 'flag', 'option', 'whether', 'if', 'true', 'false', 'default', 'to', 'a', 'an', 'of', 'or', 'and', 'in', 'for', 'be', 'on', 'not', 'set', 'when', 'it', 'will', 'are', 'by', 'this', 'that', 'value', 'optional', 'parameter', 'indicates', 'specifies', 'determines', 'only', 'as', 'from', 'provided', 'specified', 'defaults', 'boolean', 'want']);

const praise = /^(?:excellent|good|great|best|better|top|quality|reputable|reputation|recommended)$/;

export const rule: SampleRule = {
  id: 'ungrounded-flag',
  scope: 'sample',
  needs: ['flags', 'defaultFlags'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A flag that is set against its default, while the request says no word of what its name and its description speak of.',
    why: 'Without a reason in the request a model leaves the default as it is.',
    good: '{"hourly": true}, for “hour by hour”',
    bad: '{"hourly": true}, for “the weather in Oslo”, where the default is false',
    shownAt: 'the value',
  },
  check(context) {
    if (!context.traits.hasFlags) return [];
    const { request } = context;
    return context.choicesWhere('hasFlags').flatMap((argument) => {
      const { choices: values, omissible, call, path, name, schema } = argument;
      const [value] = values;
      if (omissible || values.length !== 1 || typeof value !== 'boolean' || request.isEmpty || !request.isLatin) return [];
      const byDefault = declaredDefault(schema);
      if (byDefault === undefined || byDefault === null || saysTheSame(byDefault, value)) return [];
      // “Only lowercase letters” speaks of every flag that is not set.
      if (!value && /\bonly\b/i.test(request.text)) return [];
      const ofTool = new Set(wordsOf(argument.tool.name).map(stem));
      const words = wordsOf(`${name} ${descriptionOf(argument)}`).filter((word) => word.length > 1 && !empty.has(word) && !ofTool.has(stem(word)));
      if (words.some((word) => isWordSaid(word, request) || isSaidOtherwise(word, request))) return [];
      if (words.some((word) => praise.test(word)) && request.words.some((word) => praise.test(word))) return [];
      return [{ at: { part: 'value' as const, call, path }, message: `${name} is ${value}, against its default, and the conversation does not speak of it`, fixes: argument.required ? valueFixes(context, call, path, () => [!value]) : omission(context, argument) }];
    });
  },
};

const others: Readonly<Record<string, RegExp>> = {
  excellent: /\b(?:good|great|best|top|high(?:ly)?|well|outstanding|recommend)/, details: /\b(?:information|info|full|complete|everything|describe|more about|comprehensive|thorough)/, verbose: /\b(?:detail|full|complete)/,
  recursive: /\b(?:all|every|sub|nested|deep)/, cheap: /\b(?:budget|affordable|low)/, free: /\b(?:no cost|no charge|without (?:cost|charge|fee))/, kids: /\b(?:child|famil|young)/, private: /\b(?:secret|hidden|confidential)/, round: /\b(?:return|both ways|back)/, ascending: /\b(?:smallest|lowest|increas|oldest)/, descending: /\b(?:largest|highest|decreas|newest|latest)/,
};

/** In other words, or as the contrary: `inactive` for “active”. */
function isSaidOtherwise(word: string, request: RequestText): boolean {
  const contrary = /^(?:in|un|non|dis|im)(?=\w{4})/.exec(word)?.[0];
  if (contrary !== undefined && isWordSaid(word.slice(contrary.length), request)) return true;
  return Object.hasOwn(others, word) && others[word]?.test(request.folded) === true;
}
