import type { Message } from '../../dataset/sample.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'tool-results',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'warning', lenient: 'warning' },
  docs: {
    summary: 'Tool results that belong to no call, calls without a result, or results in another order than their calls.',
    why: 'Servers refuse such a history, and a model that learns from it ties a result to the wrong call.',
    good: 'assistant calls a and b; tool answers a; tool answers b',
    bad: 'assistant calls a and b; tool answers b; tool answers a',
    shownAt: 'the tool message, or the assistant message whose calls lack results',
  },
  check({ sample: { messages }, firstNewMessage }) {
    const hits: Hit[] = [];
    for (let index = 0; index < messages.length; index += 1) {
      const message = messages[index];
      if (message?.role === 'tool' && !isResultRun(messages, index)) report(hits, index, firstNewMessage, 'the tool result answers no call');
      if (message?.role !== 'assistant' || message.calls.length === 0) continue;
      const results = resultsAfter(messages, index);
      // The last calls may have their results in what comes after the sample.
      const atEnd = index + results.length + 1 >= messages.length && results.length === 0;
      if (!atEnd) checkResults(hits, index, firstNewMessage, message.calls.length, results);
    }
    return hits;
  },
};

type ToolMessage = Message & { readonly role: 'tool' };

function report(hits: Hit[], message: number, firstNewMessage: number, text: string): void {
  if (message >= firstNewMessage) hits.push({ at: { part: 'message', message }, message: text });
}

/** Whether calls stand before the run of tool messages that this one is part of. */
function isResultRun(messages: readonly Message[], index: number): boolean {
  let at = index;
  while (messages[at]?.role === 'tool') at -= 1;
  const before = messages[at];
  return before?.role === 'assistant' && before.calls.length > 0;
}

function resultsAfter(messages: readonly Message[], index: number): readonly ToolMessage[] {
  const results: ToolMessage[] = [];
  for (let at = index + 1; at < messages.length; at += 1) {
    const message = messages[at];
    if (message?.role !== 'tool') break;
    results.push(message);
  }
  return results;
}

function checkResults(hits: Hit[], index: number, firstNewMessage: number, calls: number, results: readonly ToolMessage[]): void {
  if (results.length < calls && results.length > 1) report(hits, index, firstNewMessage, `${calls} calls have ${results.length} results`);
  // That they are missing shows with the message after the calls, which may be new where the calls are not.
  else if (results.length === 0) report(hits, index, firstNewMessage - 1, 'the calls have no results');
  results.forEach(({ answers }, place) => {
    const at = index + 1 + place;
    if (answers !== undefined && answers !== place) report(hits, at, firstNewMessage, `the result of call ${answers + 1} stands in place ${place + 1}`);
    else if (place >= calls && calls > 1) report(hits, at, firstNewMessage, 'the tool result answers no call');
  });
}
