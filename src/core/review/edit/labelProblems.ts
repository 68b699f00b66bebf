import type { Label, ToolCall, ToolDefinition } from '../../dataset/sample.ts';
import { checkCalls } from '../../schema/checkCalls.ts';

/** In which ways a label's calls, and those of its alternatives, break their tools' schemas. Samples without tools say nothing. */
export function labelProblems(label: Label, tools: readonly ToolDefinition[]): readonly string[] {
  if (label.kind !== 'calls' || tools.length === 0) return [];
  const own = problemsOf(label.calls, tools, '');
  return [...own, ...(label.alternatives ?? []).flatMap((calls, index) => problemsOf(calls, tools, `alternative ${index + 1}, `))];
}

function problemsOf(calls: readonly ToolCall[], tools: readonly ToolDefinition[], before: string): readonly string[] {
  return checkCalls(calls, tools, { references: true }).map(({ call, message }) => (calls.length === 1 && before === '' ? message : `${before}call ${call + 1}: ${message}`));
}
