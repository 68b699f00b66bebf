import * as z from 'zod';
import { verdicts } from './verdict.ts';

/** A decided pair that the judge is shown as an example. The pair itself stands in the files of its round. */
export const exampleRefSchema = z.object({
  /** Id of the `decide` operation. */
  decision: z.string(),
  sampleId: z.string(),
  labelHash: z.string(),
  round: z.number().int(),
  verdict: z.enum(verdicts),
});
export type ExampleRef = Readonly<z.infer<typeof exampleRefSchema>>;
