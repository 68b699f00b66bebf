import * as z from 'zod';
import { jsonValueSchema } from '../json/value.ts';

export const differenceKinds = [
  'kind',
  'missing-call',
  'extra-call',
  'name',
  'missing-argument',
  'extra-argument',
  'value',
  'type',
  'order',
  'text',
] as const;

/**
 * How grave a difference is. `error`: the calls do different things. `warning`: unequal all the same, but only in form: another
 * order of members, case, blanks and punctuation, `"5"` for 5, null for absent. `info`: forgiven by an option or a mode.
 */
export const differenceSeverities = ['error', 'warning', 'info'] as const;

/**
 * One difference between a label and a prediction. `path` leads from the call list: [call index in the label, argument, ...];
 * for extra calls the index is the prediction's. `order` is an array with equal members in another order.
 */
export const differenceSchema = z.object({
  kind: z.enum(differenceKinds),
  path: z.array(z.union([z.string(), z.number().int()])).readonly(),
  expected: jsonValueSchema.optional(),
  got: jsonValueSchema.optional(),
  /** Records written before there were severities have errors only. */
  severity: z.enum(differenceSeverities).default('error'),
  message: z.string(),
});
export type Difference = Readonly<z.infer<typeof differenceSchema>>;

/**
 * `pairs[i]` is the index of the predicted call that the label's call i was paired with, -1 for none. `forgiven` are the
 * differences that an option or a mode overlooks; they stand beside equal calls too.
 */
export const comparisonSchema = z.object({
  equal: z.boolean(),
  differences: z.array(differenceSchema).readonly(),
  pairs: z.array(z.number().int()).readonly(),
  forgiven: z.array(differenceSchema).readonly().optional(),
});
export type Comparison = Readonly<z.infer<typeof comparisonSchema>>;

/** A difference of two paired calls as it is found, before it is put into words. */
export type RawDifference = Pick<Difference, 'path' | 'expected' | 'got'> & { readonly kind: 'name' | 'missing-argument' | 'extra-argument' | 'value' | 'type' | 'order' };
