import type { ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { objectOf } from '../../src/core/json/parse.ts';
import { JsonNumber, type JsonValue } from '../../src/core/json/value.ts';
import type { Rng } from '../../src/core/random/rng.ts';

/** The calls with one error of the kinds that policies make: another value, an argument or a call that is missing, a call twice, another tool. */
export function mutate(calls: readonly ToolCall[], tools: readonly ToolDefinition[], rng: Rng): readonly ToolCall[] {
  const at = rng.int(calls.length);
  const call = calls[at];
  if (call === undefined) throw new Error('there is no call to change');
  const replaced = (other: ToolCall): readonly ToolCall[] => calls.map((one, i) => (i === at ? other : one));
  const names = Object.keys(call.arguments);
  const others = tools.filter(({ name }) => name !== call.name);
  const kinds = ['doubled', ...(names.length > 0 ? ['value', 'value', 'value', 'missing'] : []), ...(calls.length > 1 ? ['dropped', 'dropped'] : []), ...(others.length > 0 ? ['tool', 'tool'] : [])];
  switch (rng.pick(kinds)) {
    case 'value': {
      const name = rng.pick(names);
      return replaced({ ...call, arguments: objectOf(Object.entries(call.arguments).map(([key, value]) => [key, key === name ? otherValue(value, rng) : value])) });
    }
    case 'missing': {
      const name = rng.pick(names);
      return replaced({ ...call, arguments: objectOf(Object.entries(call.arguments).filter(([key]) => key !== name)) });
    }
    case 'dropped':
      return calls.filter((_, i) => i !== at);
    case 'tool':
      return replaced({ ...call, name: rng.pick(others).name });
    default:
      return [...calls.slice(0, at), call, ...calls.slice(at)];
  }
}

/** Another value of the same type. */
function otherValue(value: JsonValue, rng: Rng): JsonValue {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + rng.between(1, 9);
  if (value instanceof JsonNumber) return value.valueOf() + rng.between(1, 9);
  if (typeof value === 'string') return `${value} ${rng.pick(['north', 'two', 'old', 'plus'])}`;
  if (Array.isArray(value)) return value.length > 1 ? (value as readonly JsonValue[]).slice(1) : [...(value as readonly JsonValue[]), ...(value as readonly JsonValue[])];
  return objectOf([]);
}
