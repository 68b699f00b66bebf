import type { Label, ToolCall, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { objectOf } from '../../../src/core/json/parse.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { hostileKey, hostileObject, hostileText, hostileValue } from './hostile.ts';
import { mutated } from './mutate.ts';
import { hostileSchema } from './schemas.ts';

const names = ['f', 'get_forecast', 'Get Forecast', 'math.area', '', ' f ', '__proto__', 'constructor', 'f"', 'f(', 'sök', 'a\nb'];

export function hostileCall(rng: Rng, known: readonly string[] = []): ToolCall {
  const pool = known.length > 0 && rng.chance(0.7) ? known : names;
  return { name: rng.chance(0.95) ? rng.pick(pool) : hostileText(rng), arguments: hostileObject(rng) };
}

/** Parallel calls: mostly few, now and then up to sixty. */
export function hostileCalls(rng: Rng, known: readonly string[] = [], least = 1): readonly ToolCall[] {
  return Array.from({ length: rng.chance(0.05) ? rng.between(20, 60) : rng.between(least, 4) }, () => hostileCall(rng, known));
}

/** The same calls, some of them changed, left out, doubled or in another order. */
export function nearlyThese(rng: Rng, calls: readonly ToolCall[]): readonly ToolCall[] {
  let near = rng.chance(0.5) ? rng.shuffle(calls) : [...calls];
  if (rng.chance(0.2)) near = near.slice(1);
  if (rng.chance(0.2)) near = [...near, ...near.slice(0, 1)];
  return near.map((call) => (rng.chance(0.6) ? call : { name: rng.chance(0.9) ? call.name : rng.pick(names), arguments: mutatedArguments(rng, call) }));
}

function mutatedArguments(rng: Rng, call: ToolCall): ToolCall['arguments'] {
  const changed = mutated(rng, call.arguments, rng.between(1, 3));
  return objectOf(typeof changed === 'object' && changed !== null ? Object.entries(changed as Record<string, JsonValue>) : [['a', changed]]);
}

/** Possible answers of calls; mostly lists, as they have to be, and not always. */
export function possibleOf(rng: Rng, calls: readonly ToolCall[]): readonly ToolCall[] {
  return calls.map(({ name, arguments: args }) => ({ name, arguments: objectOf(Object.entries(args).map(([key, value]): [string, JsonValue] => [key, rng.chance(0.05) ? value : rng.chance(0.3) ? [value, hostileValue(rng, 2), ''] : [value]])) }));
}

export function hostileLabel(rng: Rng, known: readonly string[] = [], seed?: number): Label {
  const own = seed === undefined ? rng : new Rng(seed, 'label');
  switch (own.int(9)) {
    case 0:
      return { kind: 'noCall' };
    case 1:
      return { kind: 'text', text: hostileText(own) };
    case 2:
      return { kind: 'text', text: hostileText(own), textKind: { kind: 'ask', argument: hostileKey(own) } };
    case 3:
      return { kind: 'anyCall' };
    case 4:
      return own.chance(0.5) ? { kind: 'trace', trace: hostileValue(own) } : { kind: 'invalid', raw: hostileText(own), reason: 'x' };
    case 5: {
      const calls = hostileCalls(own, known);
      return { kind: 'calls', calls, alternatives: [nearlyThese(own, calls), hostileCalls(own, known, 0)] };
    }
    case 6: {
      const calls = hostileCalls(own, known);
      return { kind: 'calls', calls, possible: possibleOf(own, calls) };
    }
    default:
      return { kind: 'calls', calls: hostileCalls(own, known) };
  }
}

export function hostileTool(rng: Rng, name?: string): ToolDefinition {
  const schema = hostileSchema(rng);
  return {
    name: name ?? rng.pick(names),
    ...(rng.chance(0.5) ? { description: hostileText(rng) } : {}),
    ...(rng.chance(0.9) ? { parameters: schema } : {}),
    ...(rng.chance(0.2) ? { extras: hostileObject(rng) } : {}),
  };
}
