import { stringifyJson } from '../json/stringify.ts';
import type { CompletionFailure, CompletionOutcome, CompletionReply } from '../llm/completionPort.ts';

/** The part of an entry that every stage fills in the same way from what the port answered. `startedAt` is ISO 8601, from the injected clock. */
export function answeredBase(outcome: CompletionOutcome, startedAt: string) {
  const base = { v: 1 as const, attempt: outcome.attempts, startedAt, elapsedMs: outcome.elapsedMs };
  if (!outcome.ok) return base;
  const { promptTokens, completionTokens } = outcome.reply;
  return { ...base, reply: replyText(outcome.reply), ...(promptTokens === undefined ? {} : { promptTokens }), ...(completionTokens === undefined ? {} : { completionTokens }) };
}

/** For entries that no request stands behind. */
export function unaskedBase(startedAt: string) {
  return { v: 1 as const, attempt: 0, startedAt, elapsedMs: 0 };
}

/** The whole reply as one text: reasoning in its tags, then the content, then calls that the server had already taken out of it. */
export function replyText(reply: CompletionReply): string {
  const reasoning = reply.reasoning === '' ? '' : `<think>\n${reply.reasoning}\n</think>\n`;
  const calls = reply.calls.map((call) => {
    const given = 'raw' in call ? call.raw : call.arguments;
    return `<tool_call>\n${stringifyJson({ name: call.name, arguments: given })}\n</tool_call>`;
  });
  return reasoning + [reply.content, ...calls].filter((part) => part !== '').join('\n');
}

export function failureText(failure: CompletionFailure): string {
  return `${failure.kind}${failure.status === undefined ? '' : ` (HTTP ${failure.status})`}: ${failure.message}`;
}
