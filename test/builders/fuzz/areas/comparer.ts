import type { Label, ToolCall } from '../../../../src/core/dataset/sample.ts';
import { objectOf } from '../../../../src/core/json/parse.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { callKey } from '../../../../src/core/toolcall/canonicalCall.ts';
import { callsEqual } from '../../../../src/core/toolcall/callsEqual.ts';
import { compareInMode, type CompareMode } from '../../../../src/core/toolcall/compareInMode.ts';
import { compareCalls } from '../../../../src/core/toolcall/compare.ts';
import { schemaOptions } from '../../../../src/core/toolcall/compareOptions.ts';
import { comparisonSchema } from '../../../../src/core/toolcall/difference.ts';
import { validateFunctionCall } from '../../../../src/core/toolcall/looptool/validateCall.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { hostileValue } from '../hostile.ts';
import { hostileCalls, hostileTool, nearlyThese, possibleOf } from '../labels.ts';
import { mutated } from '../mutate.ts';

type CallsLabel = Label & { readonly kind: 'calls' };

export const comparer: FuzzArea = {
  name: 'comparer',
  make: (rng) => {
    const calls = hostileCalls(rng);
    const got = rng.chance(0.9) ? nearlyThese(rng, calls) : hostileCalls(rng, [], 0);
    const label: CallsLabel = { kind: 'calls', calls, ...(rng.chance(0.5) ? { possible: possibleOf(rng, calls) } : {}) };
    const text = (): string => JSON.stringify({ label, got });
    return { size: calls.length + got.length, show: text, run: () => compare(rng, label, got) };
  },
};

function compare(rng: Rng, label: CallsLabel, got: readonly ToolCall[]): void {
  const tools = [...new Set(label.calls.map(({ name }) => name))].map((name) => hostileTool(rng, name));
  const options = rng.chance(0.5) ? schemaOptions(tools, { defaults: true, sets: true, nulls: true, numericStrings: true }) : undefined;
  const modes: readonly CompareMode[] = [
    { mode: 'default', ...(options === undefined ? {} : { options: { ...options, strictOrder: rng.chance(0.3) } }) },
    { mode: 'looptool' },
    ...(['python', 'java', 'javascript'] as const).map((language): CompareMode => ({ mode: 'bfcl', language, underscoreToDot: rng.chance(0.3), tools })),
  ];
  for (const mode of modes) {
    const comparison = compareInMode(label, got, mode);
    must(comparison.equal === (comparison.differences.length === 0), `${mode.mode} explains what it refuses, and only that`);
    must(comparisonSchema.safeParse(comparison).success, `${mode.mode} gives a comparison as it is described`);
  }
  must(compareCalls(label.calls, got, options).equal === callsEqual(label.calls, got, options), 'verdict and explanation agree');
  must(compareCalls(label.calls, label.calls).equal, 'calls equal themselves');
  if (label.calls.length === got.length && callsEqual(label.calls, got)) must(keys(label.calls) === keys(got), 'equal calls have equal keys');
  for (const call of got) {
    const value = objectOf([['name', call.name], ['arguments', call.arguments]]);
    validateFunctionCall(rng.chance(0.8) ? value : hostileValue(rng), tools.map((tool) => mutated(rng, objectOf([['name', tool.name], ['parameters', tool.parameters ?? null]]), rng.int(3))));
  }
}

function keys(calls: readonly ToolCall[]): string {
  return calls.map(callKey).sort().join('\n');
}
