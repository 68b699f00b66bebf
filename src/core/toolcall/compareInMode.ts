import type { JsonValue } from '../json/value.ts';
import { objectOf } from '../json/parse.ts';
import type { Label, ToolCall, ToolDefinition } from '../dataset/sample.ts';
import { checkBfcl } from './bfcl/astChecker.ts';
import { compileTools, type BfclLanguage } from './bfcl/compileTools.ts';
import { explainBfcl } from './bfcl/explainBfcl.ts';
import { compareCalls } from './compare.ts';
import type { CompareOptions } from './compareOptions.ts';
import type { Comparison } from './difference.ts';
import { sameParsedContent } from './looptool/parsedContent.ts';
import { comparePossible, onlyChoice } from './possible.ts';

/**
 * `default`: looptool-spec.md 9.1, column TS. `looptool`: the verdict of the published comparer. `bfcl`: the verdict of BFCL's
 * AST checker, with the language of the calls and whether names were asked for without points.
 */
export type CompareMode =
  | { readonly mode: 'default'; readonly options?: CompareOptions }
  | { readonly mode: 'looptool' }
  | { readonly mode: 'bfcl'; readonly language: BfclLanguage; readonly underscoreToDot?: boolean; readonly tools: readonly ToolDefinition[] };

/**
 * The comparer in any of its modes, always with its explanation. `forgiven` are differences that the default mode sees and
 * the mode overlooks.
 */
export function compareInMode(label: Label & { readonly kind: 'calls' }, got: readonly ToolCall[], mode: CompareMode): Comparison {
  switch (mode.mode) {
    case 'default':
      return label.possible === undefined ? compareCalls(label.calls, got, mode.options) : comparePossible(label.possible, got);
    case 'looptool':
      return withVerdict(compareCalls(label.calls, got), sameParsedContent(plainCalls(label.calls), plainCalls(got)));
    case 'bfcl': {
      const tools = compileTools(mode.tools.map(functionDocument), mode.language, mode.underscoreToDot);
      const possible = label.possible ?? label.calls.map(onlyAnswer);
      const verdict = checkBfcl(tools, got.map(keyedByName), possible.map(keyedByName), category(label, mode.tools), true);
      const strict = comparePossible(possible, got);
      if (verdict.valid) return withVerdict(strict, true);
      return { equal: false, differences: explainBfcl(verdict), pairs: strict.pairs };
    }
  }
}

/** The checker takes the first function for a single call, whatever is called, so it is told of more only where there are more. */
function category(label: Label & { readonly kind: 'calls' }, tools: readonly ToolDefinition[]): string {
  return label.calls.length > 1 ? 'parallel' : tools.length > 1 ? 'multiple' : 'simple';
}

/** Keeps what a mode overlooks as forgiven. Where it refuses what the default mode accepts, that has to be said too. */
function withVerdict(comparison: Comparison, equal: boolean): Comparison {
  if (comparison.equal === equal) return comparison;
  if (equal) return { equal, differences: [], pairs: comparison.pairs, forgiven: comparison.differences.map((difference) => ({ ...difference, severity: 'info' as const })) };
  return { ...comparison, equal, differences: [{ kind: 'value', severity: 'warning', path: [], message: 'the published comparer tells them apart: it does not normalise texts or names' }] };
}

function plainCalls(calls: readonly ToolCall[]): JsonValue {
  return calls.map((call) => ({ name: call.name, arguments: call.arguments }));
}

function keyedByName(call: ToolCall): JsonValue {
  return objectOf([[call.name, call.arguments]]);
}

function functionDocument(tool: ToolDefinition): JsonValue {
  return { name: tool.name, ...(tool.parameters === undefined ? {} : { parameters: tool.parameters }) };
}

/** Possible answers of a label that has none: each argument has its one value, and so has each member of an object. */
function onlyAnswer(call: ToolCall): ToolCall {
  return { name: call.name, arguments: objectOf(Object.entries(call.arguments).map(([key, value]) => [key, [onlyChoice(value)]])) };
}
