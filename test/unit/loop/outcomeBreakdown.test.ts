import { expect, it } from 'vitest';
import type { Label, Sample, ToolCall } from '../../../src/core/dataset/sample.ts';
import { outcomeBreakdown } from '../../../src/core/rounds/outcomeBreakdown.ts';
import { compareCalls } from '../../../src/core/toolcall/compare.ts';
import { probeOf, sampleOf } from './builders.ts';

const call = (name: string, args: ToolCall['arguments']): ToolCall => ({ name, arguments: args });
const calls = (...of: readonly ToolCall[]): Label => ({ kind: 'calls', calls: of });

function answered(sample: Sample, got: readonly ToolCall[]) {
  const expected = sample.label.kind === 'calls' ? sample.label.calls : [];
  const comparison = compareCalls(expected, got);
  return probeOf(sample, comparison.equal ? 'MATCH' : 'MISMATCH', { comparison });
}

it('counts outcomes by tool and argument, in the kinds of the comparer', () => {
  const forecast = (city: string): ToolCall => call('get_forecast', { city });
  const right = sampleOf('right', calls(forecast('Oslo')));
  const value = sampleOf('value', calls(forecast('Oslo')));
  const both = sampleOf('both', calls(forecast('Oslo'), call('find_train', { to: 'Bern' })));
  const extra = sampleOf('extra', calls(forecast('Oslo')));
  const cut = sampleOf('cut', calls(call('find_train', { to: 'Bern' })));
  const text = sampleOf('text', { kind: 'text', text: 'Which city?' });
  const failed = sampleOf('failed', calls(forecast('Oslo')));
  const unprobed = sampleOf('unprobed', calls(forecast('Oslo')));
  const probes = [
    answered(right, [forecast('Oslo')]),
    answered(value, [call('get_forecast', { city: 'Rome', days: 2 })]),
    answered(both, [forecast('Rome')]),
    answered(extra, [forecast('Oslo'), forecast('Oslo')]),
    probeOf(cut, 'TRUNCATED'),
    probeOf(text, 'EMPTY'),
    probeOf(failed, 'ERROR'),
  ];
  const rows = [right, value, both, extra, cut, text, failed, unprobed];
  const { kinds, tools } = outcomeBreakdown(rows, new Map(probes.map((probe) => [probe.sampleId, probe])));
  expect(kinds).toEqual({ value: 2, 'extra-argument': 1, 'extra-call': 1, 'missing-call': 1 });
  expect(tools).toEqual([
    {
      tool: 'get_forecast',
      samples: 5,
      matched: 1,
      outcomes: { MISMATCH: 3, ERROR: 1 },
      kinds: { value: 2, 'extra-argument': 1, 'extra-call': 1 },
      arguments: [
        { argument: 'city', kinds: { value: 2 } },
        { argument: 'days', kinds: { 'extra-argument': 1 } },
      ],
    },
    { tool: 'find_train', samples: 2, matched: 0, outcomes: { MISMATCH: 1, TRUNCATED: 1 }, kinds: { 'missing-call': 1 }, arguments: [] },
  ]);
});

it('takes hostile names as names', () => {
  const sample = sampleOf('hostile', calls(call('__proto__', { constructor: 1 })));
  const probe = answered(sample, [call('__proto__', { constructor: 2 })]);
  const { tools } = outcomeBreakdown([sample], new Map([[sample.id, probe]]));
  expect(tools).toMatchObject([{ tool: '__proto__', arguments: [{ argument: 'constructor', kinds: { value: 1 } }] }]);
});
