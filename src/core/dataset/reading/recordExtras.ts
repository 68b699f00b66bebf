import * as z from 'zod';
import { member } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import { canonicalJson } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { RecordProblem } from '../dialect.ts';
import { labelSchema, messageSchema, toolDefinitionSchema, type Label, type Sample } from '../sample.ts';

/**
 * The object `looptool` of a record, in any dialect: what the dialect itself cannot say. It counts only while the row still
 * says what it was written for, so that an edit of the row is never overruled: `label` while the row's own label is the same
 * as far as the dialect can say it, `tools` and `messages` while the row's own sample has the id `context`, `system` while
 * the system text is this message with the dialect's tool block behind it.
 */
const recordExtrasSchema = z.looseObject({
  family: z.string().optional(),
  label: labelSchema.optional(),
  /** The system message before a tool block was put behind it; null for none. */
  system: z.string().nullable().optional(),
  /** Id of the sample as the row says it without `tools` and `messages`. LoopTool rows do without. */
  context: z.string().optional(),
  tools: z.array(toolDefinitionSchema).readonly().optional(),
  messages: z.array(messageSchema).readonly().optional(),
});
export type RecordExtras = Readonly<z.infer<typeof recordExtrasSchema>>;

export const extrasKey = 'looptool';

export type ReadExtras = { readonly extras: RecordExtras; readonly problem?: RecordProblem };

export function readExtras(record: JsonValue): ReadExtras {
  const given = member(record, extrasKey);
  // In Parquet it is JSON text.
  const text = typeof given === 'string' ? parseJson(given) : undefined;
  const value = text?.ok === true ? text.value : given;
  if (value === undefined || value === null) return { extras: {} };
  const parsed = recordExtrasSchema.safeParse(value);
  if (parsed.success) return { extras: parsed.data };
  const issue = parsed.error.issues[0];
  const path = [extrasKey, ...(issue?.path ?? [])].join('.');
  return { extras: {}, problem: { path: [extrasKey], message: `${path} is not as expected: ${issue?.message ?? 'unknown form'}` } };
}

/** `answer` is the text of the row's own label, `own` the label as the row alone says it. */
export function annotatedLabel(own: Label, answer: string, annotation: Label | undefined): Label {
  if (annotation === undefined) return own;
  switch (annotation.kind) {
    case 'text':
      // A dialect that holds calls alone says of any text only that there is no call.
      return annotation.text === answer || own.kind === 'noCall' || (own.kind === 'text' && own.text === annotation.text) ? annotation : own;
    case 'calls':
      return own.kind === 'calls' && canonicalJson(callsJson(own.calls)) === canonicalJson(callsJson(annotation.calls)) ? annotation : own;
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return own.kind === 'noCall' || (answer.trim() === '' && own.kind !== 'calls') ? annotation : own;
    case 'invalid':
      return own.kind === 'noCall' || annotation.raw === answer ? annotation : own;
  }
}

export function callsJson(calls: readonly { readonly name: string; readonly arguments: JsonObject }[]): readonly JsonObject[] {
  return calls.map((call) => ({ name: call.name, arguments: call.arguments }));
}

/** Samples and their parts are JSON throughout; only the optional members of their types hide it from the compiler. */
export function asJson(part: Label | Sample['messages'] | Sample['tools']): JsonValue {
  return part as unknown as JsonValue;
}
