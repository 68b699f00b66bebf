import * as z from 'zod';

const uri = z.string();
const dialect = z.strictObject({ id: z.string(), name: z.string() });
const count = z.number().int().min(0);

/**
 * `looptool/status`: what the server makes of an open document. A request `{uri}` asks for it (null for documents that are no
 * open datasets); as a notification the server tells of every change.
 */
export const statusParams = z.strictObject({ uri });
export const datasetStatusSchema = z.strictObject({
  uri,
  /** Null where no record looks like any dialect. */
  dialect: dialect.nullable(),
  /** From 0 to 1; 1 where a person chose the dialect. */
  confidence: z.number(),
  chosen: z.boolean(),
  records: count,
  /** Null while they are not counted. */
  samples: count.nullable(),
  /** Null while the document is checked. */
  findings: z.strictObject({ error: count, warning: count, information: count }).nullable(),
  busy: z.boolean(),
});
export type DatasetStatus = Readonly<z.infer<typeof datasetStatusSchema>>;
export const statusResult = datasetStatusSchema.nullable();

/** `looptool/dialects`, for the same `{uri}`: every dialect with how sure it is of the document, the surest first. */
export const dialectsResult = z.array(z.strictObject({ ...dialect.shape, confidence: z.number() }));

/** `looptool/dialect`: reads a document, open or not yet, as that dialect from now on; null has it recognised again. */
export const dialectParams = z.strictObject({ uri, dialect: z.string().nullable() });
