import * as z from 'zod';
import { labelSchema } from './sample.ts';

/**
 * A line of a truth file: the right label of a sample of the training corpus, for data whose errors are known because they were
 * planted. Read by reports alone, never by a stage.
 */
export const truthRowSchema = z.object({
  id: z.string(),
  label: labelSchema,
  /** `labelHash` of the right label, in files of before: it says nothing that the label does not. */
  labelHash: z.string().optional(),
  /** Which error the label in the data has; absent when it is right. */
  planted: z.string().optional(),
});
export type TruthRow = Readonly<z.infer<typeof truthRowSchema>>;

/** The rows of a truth file (JSONL) by sample id. Throws the JSON or zod error of the first bad line. */
export function parseTruth(text: string): ReadonlyMap<string, TruthRow> {
  const rows = text.split('\n').filter((line) => line.trim() !== '').map((line) => truthRowSchema.parse(JSON.parse(line)));
  return new Map(rows.map((row) => [row.id, row]));
}
