import type { ToolDefinition } from '../../dataset/sample.ts';
import { show } from '../../toolcall/differences.ts';
import { enumOf, foldedDescriptionOf, scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import { stem, wordsOf } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'restated-tool',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'Possible answers demand an optional argument that has no word that is not one of the tool itself: “vegan” as the preferred ingredient of get_vegan_recipe.',
    why: 'The request says it to choose the tool. As a value it says nothing, and the argument is better left out.',
    good: '"minutes": [30], for get_vegan_recipe',
    bad: '"minutes": [30], "ingredient": ["vegan"], for get_vegan_recipe',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    return label.kind !== 'calls' || label.possible === undefined ? [] : context.choices.flatMap(restated);
  },
};

function restated(argument: ArgumentChoices): Hit[] {
  const { choices, required, omissible, schema, tool, path, call, name } = argument;
  const [first] = choices;
  if (first === undefined || required || omissible || path.length > 1 || schema === undefined || enumOf(schema).length > 0) return [];
  const texts = choices.map((choice) => scalarsOf(choice));
  if (!texts.every((list) => list.length > 0 && list.every((one) => typeof one === 'string' && one.length > 3))) return [];
  const ofTool = stemsOf(tool);
  const own = foldedDescriptionOf(argument);
  const isRestated = texts.every((list) => list.every((one) => typeof one === 'string' && !own.includes(one.toLowerCase()) && isOf(wordsOf(one), ofTool)));
  return isRestated ? [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, which the tool is for anyway` }] : [];
}

const known = new WeakMap<ToolDefinition, ReadonlySet<string>>();

function stemsOf(tool: ToolDefinition): ReadonlySet<string> {
  let stems = known.get(tool);
  if (stems === undefined) known.set(tool, (stems = new Set(wordsOf(`${tool.name} ${tool.description ?? ''}`).map(stem))));
  return stems;
}

function isOf(words: readonly string[], ofTool: ReadonlySet<string>): boolean {
  return words.length > 0 && words.every((word) => ofTool.has(stem(word)));
}
