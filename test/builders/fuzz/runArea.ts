import { Rng } from '../../../src/core/random/rng.ts';
import type { FuzzArea } from './fuzzArea.ts';

export type FuzzFailure = { readonly area: string; readonly index: number; readonly message: string; readonly input: string };
export type SlowInput = { readonly area: string; readonly index: number; readonly milliseconds: number; readonly size: number };
export type FuzzRun = { readonly runs: number; readonly failures: readonly FuzzFailure[]; readonly slowest: readonly SlowInput[] };

export type FuzzWatch = { /** Called when an input is made, before it runs. */ readonly before?: (index: number) => void; readonly after?: (index: number) => void; readonly now?: () => number };

const batch = 250;

/** Runs the inputs `from` to before `to` of an area. Input `index` is made from the seed, the area and the index alone. */
export function runArea(area: FuzzArea, seed: number, from: number, to: number, watch: FuzzWatch = {}): FuzzRun {
  const failures: FuzzFailure[] = [];
  const slowest: SlowInput[] = [];
  const now = watch.now ?? (() => 0);
  const shapes = shapesOfPrototypes();
  for (let index = from; index < to; index++) {
    const input = area.make(new Rng(seed, 'fuzz', area.name, index));
    watch.before?.(index);
    const start = now();
    try {
      input.run();
    } catch (error) {
      failures.push({ area: area.name, index, message: error instanceof Error ? (error.stack ?? error.message) : String(error), input: input.show() });
    }
    const milliseconds = now() - start;
    if (slowest.length < 5 || milliseconds > (slowest.at(-1)?.milliseconds ?? 0)) {
      slowest.push({ area: area.name, index, milliseconds, size: input.size });
      slowest.sort((a, b) => b.milliseconds - a.milliseconds);
      slowest.length = Math.min(slowest.length, 5);
    }
    if ((index - from) % batch === batch - 1 || index === to - 1) {
      const changed = changedPrototypes(shapes);
      if (changed !== '') failures.push({ area: area.name, index, message: `prototypes changed: ${changed}`, input: `one of the last ${batch}` });
    }
    watch.after?.(index);
  }
  return { runs: to - from, failures, slowest };
}

const prototypes: Readonly<Record<string, object>> = { Object: Object.prototype, Array: Array.prototype, Function: Function.prototype, String: String.prototype, Number: Number.prototype, Map: Map.prototype, Error: Error.prototype };

/** The platform fills in some of its own globals when they are first used, so of these only the names count. */
const globals = (): ReadonlyMap<string | symbol, unknown> => new Map(Reflect.ownKeys(globalThis).map((key) => [key, undefined]));

/** Names and values of everything that all objects share. */
export function shapesOfPrototypes(): ReadonlyMap<string, ReadonlyMap<string | symbol, unknown>> {
  return new Map([...Object.entries(prototypes).map(([name, object]) => [name, new Map(Reflect.ownKeys(object).map((key) => [key, valueOf(object, key)]))] as const), ['globalThis', globals()]]);
}

/** What is new, gone or another since; empty where nothing is. */
export function changedPrototypes(shapes: ReturnType<typeof shapesOfPrototypes>): string {
  const changed: string[] = [];
  const present = shapesOfPrototypes();
  for (const [name, before] of shapes) {
    const after = present.get(name) ?? new Map<string | symbol, unknown>();
    for (const key of new Set([...before.keys(), ...after.keys()])) if (before.has(key) !== after.has(key) || !Object.is(before.get(key), after.get(key))) changed.push(`${name}.${String(key)}`);
  }
  return changed.join(', ');
}

function valueOf(object: object, key: string | symbol): unknown {
  const property: { readonly value?: unknown; readonly get?: unknown } | undefined = Object.getOwnPropertyDescriptor(object, key);
  return property?.get ?? property?.value;
}
