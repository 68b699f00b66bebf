import type { Label, ToolCall } from '../../dataset/sample.ts';
import { callKey } from '../../toolcall/canonicalCall.ts';
import type { SampleRule } from '../rule.ts';
import { labelFix } from '../fixes.ts';

const words: readonly string[] = ['', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const repeated = /\b(?:twice|again|each|every|both|times|repeat(?:edly)?|two|three|four|another|same)\b/;

export const rule: SampleRule = {
  id: 'duplicate-call',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A call stands twice in the label, with the same arguments.',
    why: 'One of them is mostly left over, and an answer without it can never match. Not where the request names that number; information only where it speaks of repeating.',
    good: '{"city": "Oslo"}, {"city": "Rome"}',
    bad: '{"city": "Oslo"}, {"city": "Oslo"}',
    shownAt: 'the second call',
  },
  check(context) {
    const { sample: { label }, request } = context;
    if (label.kind !== 'calls' || label.calls.length < 2) return [];
    const calls: readonly ToolCall[] = label.possible ?? label.calls;
    const seen = new Set<string>();
    // So many equal calls as the request counts are meant: five random facts are five calls.
    const isCounted = (key: string): boolean => {
      const count = calls.filter((call) => callKey(call) === key).length;
      return new RegExp(`\\b(?:${count}|${words[count] ?? count})\\b`).test(request.folded);
    };
    return calls.flatMap((call, index) => {
      const key = callKey(call);
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      if (isCounted(key)) return [];
      return [{ at: { part: 'call' as const, call: index }, message: `${call.name} is called twice with the same arguments`, fixes: labelFix(context, 'Remove the second call', () => withoutCall(label, index)), ...(repeated.test(request.folded) ? { severity: 'information' as const } : {}) }];
    });
  },
};

function withoutCall(label: Label, index: number): Label | undefined {
  return label.kind === 'calls' ? { ...label, calls: label.calls.filter((_, at) => at !== index) } : undefined;
}
