import { stringifySpaced } from '../../json/stringify.ts';
import { extractPrediction, type ExtractOptions } from '../../toolcall/extract.ts';
import { plainCalls } from '../../toolcall/plainCalls.ts';
import type { Label, ToolCall } from '../sample.ts';

/** An assistant's text as the extraction reads it. With a problem it has no calls. */
export type AnswerText = { readonly calls: readonly ToolCall[]; readonly prose: string; readonly problem?: string };

export function readAnswerText(text: string, options?: ExtractOptions): AnswerText {
  const plain = options === undefined ? plainCalls(text) : undefined;
  if (plain !== undefined) return { calls: plain, prose: '' };
  const prediction = extractPrediction(text, { emptyArguments: 'lenient', ...options });
  if (prediction.kind !== 'INVALID' && prediction.kind !== 'TRUNCATED') return { calls: prediction.calls, prose: prediction.text };
  return { calls: [], prose: prediction.text, problem: prediction.warnings[0] ?? 'the answer cannot be read' };
}

/** The label that a text is; `raw` is the text. */
export function answerLabel(answer: AnswerText, raw: string): Label {
  if (answer.problem !== undefined) return { kind: 'invalid', raw, reason: answer.problem };
  const [first, ...others] = answer.calls;
  if (first !== undefined) return { kind: 'calls', calls: [first, ...others] };
  return answer.prose === '' ? { kind: 'invalid', raw, reason: 'the answer is empty' } : { kind: 'text', text: answer.prose };
}

/** Calls as `<tool_call>` blocks, one line of JSON each. */
export function writeCallBlocks(calls: readonly ToolCall[]): string {
  return calls.map((call) => `<tool_call>\n${stringifySpaced({ name: call.name, arguments: call.arguments })}\n</tool_call>`).join('\n');
}
