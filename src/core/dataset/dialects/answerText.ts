import { stringifySpaced } from '../../json/stringify.ts';
import type { ScanAnswerOptions } from '../../toolcall/callBodies.ts';
import { extractPrediction } from '../../toolcall/extract.ts';
import { findTextCalls, type TextCall } from '../../toolcall/textCalls.ts';
import type { ToolCall } from '../sample.ts';

/** An assistant's text as the extraction reads it. With a problem it has no calls. */
export type AnswerText = { readonly calls: readonly ToolCall[]; readonly prose: string; readonly problem?: string };

export function readAnswerText(text: string, options: ScanAnswerOptions = {}): AnswerText {
  const prediction = extractPrediction(text, { ...options, emptyArguments: 'lenient' });
  if (prediction.kind !== 'INVALID' && prediction.kind !== 'TRUNCATED') return { calls: prediction.calls, prose: prediction.text };
  return { calls: [], prose: prediction.text, problem: prediction.warnings[0] ?? 'the answer cannot be read' };
}

/** Where the calls stand: those of `readAnswerText`, in the same order, when it has no problem. */
export function locateTextCalls(text: string): readonly TextCall[] {
  return findTextCalls(text).calls;
}

/** Calls as `<tool_call>` blocks, one line of JSON each. */
export function writeCallBlocks(calls: readonly ToolCall[]): string {
  return calls.map((call) => `<tool_call>\n${stringifySpaced({ name: call.name, arguments: call.arguments })}\n</tool_call>`).join('\n');
}
