import * as z from 'zod';
import { member } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import { canonicalJson } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { RecordProblem } from '../dialect.ts';
import { labelSchema, messageSchema, type Label, type Sample } from '../sample.ts';

/**
 * The object `looptool` of a record, in any dialect: what the dialect itself cannot say. `label`, `system` and `messages`
 * count only while the row still says what they were written for, so that an edit of the row is never overruled.
 */
const recordExtrasSchema = z.looseObject({
  family: z.string().optional(),
  label: labelSchema.optional(),
  /** LoopTool rows: the system message before a tool block was put behind it; null for none. */
  system: z.string().nullable().optional(),
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
      return annotation.text === answer || (own.kind === 'text' && own.text === annotation.text) ? annotation : own;
    case 'calls':
      return own.kind === 'calls' && canonicalJson(callsJson(own.calls)) === canonicalJson(callsJson(annotation.calls)) ? annotation : own;
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return answer.trim() === '' && own.kind !== 'calls' ? annotation : own;
    case 'invalid':
      return annotation.raw === answer ? annotation : own;
  }
}

export function callsJson(calls: readonly { readonly name: string; readonly arguments: JsonObject }[]): readonly JsonObject[] {
  return calls.map((call) => ({ name: call.name, arguments: call.arguments }));
}

/** Samples and their parts are JSON throughout; only the optional members of their types hide it from the compiler. */
export function asJson(part: Label | Sample['messages']): JsonValue {
  return part as unknown as JsonValue;
}
