import * as z from 'zod';

/** Arguments of the command `looptool.suppress`, which the server carries out: a line for a sample, or for a file of the project. */
export const suppressArgumentsSchema = z.union([
  z.object({ uri: z.string(), rule: z.string(), sampleId: z.string() }),
  z.object({ uri: z.string(), rule: z.string(), /** Relative to the project, with `/`. */ file: z.string() }),
]);
export type SuppressArguments = Readonly<z.infer<typeof suppressArgumentsSchema>>;

/** Arguments of the command `looptool.fixAll`, which the server carries out: it asks the editor to make the edits, with a preview where there is one. */
export const fixAllArgumentsSchema = z.object({
  uri: z.string(),
  /** All safe fixes of all rules when absent. */
  rule: z.string().optional(),
  scope: z.enum(['file', 'dataset']),
});
export type FixAllArguments = Readonly<z.infer<typeof fixAllArgumentsSchema>>;

/** Arguments of the command `looptool.acceptBoth`: the prediction of the last probe is right beside the label. */
export const acceptBothArgumentsSchema = z.object({ uri: z.string(), sampleId: z.string(), labelHash: z.string() });
export type AcceptBothArguments = Readonly<z.infer<typeof acceptBothArgumentsSchema>>;
