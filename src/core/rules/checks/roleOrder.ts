import type { Message } from '../../dataset/sample.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'role-order',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'The messages stand in an order that no dialogue has.',
    why: 'Chat templates render it in a way that nobody meant, or refuse it: a system message in the middle, a dialogue that starts with the assistant, the same speaker twice, no user at all.',
    good: 'system, user, assistant, tool, assistant',
    bad: 'user, system, user, user',
    shownAt: 'the message',
  },
  check({ sample: { messages, label }, firstNewMessage }) {
    // What the assistant says between the turns of a benchmark is not written: its label is the trace of all of them.
    const isScript = label.kind === 'trace';
    const hits = [];
    for (let index = firstNewMessage; index < messages.length; index += 1) {
      const message = whatIsWrong(messages, index, isScript);
      if (message !== undefined) hits.push({ at: { part: 'message' as const, message: index }, message });
    }
    if (firstNewMessage === 0 && !messages.some(({ role }) => role === 'user')) hits.push({ at: { part: 'record' as const }, message: 'no user says anything before the label' });
    return hits;
  },
};

function whatIsWrong(messages: readonly Message[], index: number, isScript: boolean): string | undefined {
  const current = messages[index];
  const before = messages[index - 1];
  if (current === undefined) return undefined;
  if (current.role === 'system' && before !== undefined && before.role !== 'system') return 'a system message stands in the middle of the dialogue';
  if (current.role === 'assistant' && (before === undefined || before.role === 'system')) return 'the dialogue starts with the assistant';
  if (current.role === 'user' && before?.role === 'user' && !isScript) return 'the user speaks twice in a row';
  // Where calls stand before, tool-results says that their results are missing; a text and then calls are one turn in two messages.
  if (current.role === 'assistant' && before?.role === 'assistant' && before.calls.length === 0 && current.calls.length === 0) return 'the assistant speaks twice in a row';
  return undefined;
}
