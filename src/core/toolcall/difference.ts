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
 * One difference between a label and a prediction. `path` leads from the call list: [call index in the label, argument, ...];
 * for extra calls the index is the prediction's. `order` is an array with equal members in another order.
 */
export const differenceSchema = z.object({
  kind: z.enum(differenceKinds),
  path: z.array(z.union([z.string(), z.number().int()])).readonly(),
  expected: jsonValueSchema.optional(),
  got: jsonValueSchema.optional(),
  message: z.string(),
});
export type Difference = Readonly<z.infer<typeof differenceSchema>>;

/** `pairs[i]` is the index of the predicted call that the label's call i was paired with, -1 for none. */
export const comparisonSchema = z.object({
  equal: z.boolean(),
  differences: z.array(differenceSchema).readonly(),
  pairs: z.array(z.number().int()).readonly(),
});
export type Comparison = Readonly<z.infer<typeof comparisonSchema>>;
