import type { ToolCall } from '../core/dataset/sample.ts';
import type { JsonObject, JsonValue } from '../core/json/value.ts';
import { isJsonObject } from '../core/json/value.ts';
import type { Rng } from '../core/random/rng.ts';
import { toolByNoun, toolName } from './catalogue/tools.ts';
import type { ParameterSpec, ToolSpec } from './catalogue/toolSpec.ts';
import { drawArgument, toolsByName } from './template.ts';
import { requiredNames } from './toolDefinition.ts';
import { callsLabel, type DemoLabel, type DemoSample } from './world.ts';

/** Label errors of the kinds that are found in published tool-call data. */
export const randomErrors = ['wrongValue', 'wrongTool', 'wrongType', 'droppedCall', 'doubledCall', 'inventedArgument'] as const;
export type RandomError = (typeof randomErrors)[number];

/**
 * Errors with a rule behind them, always the same wrong way for a kind of request, as a careless guideline makes them.
 * `turnedBoolean`: lights and doors are labelled the wrong way round. `secondCallDropped`: what follows "and also" is left out.
 */
export const systematicErrors = ['turnedBoolean', 'secondCallDropped'] as const;
export type SystematicError = (typeof systematicErrors)[number];

export type PlantedError = RandomError | SystematicError;
export type LabelledSample = DemoSample & { readonly label: DemoLabel; readonly planted?: PlantedError };

export type ErrorShares = {
  /** Share of all labels that get a random error. */
  readonly random: number;
  /** Share of the labels that a rule reaches which follow it. */
  readonly systematic: number;
};

/** Labels for the samples, some of them wrong; the truth stays beside them. */
export function plantErrors(samples: readonly DemoSample[], shares: ErrorShares, rng: Rng): readonly LabelledSample[] {
  return samples.map((sample): LabelledSample => {
    const rule = systematicError(sample);
    const bySystem = rng.chance(shares.systematic);
    if (rule && bySystem) return { ...sample, label: rule.label, planted: rule.error };
    if (!rng.chance(shares.random)) return { ...sample, label: sample.truth };
    const error = rng.pick(randomErrors.filter((e) => applies(e, sample)));
    return { ...sample, label: corrupt(sample, error, rng), planted: error };
  });
}

function systematicError(sample: DemoSample): { readonly error: SystematicError; readonly label: DemoLabel } | undefined {
  if (sample.truth.kind !== 'calls') return undefined;
  const { calls } = sample.truth;
  const last = sample.messages.at(-1)?.content ?? '';
  const [first] = calls;
  if (calls.length > 1 && first && last.includes(' and also ')) return { error: 'secondCallDropped', label: callsLabel([first]) };
  const turns = calls.length === 1 && first && (first.name === toolName(toolByNoun('light')) || first.name === toolName(toolByNoun('door')));
  return turns ? { error: 'turnedBoolean', label: callsLabel([{ name: first.name, arguments: turned(first.arguments) }]) } : undefined;
}

function turned(args: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, typeof value === 'boolean' ? !value : value]));
}

export function applies(error: RandomError, sample: DemoSample): boolean {
  // To a request that wants a question or a refusal, the careless answer is a call.
  if (sample.truth.kind === 'text') return error === (sample.kind === 'missing' ? 'inventedArgument' : 'wrongTool');
  const { calls } = sample.truth;
  if (error === 'droppedCall') return calls.length > 1;
  return error !== 'wrongType' || calls.some((call) => wronglyTyped(call.arguments) !== undefined);
}

/** The truth with one error; the error must apply. */
export function corrupt(sample: DemoSample, error: RandomError, rng: Rng): DemoLabel {
  if (sample.truth.kind === 'text') return callsLabel([inventedCall(sample, rng)]);
  const { calls } = sample.truth;
  if (error === 'wrongType') return callsLabel(calls.map((call) => ({ ...call, arguments: wronglyTyped(call.arguments) ?? call.arguments })));
  const at = rng.int(calls.length);
  const call = calls[at];
  if (!call) throw new Error('a label has at least one call');
  const replaced = (other: ToolCall): DemoLabel => callsLabel(calls.map((c, i) => (i === at ? other : c)));
  switch (error) {
    case 'wrongValue':
      return replaced({ ...call, arguments: wrongValue(call, rng) });
    case 'wrongTool':
      return replaced({ ...call, name: rng.pick(sample.tools.map((tool) => tool.name).filter((name) => name !== call.name)) });
    case 'inventedArgument':
      return replaced({ ...call, arguments: withInventedArgument(call, rng) });
    case 'doubledCall':
      return callsLabel([...calls.slice(0, at + 1), call, ...calls.slice(at + 1)]);
    case 'droppedCall':
      return callsLabel(calls.filter((_, i) => i !== at));
  }
}

function specOf(call: ToolCall): ToolSpec {
  const tool = toolsByName.get(call.name);
  if (!tool) throw new Error(`the demo world has no tool "${call.name}"`);
  return tool;
}

function wrongValue(call: ToolCall, rng: Rng): JsonObject {
  const name = rng.pick(Object.keys(call.arguments));
  const spec = specOf(call).parameters[name];
  const value = call.arguments[name];
  if (!spec || value === undefined) throw new Error(`${call.name} has no parameter "${name}"`);
  return { ...call.arguments, [name]: otherValue(spec, value, rng) };
}

function otherValue(spec: ParameterSpec, value: JsonValue, rng: Rng): JsonValue {
  if (spec.kind === 'record' && isJsonObject(value)) {
    const property = rng.pick(Object.keys(value));
    const [inner, old] = [spec.properties[property], value[property]];
    return inner && old !== undefined ? { ...value, [property]: otherValue(inner, old, rng) } : value;
  }
  for (;;) {
    const other = drawArgument(spec, 'known', rng);
    if (JSON.stringify(other) !== JSON.stringify(value)) return other;
  }
}

/** Every number, boolean and list written as a string, as a template with quotes around each slot does it; undefined when all are strings. */
function wronglyTyped(args: JsonObject): JsonObject | undefined {
  let changed = false;
  const quote = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return value;
    if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, quote(inner)]));
    changed = true;
    return Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
  };
  const out = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, quote(value)]));
  return changed ? out : undefined;
}

/** An optional argument that nobody asked for; where there is none to add, one that the tool does not have. */
function withInventedArgument(call: ToolCall, rng: Rng): JsonObject {
  const { parameters } = specOf(call);
  const free = Object.entries(parameters).filter(([name, spec]) => spec.optional === true && !(name in call.arguments));
  if (free.length === 0) return { ...call.arguments, note: rng.pick(['none', 'default', 'as usual']) };
  const [name, spec] = rng.pick(free);
  return { ...call.arguments, [name]: drawArgument(spec, 'known', rng) };
}

/** The call that should not have been made: of the tool that lacks an argument, or of any tool that is shown. */
function inventedCall(sample: DemoSample, rng: Rng): ToolCall {
  const name = sample.kind === 'missing' ? toolName(toolByNoun(sample.subject[0] ?? '')) : rng.pick(sample.tools).name;
  const { parameters } = specOf({ name, arguments: {} });
  const args = requiredNames(parameters).map((parameter): [string, JsonValue] => {
    const spec = parameters[parameter];
    if (!spec) throw new Error(`${name} has no parameter "${parameter}"`);
    return [parameter, sample.given?.[parameter] ?? drawArgument(spec, 'known', rng)];
  });
  return { name, arguments: Object.fromEntries(args) };
}
