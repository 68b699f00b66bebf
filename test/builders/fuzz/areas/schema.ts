import type { ToolDefinition } from '../../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../../src/core/json/stringify.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { argumentAt, toolArguments } from '../../../../src/core/schema/argumentFacts.ts';
import { checkCalls } from '../../../../src/core/schema/checkCalls.ts';
import { checkPossible } from '../../../../src/core/schema/checkPossible.ts';
import { didYouMean } from '../../../../src/core/schema/didYouMean.ts';
import { toolParameterSchema } from '../../../../src/core/schema/normalise.ts';
import { readNumberedTools } from '../../../../src/core/schema/numberedTools.ts';
import { toolDefinitionOf } from '../../../../src/core/schema/toolDefinition.ts';
import { namedType } from '../../../../src/core/schema/typeNames.ts';
import { validateArguments, violations } from '../../../../src/core/schema/validate.ts';
import { isValid } from '../../../../src/core/schema/verdict.ts';
import { answerText } from '../answers.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { hostileKey, hostileText, hostileValue } from '../hostile.ts';
import { hostileCalls, hostileTool, possibleOf } from '../labels.ts';
import { argumentsFor } from '../schemas.ts';
import { amplified } from '../mutate.ts';

export const schema: FuzzArea = {
  name: 'schema',
  make: (rng) => {
    const tools = Array.from({ length: rng.between(1, 3) }, () => hostileTool(rng));
    const text = tools.map((tool) => JSON.stringify(tool)).join('\n');
    return { size: text.length, show: () => text, run: () => check(rng, tools) };
  },
};

function check(rng: Rng, tools: readonly ToolDefinition[]): void {
  for (const tool of tools) {
    const normalised = toolParameterSchema(tool);
    must(parseJson(stringifyJson(normalised.schema), { maxDepth: 2000 }).ok, 'a normalised schema is JSON');
    const args = argumentsFor(rng, normalised.schema);
    must(isValid(normalised.plan, args) === (violations(normalised.plan, args).length === 0), 'verdict and findings agree');
    if (tool.parameters !== undefined) validateArguments(tool.parameters, args);
    for (const name of toolArguments(tool).keys()) argumentAt(tool, [name, 0, hostileKey(rng)]);
  }
  const calls = tools.map(({ name, parameters }) => ({ name, arguments: argumentsFor(rng, parameters ?? {}) }));
  for (const some of [calls, hostileCalls(rng)]) {
    for (const violation of checkCalls(some, tools, { references: rng.chance(0.5) })) must(violation.message !== '', 'a violation says what it is');
    for (const language of ['python', 'java', 'javascript'] as const) checkPossible(possibleOf(rng, some), tools, language);
  }
  toolDefinitionOf(hostileValue(rng, 4));
  const text = rng.chance(0.2) ? amplified(rng, answerText(rng), 3000) : hostileText(rng);
  readNumberedTools(`1. Name: f\nDescription: d\nParameters: ${text}`);
  namedType(text);
  didYouMean(text.slice(0, 500), tools.map(({ name }) => name));
}
