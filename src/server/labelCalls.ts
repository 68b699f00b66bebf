import type { RecordSample } from '../core/dataset/dialect.ts';
import type { ToolCall, ToolDefinition } from '../core/dataset/sample.ts';
import type { JsonValue } from '../core/json/value.ts';
import { valueAtPath } from '../core/rules/textPlace.ts';
import { toolTable } from '../core/schema/toolTable.ts';
import type { MemberPath } from './dataset/targetAt.ts';

/** A call of a sample's label by its number. */
type CallOfLabel = { readonly sample: RecordSample; readonly call: number };

/** Undefined for labels that are no calls, or fewer. In possible answers it holds the first of the values that are right. */
export function callOfLabel({ sample, call }: CallOfLabel): ToolCall | undefined {
  const { label } = sample.sample;
  return label.kind === 'calls' ? label.calls[call] : undefined;
}

/** The tool that a call of the label calls. */
export function toolOfCall(of: CallOfLabel): ToolDefinition | undefined {
  const name = callOfLabel(of)?.name;
  return name === undefined ? undefined : toolTable(of.sample.sample.tools).find(name)?.tools[0];
}

/** The value of an argument of a label's call, or of a part of it; all of the arguments for an empty path. */
export function argumentValue(of: CallOfLabel, path: MemberPath): JsonValue | undefined {
  const args = callOfLabel(of)?.arguments;
  return args && valueAtPath(args, path);
}
