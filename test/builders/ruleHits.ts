import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import type { JsonObject, JsonValue } from '../../src/core/json/value.ts';
import { checkSample, type RuleHit } from '../../src/core/rules/recordChecker.ts';
import { rules } from '../../src/core/rules/rules.generated.ts';
import { SampleContext } from '../../src/core/rules/sampleContext.ts';
import { activeRules, type RuleSettings } from '../../src/core/rules/settings.ts';

/** Calls of one tool, by their arguments; or possible answers of it. */
export type RuleCase = {
  readonly request: string;
  /** Schema of each argument; required unless named in `optional`. */
  readonly properties: JsonObject;
  readonly optional?: readonly string[];
  readonly calls?: readonly JsonObject[];
  readonly possible?: readonly JsonObject[];
  readonly tools?: readonly ToolDefinition[];
  readonly label?: Label;
  readonly name?: string;
};

export const strict: RuleSettings = { profile: 'strict', rules: {} };

export function contextOf({ request, properties, optional = [], calls = [], possible, tools = [], label, name = 'do_it' }: RuleCase): SampleContext {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  const tool: ToolDefinition = { name, parameters: { type: 'object', properties, required } };
  const own = label ?? callsLabel(calls.map((args) => ({ name, arguments: args })), possible?.map((args) => ({ name, arguments: args })));
  const sample = makeSample({ tools: [tool, ...tools], messages: [{ role: 'user', content: request }], label: own });
  const count = own.kind === 'calls' ? own.calls.length : 0;
  const places = { tools: [], messages: [['input']], label: ['label'], calls: Array.from({ length: count }, (_, i) => ({ call: ['label', i], name: ['label', i, 'name'], arguments: ['label', i, 'arguments'] })) };
  return new SampleContext({ sample, step: 0, places: () => places }, objectOf([]), 'test', 0);
}

function callsLabel(calls: readonly ToolCall[], possible: readonly ToolCall[] | undefined): Label {
  if (possible === undefined) return { kind: 'calls', calls };
  return { kind: 'calls', possible, calls: possible.map(({ name, arguments: args }) => ({ name, arguments: firstChoices(args) })) };
}

function firstChoices(args: JsonObject): JsonObject {
  return objectOf(
    Object.entries(args).flatMap(([key, list]): [string, JsonValue][] => {
      const first: JsonValue | undefined = Array.isArray(list) ? (list as readonly JsonValue[])[0] : list;
      return first === undefined || first === '' ? [] : [[key, first]];
    }),
  );
}

/** What the rules say, in the profile `strict` unless told otherwise. */
export function hitsOf(rule: RuleCase, settings: RuleSettings = strict): readonly RuleHit[] {
  return [...checkSample(contextOf(rule), activeRules(rules, settings))];
}
